/** Whatever zones follow each other: what a budget counts from, and what becomes of its periods. */
import { instantOfWall, wallAt } from '@tollgate/clock/wall-clock';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignedPeriod } from './align-budgets.ts';
import { BUDGET_PERIODS, periodAt, type TimeZoneFrom, zoneAt } from './period.ts';

const HOUR_MS = 3_600_000;
const ZONES = [
  'UTC',
  'Asia/Tokyo',
  'America/Los_Angeles',
  'Asia/Kolkata',
  'Europe/Berlin',
  'Pacific/Kiritimati',
  'Pacific/Auckland',
  'Etc/GMT+12',
  'America/Asuncion',
  'Australia/Lord_Howe',
];

/** As packages/identity writes the rows. */
function change(
  zones: readonly TimeZoneFrom[],
  timeZone: string,
  nowMs: number,
  isMetered: boolean,
): TimeZoneFrom[] {
  if (!isMetered) return [{ validFromMs: 0, timeZone }];
  const inForce = zoneAt(zones, nowMs);
  const kept = zones.filter(
    (each) =>
      instantOfWall(wallAt(each.validFromMs, each.timeZone), inForce) <= nowMs || each.validFromMs <= nowMs,
  );
  const month = (zone: string): number => {
    const wall = new Date(wallAt(nowMs, zone));
    return Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() + 1);
  };
  const wallMs = Math.max(month(timeZone), month(inForce));
  return [...kept, { validFromMs: instantOfWall(wallMs, timeZone), timeZone }];
}

/** From the first of the month there, from the last but one here: December begins at the same instant, and is over a day earlier. */
const OVER_IN_THE_NEW_ZONE: [{ period: 'month'; anchorAtMs: number }, number, string, string] = [
  { period: 'month', anchorAtMs: Date.UTC(2025, 11, 1) },
  Date.UTC(2023, 11, 31, 12),
  'UTC',
  'America/Los_Angeles',
];

const instants = fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2028, 0) });
const kinds = fc.record({ period: fc.constantFrom(...BUDGET_PERIODS), anchorAtMs: fc.option(instants) });
/** Near the turn of a month, where zones disagree, or anywhere. */
const turns = fc
  .tuple(fc.integer({ min: 0, max: 47 }), fc.integer({ min: -30 * HOUR_MS, max: 30 * HOUR_MS }))
  .map(([month, offset]) => Date.UTC(2024, month) + offset);
const steps = fc
  .array(
    fc.record({ atMs: fc.oneof(instants, turns), timeZone: fc.constantFrom(...ZONES), meters: fc.boolean() }),
    { minLength: 1, maxLength: 6 },
  )
  .map((list) => list.toSorted((left, right) => left.atMs - right.atMs));

describe('a budget whose zones change', () => {
  it('[M3] counts in every period that has not ended before it was made', () => {
    fc.assert(
      fc.property(kinds, steps, fc.nat({ max: 5 }), fc.nat(400 * 24), (kind, list, birth, later) => {
        let zones: TimeZoneFrom[] = [{ validFromMs: 0, timeZone: 'UTC' }];
        let countedFromMs: number | undefined;
        let isMetered = false;
        const bornMs = list[Math.min(birth, list.length - 1)]!.atMs;
        const rule = { ...kind, createdAtMs: bornMs };
        const assertCounts = (nowMs: number): void => {
          if (countedFromMs === undefined) return;
          for (const atMs of [bornMs, nowMs, nowMs + later * HOUR_MS])
            expect(periodAt(rule, zones, atMs).startMs).toBeGreaterThanOrEqual(countedFromMs);
        };
        for (const { atMs, timeZone, meters } of list) {
          if (atMs === bornMs) countedFromMs ??= periodAt(rule, zones, bornMs).startMs;
          isMetered ||= meters;
          zones = change(zones, timeZone, atMs, isMetered);
          if (countedFromMs !== undefined && !isMetered)
            countedFromMs = periodAt(rule, zones, bornMs).startMs;
          assertCounts(atMs);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('[M3] once metered keeps every request in the period that counted it', () => {
    fc.assert(
      fc.property(kinds, steps, fc.nat(60 * 24), (kind, list, ago) => {
        const rule = { ...kind, createdAtMs: list[0]!.atMs };
        let zones: TimeZoneFrom[] = [{ validFromMs: 0, timeZone: 'UTC' }];
        for (const { atMs, timeZone } of list) {
          const requests = [atMs, atMs - ago * HOUR_MS];
          const before = requests.map((each) => periodAt(rule, zones, each).startMs);
          zones = change(zones, timeZone, atMs, true);
          expect(requests.map((each) => periodAt(rule, zones, each).startMs)).toEqual(before);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('[M3] before that finds each running period in the one that runs now', () => {
    fc.assert(
      fc.property(
        kinds,
        instants,
        fc.constantFrom(...ZONES),
        fc.constantFrom(...ZONES),
        (rule, nowMs, a, b) => {
          const [before, after] = [a, b].map((timeZone) => [{ validFromMs: 0, timeZone }]);
          const period = periodAt(rule, before!, nowMs);
          if (period.endMs === null) return;
          const moved = alignedPeriod(rule, after!, { startMs: period.startMs, endMs: period.endMs }, nowMs);
          expect(moved).toEqual(periodAt(rule, after!, nowMs));
        },
      ),
      { numRuns: 500, examples: [OVER_IN_THE_NEW_ZONE] },
    );
  });
});
