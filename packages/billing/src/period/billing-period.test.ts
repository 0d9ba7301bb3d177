import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { billingPeriodAt, billingPeriodsBetween, type TimeZoneFrom } from './billing-period.ts';

const at = (text: string) => Date.parse(text);
const iso = (ms: number) => new Date(ms).toISOString();
const ZONES = [
  'UTC',
  'Asia/Tokyo',
  'America/New_York',
  'Asia/Kolkata',
  'Europe/Berlin',
  'Pacific/Apia',
  'America/Asuncion',
];

describe('billingPeriodAt()', () => {
  it.each([
    ['UTC', '2026-11-30T23:59:59.999Z', '2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z'],
    ['Asia/Tokyo', '2026-11-30T15:00:00.000Z', '2026-11-30T15:00:00.000Z', '2026-12-31T15:00:00.000Z'],
    ['America/New_York', '2026-11-01T03:59:59.999Z', '2026-10-01T04:00:00.000Z', '2026-11-01T04:00:00.000Z'],
    // Daylight saving ends on November 1st, 2026: the month has 30 days and one hour.
    ['America/New_York', '2026-11-01T04:00:00.000Z', '2026-11-01T04:00:00.000Z', '2026-12-01T05:00:00.000Z'],
    ['Asia/Kolkata', '2026-12-31T18:30:00.000Z', '2026-12-31T18:30:00.000Z', '2027-01-31T18:30:00.000Z'],
  ])('in %s puts %s into the local month', (timeZone, instant, start, end) => {
    const period = billingPeriodAt([{ validFromMs: 0, timeZone }], at(instant));
    expect([iso(period.startMs), iso(period.endMs)]).toEqual([start, end]);
  });

  it('begins after the gap where daylight saving skips the midnight of a first of the month', () => {
    // Paraguay went from 00:00 to 01:00 on October 1st, 2023.
    const period = billingPeriodAt(
      [{ validFromMs: 0, timeZone: 'America/Asuncion' }],
      at('2023-10-15T00:00:00Z'),
    );
    expect(iso(period.startMs)).toBe('2023-10-01T04:00:00.000Z');
  });

  it('keeps the zone a month began with, and changes with the next month', () => {
    const zones: TimeZoneFrom[] = [
      { validFromMs: at('2026-01-01T00:00:00Z'), timeZone: 'UTC' },
      { validFromMs: at('2026-07-17T12:00:00Z'), timeZone: 'Asia/Tokyo' },
    ];
    const july = billingPeriodAt(zones, at('2026-07-20T00:00:00Z'));
    expect([iso(july.startMs), iso(july.endMs)]).toEqual([
      '2026-07-01T00:00:00.000Z',
      '2026-07-31T15:00:00.000Z',
    ]);
    expect(billingPeriodAt(zones, july.endMs)).toMatchObject({ startMs: july.endMs, timeZone: 'Asia/Tokyo' });
  });

  it('takes a change that is dated to the start of a month, on the old wall or on the new one', () => {
    for (const validFrom of ['2026-08-01T00:00:00Z', '2026-08-01T04:00:00Z']) {
      const zones: TimeZoneFrom[] = [
        { validFromMs: 0, timeZone: 'UTC' },
        { validFromMs: at(validFrom), timeZone: 'America/New_York' },
      ];
      expect(billingPeriodAt(zones, at('2026-08-10T00:00:00Z')).timeZone).toBe('America/New_York');
      expect(billingPeriodAt(zones, at('2026-07-10T00:00:00Z')).timeZone).toBe('UTC');
    }
  });

  it('[M5] covers time without gap or overlap whatever zones follow each other', () => {
    const instants = fc.integer({ min: at('2024-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') });
    const zones = fc.array(fc.record({ validFromMs: instants, timeZone: fc.constantFrom(...ZONES) }), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(zones, instants, (rows, instant) => {
        const period = billingPeriodAt(rows, instant);
        expect(period.startMs <= instant && instant < period.endMs).toBe(true);
        expect(billingPeriodAt(rows, period.startMs)).toEqual(period);
        expect(billingPeriodAt(rows, period.endMs - 1)).toEqual(period);
        expect(billingPeriodAt(rows, period.endMs).startMs).toBe(period.endMs);
      }),
      { numRuns: 200 },
    );
  });
});

describe('billingPeriodsBetween()', () => {
  it('lists every month that is touched, once', () => {
    const zones = [{ validFromMs: 0, timeZone: 'UTC' }];
    const starts = billingPeriodsBetween(zones, at('2026-10-31T23:00:00Z'), at('2026-12-01T00:00:00Z')).map(
      (period) => iso(period.startMs),
    );
    expect(starts).toEqual([
      '2026-10-01T00:00:00.000Z',
      '2026-11-01T00:00:00.000Z',
      '2026-12-01T00:00:00.000Z',
    ]);
  });
});
