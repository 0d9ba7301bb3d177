/**
 * Which period of a budget an instant lies in.
 *
 * Calendar periods begin at local midnight; with an anchor they begin at its local time of day (and weekday, or
 * day of the month, the last one in shorter months). A change of the organization's time zone takes effect with
 * the next period: the running one ends where its successor begins in the new zone. Periods have no gap and no
 * overlap.
 */
import { instantOfWall, type WallMs, wallAt } from '@tollgate/clock/wall-clock';

export const BUDGET_PERIODS = ['day', 'week', 'month', 'lifetime'] as const;
export type BudgetPeriodKind = (typeof BUDGET_PERIODS)[number];

export interface PeriodRule {
  readonly period: BudgetPeriodKind;
  readonly anchorAtMs: number | null;
  /** An anchor that lies later is read in the zone of this time: no zone that comes afterwards moves what has begun. */
  readonly createdAtMs?: number;
}

/** A row of organization_time_zones. */
export interface TimeZoneFrom {
  readonly validFromMs: number;
  readonly timeZone: string;
}

export interface Period {
  readonly startMs: number;
  /** The first instant that no longer belongs to it; null: never. */
  readonly endMs: number | null;
}

const DAY_MS = 86_400_000;
const FIRST_MONDAY_MS = Date.UTC(1970, 0, 5);
/** Zones differ by up to 26 hours, so an instant's label in one is at most two from that in another. */
const REACH = 3;

/**
 * @param zones Ascending by `validFromMs`, the first one also counting before; none: UTC.
 * @throws {RangeError} A time zone does not exist.
 */
export function periodAt(rule: PeriodRule, zones: readonly TimeZoneFrom[], instantMs: number): Period {
  if (rule.period === 'lifetime') return { startMs: rule.anchorAtMs ?? 0, endMs: null };
  const labels = labelsOf(rule, zones);
  const near = labels.of(wallAt(instantMs, zoneAt(zones, instantMs)));
  let label = near + REACH;
  while (boundary(labels, label, zones) > instantMs) label--;
  const startMs = boundary(labels, label, zones);
  // The earliest of some: a new zone a day ahead can begin a later day before an earlier one would begin.
  let endMs = Number.POSITIVE_INFINITY;
  for (let later = label + 1; later <= label + REACH; later++) {
    endMs = Math.min(endMs, boundary(labels, later, zones));
  }
  return { startMs, endMs };
}

/** The period before one that does not begin at the beginning of time. */
export function previousPeriod(
  rule: PeriodRule,
  zones: readonly TimeZoneFrom[],
  period: Period,
): Period | null {
  return rule.period === 'lifetime' ? null : periodAt(rule, zones, period.startMs - 1);
}

export function zoneAt(zones: readonly TimeZoneFrom[], instantMs: number): string {
  const found = zones.findLast((zone) => zone.validFromMs <= instantMs) ?? zones[0];
  return found?.timeZone ?? 'UTC';
}

/** A boundary belongs to the last zone that is in force by the time it shows the boundary. */
function boundary(labels: Labels, label: number, zones: readonly TimeZoneFrom[]): number {
  const wallMs = labels.wall(label);
  for (let i = zones.length - 1; i > 0; i--) {
    const instantMs = instantOfWall(wallMs, zones[i]!.timeZone);
    if (zones[i]!.validFromMs <= instantMs) return instantMs;
  }
  return instantOfWall(wallMs, zones[0]?.timeZone ?? 'UTC');
}

/** Periods numbered by the local time at which they begin. */
interface Labels {
  of(wallMs: WallMs): number;
  wall(label: number): WallMs;
}

function labelsOf(rule: PeriodRule, zones: readonly TimeZoneFrom[]): Labels {
  const anchor = anchorWall(rule, zones);
  if (rule.period === 'month') return monthLabels(anchor ?? 0);
  const lengthMs = rule.period === 'day' ? DAY_MS : 7 * DAY_MS;
  const originMs = anchor ?? (rule.period === 'day' ? 0 : FIRST_MONDAY_MS);
  return {
    of: (wallMs) => Math.floor((wallMs - originMs) / lengthMs),
    wall: (label) => originMs + label * lengthMs,
  };
}

function anchorWall({ anchorAtMs, createdAtMs }: PeriodRule, zones: readonly TimeZoneFrom[]): WallMs | null {
  if (anchorAtMs === null) return null;
  return wallAt(anchorAtMs, zoneAt(zones, Math.min(anchorAtMs, createdAtMs ?? anchorAtMs)));
}

function monthLabels(anchor: WallMs): Labels {
  const day = new Date(anchor).getUTCDate();
  const timeOfDayMs = ((anchor % DAY_MS) + DAY_MS) % DAY_MS;
  const wall = (label: number): WallMs => {
    const daysInMonth = new Date(Date.UTC(1970, label + 1, 0)).getUTCDate();
    return Date.UTC(1970, label, Math.min(day, daysInMonth)) + timeOfDayMs;
  };
  const of = (wallMs: WallMs): number => {
    const date = new Date(wallMs);
    const label = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
    return wall(label) > wallMs ? label - 1 : label;
  };
  return { of, wall };
}
