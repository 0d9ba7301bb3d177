import { newId } from '@tollgate/ids';
import { describe, expect, it } from 'vitest';
import { forecast, spentSince } from './forecast.ts';

const DAY_MS = 86_400_000;
const END_MS = 30 * DAY_MS;
const spending = { periodLimitPicoUsd: 100n, sinceMs: 0, endMs: END_MS };

describe('forecast()', () => {
  it.each([
    ['at this rate on day 20', 50n, spending, 20],
    ['a moment before it resets', 34n, { ...spending, periodLimitPicoUsd: 101n }, 101 / 3.4],
    ['as it resets: it lasts', 50n, { ...spending, periodLimitPicoUsd: 150n }, undefined],
    ['now, with nothing left', 100n, spending, 10],
    ['now, though nobody can tell since when', 100n, { ...spending, sinceMs: undefined }, 10],
    ['now, with nothing allowed', 0n, { ...spending, periodLimitPicoUsd: 0n }, 10],
    ['never, with nothing spent', 0n, spending, undefined],
    ['never, with more given back than spent', -1n, spending, undefined],
    ['nobody knows when, without a beginning', 50n, { ...spending, sinceMs: undefined }, undefined],
    ['nobody knows when, before it begins', 50n, { ...spending, sinceMs: 11 * DAY_MS }, undefined],
    ['whenever, where it never resets', 1n, { ...spending, endMs: null }, 1_000],
  ])('is gone %s', (_, spentPicoUsd, rest, days) => {
    const atMs = forecast({ spentPicoUsd, ...rest }, 10 * DAY_MS);
    expect(atMs).toBe(days === undefined ? undefined : Math.floor(days * DAY_MS));
  });
});

describe('spentSince()', () => {
  const month = { startMs: 7, endMs: END_MS };
  const lifetime = { startMs: 0, endMs: null };
  const team = { scope: { type: 'team', id: '*' }, anchorAtMs: null } as const;

  it('is the beginning of the period, where it has one', () => {
    expect(spentSince(team, 'team_x', month)).toBe(7);
    expect(spentSince({ ...team, anchorAtMs: 5 }, 'team_x', { startMs: 5, endMs: null })).toBe(5);
  });

  it('without one is when the value was made, and unknown where that does not show', () => {
    expect(spentSince(team, newId('team', 3), lifetime)).toBe(3);
    expect(spentSince(team, newId('virtualKey', 3), lifetime)).toBeUndefined();
    expect(spentSince({ ...team, scope: { type: 'model', id: 'm' } }, 'm', lifetime)).toBeUndefined();
  });
});
