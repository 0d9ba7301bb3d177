import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUDGET_PERIODS, type PeriodRule, periodAt, previousPeriod, type TimeZoneFrom } from './period.ts';

const at = (text: string) => Date.parse(text);
const show = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString().replace('.000Z', 'Z'));
const zone = (timeZone: string): TimeZoneFrom[] => [{ validFromMs: 0, timeZone }];
const rule = (period: PeriodRule['period'], anchor?: string): PeriodRule => ({
  period,
  anchorAtMs: anchor === undefined ? null : at(anchor),
});

describe('periodAt()', () => {
  it.each([
    [
      'a day in UTC',
      rule('day'),
      'UTC',
      '2026-11-21T10:00:00Z',
      '2026-11-21T00:00:00Z',
      '2026-11-22T00:00:00Z',
    ],
    [
      'the last instant of a day',
      rule('day'),
      'UTC',
      '2026-11-21T23:59:59.999Z',
      '2026-11-21T00:00:00Z',
      '2026-11-22T00:00:00Z',
    ],
    [
      'a day with 23 hours',
      rule('day'),
      'Europe/Berlin',
      '2026-03-29T12:00:00Z',
      '2026-03-28T23:00:00Z',
      '2026-03-29T22:00:00Z',
    ],
    [
      'a day with 25 hours',
      rule('day'),
      'Europe/Berlin',
      '2026-10-25T12:00:00Z',
      '2026-10-24T22:00:00Z',
      '2026-10-25T23:00:00Z',
    ],
    [
      'a day whose midnight is skipped',
      rule('day'),
      'America/Asuncion',
      '2023-10-01T12:00:00Z',
      '2023-10-01T04:00:00Z',
      '2023-10-02T03:00:00Z',
    ],
    [
      'a week from Monday',
      rule('week'),
      'UTC',
      '2026-11-22T23:00:00Z',
      '2026-11-16T00:00:00Z',
      '2026-11-23T00:00:00Z',
    ],
    [
      'a month',
      rule('month'),
      'America/New_York',
      '2026-11-01T03:59:59Z',
      '2026-10-01T04:00:00Z',
      '2026-11-01T04:00:00Z',
    ],
    [
      'a month over the end of summer time',
      rule('month'),
      'America/New_York',
      '2026-11-01T04:00:00Z',
      '2026-11-01T04:00:00Z',
      '2026-12-01T05:00:00Z',
    ],
    [
      'February of a leap year',
      rule('month'),
      'UTC',
      '2028-02-29T12:00:00Z',
      '2028-02-01T00:00:00Z',
      '2028-03-01T00:00:00Z',
    ],
    [
      'a month from the 15th',
      rule('month', '2026-01-15T00:00:00Z'),
      'UTC',
      '2026-11-14T23:59:59Z',
      '2026-10-15T00:00:00Z',
      '2026-11-15T00:00:00Z',
    ],
    [
      'a month from the 31st, in February',
      rule('month', '2026-01-31T00:00:00Z'),
      'UTC',
      '2026-03-01T00:00:00Z',
      '2026-02-28T00:00:00Z',
      '2026-03-31T00:00:00Z',
    ],
    [
      'a week from a Thursday at noon',
      rule('week', '2026-11-19T12:00:00Z'),
      'UTC',
      '2026-11-26T11:59:59Z',
      '2026-11-19T12:00:00Z',
      '2026-11-26T12:00:00Z',
    ],
    [
      'an anchor that lies ahead',
      rule('day', '2027-01-01T06:00:00Z'),
      'UTC',
      '2026-11-21T05:00:00Z',
      '2026-11-20T06:00:00Z',
      '2026-11-21T06:00:00Z',
    ],
    ['a lifetime', rule('lifetime'), 'Asia/Tokyo', '2026-11-21T05:00:00Z', '1970-01-01T00:00:00Z', null],
    [
      'a lifetime since',
      rule('lifetime', '2026-05-01T00:00:00Z'),
      'UTC',
      '2026-11-21T05:00:00Z',
      '2026-05-01T00:00:00Z',
      null,
    ],
  ] as const)('knows %s', (_name, budget, timeZone, instant, start, end) => {
    const period = periodAt(budget, zone(timeZone), at(instant));
    expect([show(period.startMs), show(period.endMs)]).toEqual([start, end]);
  });

  it('ends the running month where the next begins in a new zone', () => {
    const zones = [...zone('UTC'), { validFromMs: at('2026-07-17T12:00:00Z'), timeZone: 'Asia/Tokyo' }];
    const july = periodAt(rule('month'), zones, at('2026-07-20T00:00:00Z'));
    expect([show(july.startMs), show(july.endMs)]).toEqual(['2026-07-01T00:00:00Z', '2026-07-31T15:00:00Z']);
    const day = periodAt(rule('day'), zones, at('2026-07-17T11:00:00Z'));
    expect([show(day.startMs), show(day.endMs)]).toEqual(['2026-07-17T00:00:00Z', '2026-07-17T15:00:00Z']);
  });

  it('[M3] covers time without gap or overlap, whatever zones follow each other', () => {
    const instants = fc.integer({ min: at('2024-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') });
    const zones = fc
      .array(
        fc.record({
          validFromMs: instants,
          timeZone: fc.constantFrom(
            'UTC',
            'Asia/Tokyo',
            'America/New_York',
            'Asia/Kolkata',
            'Europe/Berlin',
            'Pacific/Kiritimati',
            'Etc/GMT+12',
            'America/Asuncion',
            'Australia/Lord_Howe',
          ),
        }),
        { maxLength: 4 },
      )
      .map((rows) => rows.sort((a, b) => a.validFromMs - b.validFromMs));
    const rules = fc.record({
      period: fc.constantFrom(...BUDGET_PERIODS),
      anchorAtMs: fc.option(instants),
    });
    fc.assert(
      fc.property(rules, zones, instants, (budget, rows, instant) => {
        const period = periodAt(budget, rows, instant);
        if (period.endMs === null) return;
        expect(period.startMs <= instant && instant < period.endMs).toBe(true);
        expect(periodAt(budget, rows, period.startMs)).toEqual(period);
        expect(periodAt(budget, rows, period.endMs - 1)).toEqual(period);
        expect(periodAt(budget, rows, period.endMs).startMs).toBe(period.endMs);
        expect(previousPeriod(budget, rows, period)?.endMs).toBe(period.startMs);
      }),
      { numRuns: 400 },
    );
  });
});
