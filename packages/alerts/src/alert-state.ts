/**
 * The life of an alert: firing → acknowledged → recovered, and firing again. Pure.
 *
 * Looking twice at the same thing changes nothing; only a new cause, a higher level and the end are told. A cause that comes
 * and goes is told once an hour: what comes back sooner is told when the hour is over, if it is still there then.
 */
import type { Observation } from './observation.ts';

export type AlertState = 'firing' | 'acknowledged' | 'recovered';

export interface AlertSoFar {
  readonly state: AlertState;
  readonly level: number;
  readonly occurrence: number;
  readonly firedAtMs: number;
  /** When people last heard that it fires; before `firedAtMs`: of this time they did not. */
  readonly toldAtMs: number;
}

export interface AlertStep {
  readonly state: AlertState;
  readonly occurrence: number;
  /** Whether it fires anew, so that the time of firing is now. */
  readonly fires: boolean;
  readonly tell: 'fired' | 'recovered' | undefined;
}

export const REFIRE_QUIET_MS = 3_600_000;

/** @returns Undefined when nothing is to be written but, where it is open, the newest figures. */
export function nextStep(
  current: AlertSoFar | undefined,
  found: Observation,
  nowMs: number,
): AlertStep | undefined {
  if (!found.firing) {
    if (current === undefined || current.state === 'recovered') return undefined;
    // Whose beginning nobody heard of, its end is nobody's news.
    const isUntold = current.toldAtMs < current.firedAtMs;
    const tell = found.endsQuietly || isUntold ? undefined : 'recovered';
    return { state: 'recovered', occurrence: current.occurrence, fires: false, tell };
  }
  const state = found.notice ? 'recovered' : 'firing';
  if (current === undefined) return { state, occurrence: 1, fires: true, tell: 'fired' };
  if (found.notice) return undefined;
  const worse = found.level > current.level;
  if (current.state !== 'recovered' && !worse) return undefined;
  const recent = nowMs - current.toldAtMs < REFIRE_QUIET_MS;
  const occurrence = current.occurrence + 1;
  return { state, occurrence, fires: true, tell: recent && !worse ? undefined : 'fired' };
}
