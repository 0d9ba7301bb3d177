/**
 * When a channel may be told: now, after its quiet hours, or with its next digest. Pure.
 *
 * Local times are those of the channel's zone; where a clock change skips one, it is the first instant after.
 */
import { instantOfWall, wallAt } from '@tollgate/clock/wall-clock';
import type { Severity } from '../alert-kinds.ts';

export interface ChannelTimes {
  readonly timeZone: string;
  /** Minutes after local midnight; null: none. */
  readonly quietFromMinute: number | null;
  readonly quietToMinute: number | null;
  readonly breakThrough: boolean;
  readonly digest: 'none' | 'daily' | 'weekly';
  readonly digestMinute: number;
  /** 1 Monday … 7 Sunday. */
  readonly digestWeekday: number;
}

interface DeliveryTime {
  readonly atMs: number;
  readonly heldFor: '' | 'quiet' | 'digest';
}

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
/** 1970-01-05 was a Monday. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

export function planDelivery(channel: ChannelTimes, severity: Severity, nowMs: number): DeliveryTime {
  if (severity === 'critical' && channel.breakThrough) return { atMs: nowMs, heldFor: '' };
  if (channel.digest !== 'none') {
    return { atMs: afterQuiet(channel, nextDigestMs(channel, nowMs)), heldFor: 'digest' };
  }
  const atMs = afterQuiet(channel, nowMs);
  return { atMs, heldFor: atMs > nowMs ? 'quiet' : '' };
}

/** The same instant, or the end of the quiet hours that it lies in. The end is not quiet. */
function afterQuiet(channel: ChannelTimes, instantMs: number): number {
  const { quietFromMinute: from, quietToMinute: to, timeZone } = channel;
  if (from === null || to === null || from === to) return instantMs;
  const minute = minuteAt(instantMs, timeZone);
  const quiet = from < to ? minute >= from && minute < to : minute >= from || minute < to;
  return quiet ? nextLocalMs(instantMs, timeZone, to) : instantMs;
}

function nextDigestMs(channel: ChannelTimes, nowMs: number): number {
  const { timeZone, digestMinute } = channel;
  let atMs = nextLocalMs(nowMs, timeZone, digestMinute);
  if (channel.digest === 'daily') return atMs;
  while (weekdayAt(atMs, timeZone) !== channel.digestWeekday)
    atMs = nextLocalMs(atMs, timeZone, digestMinute);
  return atMs;
}

/** The first instant after `nowMs` at which the zone's clock shows this minute. */
function nextLocalMs(nowMs: number, timeZone: string, minute: number): number {
  const midnight = Math.floor(wallAt(nowMs, timeZone) / DAY_MS) * DAY_MS;
  for (let day = 0; ; day++) {
    const atMs = instantOfWall(midnight + day * DAY_MS + minute * MINUTE_MS, timeZone);
    if (atMs > nowMs) return atMs;
  }
}

function minuteAt(instantMs: number, timeZone: string): number {
  const wall = wallAt(instantMs, timeZone);
  return Math.floor((wall - Math.floor(wall / DAY_MS) * DAY_MS) / MINUTE_MS);
}

function weekdayAt(instantMs: number, timeZone: string): number {
  const days = Math.floor((wallAt(instantMs, timeZone) - FIRST_MONDAY_MS) / DAY_MS);
  return (((days % 7) + 7) % 7) + 1;
}
