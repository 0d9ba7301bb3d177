import { describe, expect, it } from 'vitest';
import { bucketStarts, type RangeChoice, toRange } from './usage-range.ts';

const NOW_MS = Date.parse('2026-11-21T10:07:00Z');
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16);

describe('toRange()', () => {
  it.each<{ choice: RangeChoice; zone: string; range: string[]; previous: string[] }>([
    {
      choice: { name: 'today' },
      zone: 'UTC',
      range: ['2026-11-21T00:00', '2026-11-22T00:00'],
      previous: ['2026-11-20T00:00', '2026-11-20T10:15'],
    },
    {
      choice: { name: '7d' },
      zone: 'Europe/Berlin',
      range: ['2026-11-14T23:00', '2026-11-21T23:00'],
      previous: ['2026-11-07T23:00', '2026-11-14T10:15'],
    },
    {
      choice: { name: 'month' },
      zone: 'UTC',
      range: ['2026-11-01T00:00', '2026-12-01T00:00'],
      previous: ['2026-10-01T00:00', '2026-10-21T10:15'],
    },
    {
      choice: { name: 'lastMonth' },
      zone: 'UTC',
      range: ['2026-10-01T00:00', '2026-11-01T00:00'],
      previous: ['2026-09-01T00:00', '2026-10-01T00:00'],
    },
    {
      choice: { name: 'custom', from: '2026-10-26', to: '2026-11-01' },
      zone: 'Europe/Berlin',
      range: ['2026-10-25T23:00', '2026-11-01T23:00'],
      previous: ['2026-10-18T22:00', '2026-10-25T23:00'],
    },
    {
      choice: { name: 'custom', from: '2026-11-10', to: '2026-11-03' },
      zone: 'UTC',
      range: ['2026-11-03T00:00', '2026-11-11T00:00'],
      previous: ['2026-10-26T00:00', '2026-11-03T00:00'],
    },
  ])('covers $choice.name in $zone and compares it with as much before it', (row) => {
    const range = toRange(row.choice, row.zone, NOW_MS);
    expect([range.fromMs, range.toMs].map(iso)).toEqual(row.range);
    expect([range.previous.fromMs, range.previous.toMs].map(iso)).toEqual(row.previous);
  });

  it('compares a whole month with the whole one before, which may be longer', () => {
    const { previous } = toRange({ name: 'lastMonth' }, 'UTC', Date.parse('2026-12-05T10:00:00Z'));
    expect([previous.fromMs, previous.toMs].map(iso)).toEqual(['2026-10-01T00:00', '2026-11-01T00:00']);
  });

  it('falls back to 30 days where custom dates are missing or nonsense', () => {
    const range = toRange({ name: 'custom', from: '2026-02-31', to: 'x' }, 'UTC', NOW_MS);
    expect([range.fromMs, range.toMs].map(iso)).toEqual(['2026-10-23T00:00', '2026-11-22T00:00']);
  });
});

describe('bucketStarts()', () => {
  it('has one day each, also where a clock change makes one longer', () => {
    const range = toRange({ name: 'custom', from: '2026-10-24', to: '2026-10-27' }, 'Europe/Berlin', NOW_MS);
    expect(bucketStarts(range, 'day', 'Europe/Berlin').map(iso)).toEqual([
      '2026-10-23T22:00',
      '2026-10-24T22:00',
      '2026-10-25T23:00',
      '2026-10-26T23:00',
    ]);
  });

  it('begins months at their first, although the range begins later', () => {
    const range = toRange({ name: 'custom', from: '2026-09-15', to: '2026-11-02' }, 'UTC', NOW_MS);
    expect(bucketStarts(range, 'month', 'UTC').map(iso)).toEqual([
      '2026-09-01T00:00',
      '2026-10-01T00:00',
      '2026-11-01T00:00',
    ]);
  });
});
