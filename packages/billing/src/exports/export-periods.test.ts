import { describe, expect, it } from 'vitest';
import { DAY_SETTLES_MS, settledDays, settledMonths } from './export-periods.ts';

const at = (text: string) => Date.parse(text);
const BERLIN = [{ validFromMs: 0, timeZone: 'Europe/Berlin' }];

describe('settledMonths()', () => {
  const zones = BERLIN;
  const months = (sinceMs: number, nowMs: number) =>
    settledMonths({ zones, sinceMs, nowMs, graceDays: 3 }).map(({ label }) => label);

  it('has the months that ended since, once their days of grace are over', () => {
    const since = at('2026-09-30T22:00:00Z');
    expect(months(since, at('2026-11-03T22:59:59Z'))).toEqual([]);
    expect(months(since, at('2026-11-03T23:00:00Z'))).toEqual(['2026-10']);
    // A worker that stood still makes good what it missed, for some months.
    expect(months(since, at('2027-04-20T00:00:00Z'))).toEqual(['2027-01', '2027-02', '2027-03']);
  });
});

describe('settledDays()', () => {
  it('has days that follow each other and fill their month, where clocks are changed as well', () => {
    const nowMs = at('2026-11-01T23:00:00Z') + DAY_SETTLES_MS;
    const days = settledDays({ zones: BERLIN, sinceMs: at('2026-10-01T00:00:00Z'), nowMs });
    expect(days.map(({ label }) => label)).toEqual([
      ...Array.from({ length: 31 }, (_, index) => `2026-10-${String(index + 1).padStart(2, '0')}`),
      '2026-11-01',
    ]);
    expect(days[0]!.startMs).toBe(at('2026-09-30T22:00:00Z'));
    for (const [index, { startMs }] of days.slice(1).entries()) expect(startMs).toBe(days[index]!.endMs);
    const hours = days.map(({ startMs, endMs }) => (endMs - startMs) / 3_600_000);
    expect(hours.filter((length) => length !== 24)).toEqual([25]);
    expect(days.at(-1)!.endMs).toBe(at('2026-11-01T23:00:00Z'));
  });

  it('waits some hours after a day, and does not go back for ever', () => {
    const nowMs = at('2026-11-02T23:00:00Z') + DAY_SETTLES_MS - 1;
    const days = settledDays({ zones: BERLIN, sinceMs: 0, nowMs });
    expect(days.at(-1)!.label).toBe('2026-11-01');
    expect(days.length).toBeLessThanOrEqual(36);
    expect(settledDays({ zones: BERLIN, sinceMs: nowMs, nowMs })).toEqual([]);
  });
});
