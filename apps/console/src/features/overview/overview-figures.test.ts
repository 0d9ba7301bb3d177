import { parseValueList } from '@tollgate/api/value-list';
import { describe, expect, it } from 'vitest';
import { countAttempts, countFailures } from '../usage/attempts.ts';
import { toRange } from '../usage/usage-range.ts';
import {
  dayAt,
  failedRequestsLink,
  fillSteps,
  forecastMonth,
  monthAt,
  spendLink,
} from './overview-figures.ts';

const NOVEMBER = monthAt('UTC', Date.UTC(2026, 10, 16));

describe('monthAt()', () => {
  it.each([
    ['Europe/Berlin', '2026-10-31T23:00:00.000Z', '2026-11-30T23:00:00.000Z'],
    ['America/New_York', '2026-11-01T04:00:00.000Z', '2026-12-01T05:00:00.000Z'],
    ['UTC', '2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z'],
  ])('is November of %s', (timeZone, start, end) => {
    const { startMs, endMs } = monthAt(timeZone, Date.UTC(2026, 10, 16));
    expect([startMs, endMs].map((atMs) => new Date(atMs).toISOString())).toEqual([start, end]);
  });

  it('is the next one already where it has begun, and runs into the next year', () => {
    const newYear = Date.parse('2026-12-31T15:00:00Z');
    expect(monthAt('Asia/Tokyo', newYear).startMs).toBe(newYear);
    expect(monthAt('UTC', newYear).endMs).toBe(Date.UTC(2027, 0, 1));
  });
});

describe('forecastMonth()', () => {
  it('goes on as until now, to the end of the month', () => {
    expect(forecastMonth(10, NOVEMBER, Date.UTC(2026, 10, 16))?.usd).toBeCloseTo(20);
  });

  it('says nothing in the first day, and where nothing was spent', () => {
    expect(forecastMonth(10, NOVEMBER, Date.UTC(2026, 10, 1, 12))).toBeUndefined();
    expect(forecastMonth(0, NOVEMBER, Date.UTC(2026, 10, 16))).toBeUndefined();
  });
});

describe('fillSteps()', () => {
  it('adds rows of one step, leaves zero between, and passes over what lies outside', () => {
    const row = (start: string, value: number) => ({ start, value });
    const rows = [
      row('2026-11-21T00:00:00Z', 1),
      row('2026-11-21T02:00:00Z', 2),
      row('2026-11-21T02:00:00Z', 3),
      row('2026-11-20T00:00:00Z', 9),
    ];
    const fromMs = Date.parse('2026-11-21T00:00:00Z');
    expect(fillSteps(fromMs, 3_600_000, fromMs + 3 * 3_600_000, rows, ({ value }) => value)).toEqual([
      1, 0, 5, 0,
    ]);
  });

  it('has a day for each of a month that an hour was taken from or given to', () => {
    const last = (today: string) => {
      const todayMs = Date.parse(today);
      const { startMs } = monthAt('Europe/Berlin', todayMs);
      const figures = fillSteps(startMs, 86_400_000, todayMs, [{ start: today }], () => 7);
      return [figures.length, figures.at(-1)];
    };
    expect(last('2026-03-30T22:00:00Z')).toEqual([31, 7]);
    expect(last('2026-10-30T23:00:00Z')).toEqual([31, 7]);
  });
});

describe('what failed today', () => {
  const hours = [
    { status: 'succeeded', attempts: 900 },
    { status: 'failed', attempts: 40 },
    { status: 'interrupted', attempts: 2 },
    { status: 'aborted', attempts: 58 },
  ];
  const at = Date.parse('2026-10-25T12:00:00Z');

  it('is what a provider failed at or what never ended; who went away is no failure, and still an attempt', () => {
    expect([countAttempts(hours), countFailures(hours)]).toEqual([1_000, 42]);
  });

  it('leads to the requests that hold these attempts, of the same day, though it has 25 hours', () => {
    const day = dayAt('Europe/Berlin', at);
    const [path, query] = failedRequestsLink(day).split('?');
    expect(path).toBe('/requests');
    expect(Object.fromEntries(new URLSearchParams(query))).toEqual({
      q: 'outcome:failed,interrupted',
      range: 'custom',
      from: '2026-10-24T22:00:00.000Z',
      to: '2026-10-25T23:00:00.000Z',
    });
  });
});

describe('spendLink()', () => {
  it('leads to the month that the figure counts, in the same zone', () => {
    expect(spendLink('team')).toBe('/usage?range=month&group=team');
    expect(spendLink('model', 'gpt-5/mini')).toBe('/usage?range=month&group=model&model=gpt-5%2Fmini');
    const query = new URLSearchParams(spendLink('model', 'ours\\a, b').split('?')[1]);
    expect(parseValueList(query.get('model') ?? '')).toEqual(['ours\\a, b']);
    const nowMs = Date.UTC(2026, 10, 16);
    for (const timeZone of ['Europe/Berlin', 'America/New_York']) {
      const { fromMs, toMs } = toRange({ name: 'month' }, timeZone, nowMs);
      expect({ startMs: fromMs, endMs: toMs }).toEqual(monthAt(timeZone, nowMs));
    }
  });
});
