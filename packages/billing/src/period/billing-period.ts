/**
 * Which invoice a moment belongs to: calendar months in the organization's time zone.
 *
 * A change of time zone takes effect with the next month, so a month keeps the zone it began with and months
 * follow each other without gap or overlap; the month before a change is some hours longer or shorter.
 */
import { localMonth, monthStartMs } from './zone-time.ts';

/** A row of organization_time_zones. */
export interface TimeZoneFrom {
  readonly validFromMs: number;
  readonly timeZone: string;
}

export interface BillingPeriod {
  readonly startMs: number;
  /** The first instant that no longer belongs to it. */
  readonly endMs: number;
  readonly timeZone: string;
}

/**
 * The period that contains an instant.
 *
 * @param zones In any order; before the first one its zone counts as well. None: UTC.
 */
export function billingPeriodAt(zones: readonly TimeZoneFrom[], instantMs: number): BillingPeriod {
  const guess = localMonth(instantMs, 'UTC');
  // An instant's local month is its UTC month or a neighbour.
  for (const shift of [0, 1, -1]) {
    const period = billingPeriodOf(zones, guess.year, guess.month + shift);
    if (instantMs >= period.startMs && instantMs < period.endMs) return period;
  }
  throw new RangeError(`Cannot find a billing period: the instant must be a date, got ${instantMs}`);
}

/** Every period that holds a part of `[fromMs, toMs]`, oldest first. */
export function billingPeriodsBetween(
  zones: readonly TimeZoneFrom[],
  fromMs: number,
  toMs: number,
): BillingPeriod[] {
  const periods = [billingPeriodAt(zones, fromMs)];
  while (periods.at(-1)!.endMs <= toMs) periods.push(billingPeriodAt(zones, periods.at(-1)!.endMs));
  return periods;
}

function billingPeriodOf(zones: readonly TimeZoneFrom[], year: number, month: number): BillingPeriod {
  const timeZone = zoneOfMonth(zones, year, month);
  return {
    startMs: monthStartMs(year, month, timeZone),
    endMs: monthStartMs(year, month + 1, zoneOfMonth(zones, year, month + 1)),
    timeZone,
  };
}

/** The last zone that was in force when the month began, on the old wall or on the new one. */
function zoneOfMonth(zones: readonly TimeZoneFrom[], year: number, month: number): string {
  const sorted = zones.toSorted((left, right) => left.validFromMs - right.validFromMs);
  let timeZone = sorted[0]?.timeZone ?? 'UTC';
  for (const next of sorted.slice(1)) {
    const begins = Math.max(monthStartMs(year, month, timeZone), monthStartMs(year, month, next.timeZone));
    if (next.validFromMs <= begins) timeZone = next.timeZone;
  }
  return timeZone;
}
