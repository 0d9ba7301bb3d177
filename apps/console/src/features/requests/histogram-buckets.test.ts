import { describe, expect, it } from 'vitest';
import { customRange, readRange } from './explorer-range.ts';
import { toBuckets } from './histogram-buckets.ts';

const SUMMARY = {
  from: '2026-11-21T10:07:00.000Z',
  to: '2026-11-21T12:07:00.000Z',
  bucketSeconds: 1_800,
  buckets: [{ start: '2026-11-21T11:30:00.000Z', succeeded: 3, refused: 1, failed: 0, aborted: 0 }],
  facets: { status: [], model: [], provider: [], key: [], team: [], error: [], endpoint: [] },
  matched: 4,
  looked: 4,
  lookedTo: '2026-11-21T11:10:00.000Z',
} as const;

describe('toBuckets()', () => {
  it('covers the whole range, and tells nothing from not looked at', () => {
    expect(
      toBuckets(SUMMARY).map(({ startMs, total, isUnknown }) => [
        new Date(startMs).toISOString().slice(11, 16),
        total,
        isUnknown,
      ]),
    ).toEqual([
      ['10:00', 0, true],
      ['10:30', 0, true],
      ['11:00', 0, false],
      ['11:30', 4, false],
      ['12:00', 0, false],
    ]);
  });
});

describe('readRange()', () => {
  const now = Date.UTC(2026, 10, 21, 12, 0, 30);
  it('stays the same question for a minute', () => {
    const range = (nowMs: number) => readRange({ range: 'hour', from: undefined, to: undefined }, nowMs).from;
    expect(range(now)).toBe('2026-11-21T11:00:00.000Z');
    expect(range(now + 20_000)).toBe(range(now));
  });

  it('takes what the brush chose, and for nonsense the usual range', () => {
    const chosen = customRange(now - 1_000, now);
    expect(readRange(chosen, now)).toMatchObject({ name: 'custom', from: chosen.from, to: chosen.to });
    for (const wrong of [
      { range: 'custom', from: 'x', to: 'y' },
      { range: 'custom', from: chosen.to, to: chosen.from },
      { range: 'nope', from: undefined, to: undefined },
    ]) {
      expect(readRange(wrong, now).name).toBe('day');
    }
  });
});
