/**
 * The life of an alert: firing → acknowledged → recovered, and firing again. Pure.
 *
 * Looking twice at the same thing changes nothing; only a new cause, a higher level and the end are told.
 */
import type { Observation } from './observation.ts';

export type AlertState = 'firing' | 'acknowledged' | 'recovered';

export interface AlertSoFar {
  readonly state: AlertState;
  readonly level: number;
  readonly occurrence: number;
  readonly firedAtMs: number;
}

export interface AlertStep {
  readonly state: AlertState;
  readonly occurrence: number;
  /** Whether it fires anew, so that the time of firing is now. */
  readonly fires: boolean;
  readonly tell: 'fired' | 'recovered' | undefined;
}

/** A cause that comes and goes is told once an hour. */
const REFIRE_QUIET_MS = 3_600_000;

/** @returns Undefined when nothing is to be written but, where it is open, the newest figures. */
export function nextStep(
  current: AlertSoFar | undefined,
  found: Observation,
  nowMs: number,
): AlertStep | undefined {
  if (!found.firing) {
    if (current === undefined || current.state === 'recovered') return undefined;
    const tell = found.endsQuietly ? undefined : 'recovered';
    return { state: 'recovered', occurrence: current.occurrence, fires: false, tell };
  }
  const state = found.notice ? 'recovered' : 'firing';
  if (current === undefined) return { state, occurrence: 1, fires: true, tell: 'fired' };
  if (found.notice) return undefined;
  const worse = found.level > current.level;
  if (current.state !== 'recovered' && !worse) return undefined;
  const recent = nowMs - current.firedAtMs < REFIRE_QUIET_MS;
  const occurrence = current.occurrence + 1;
  return { state, occurrence, fires: true, tell: recent && !worse ? undefined : 'fired' };
}
