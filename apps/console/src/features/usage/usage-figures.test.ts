import type { UsageRow } from '@tollgate/api';
import { OTHER_KEY } from '@tollgate/ui/charts';
import { describe, expect, it } from 'vitest';
import { toChart } from './usage-chart.ts';
import { cachedShareOf, compareGroups, sumByGroup, sumUsage } from './usage-figures.ts';

const row = (fields: Partial<UsageRow>): UsageRow => ({
  start: '2026-11-01T00:00:00.000Z',
  names: {},
  requests: 1,
  attempts: 1,
  inputTokens: 60,
  cachedInputTokens: 30,
  cacheWriteTokens: 10,
  outputTokens: 5,
  reasoningTokens: 0,
  costUsd: '0.1',
  chargeUsd: '0.1',
  savedUsd: '0',
  spentUsd: '0.1',
  ...fields,
});

const ROWS = [
  row({ team: 'team_1', names: { team: 'Search' } }),
  row({ team: 'team_1', names: { team: 'Search' }, spentUsd: '0.2', start: '2026-11-02T00:00:00.000Z' }),
  row({ team: '', spentUsd: '0.000000000001' }),
];

describe('sumByGroup()', () => {
  it('sums to the same as everything together, digit for digit', () => {
    const groups = sumByGroup(ROWS, 'team', 'No team');
    expect(groups.map(({ name, spentUsd }) => [name, spentUsd])).toEqual([
      ['Search', '0.3'],
      ['No team', '0.000000000001'],
    ]);
    expect(sumUsage(groups)).toEqual(sumUsage(ROWS));
  });
});

describe('all groups but those that were asked for', () => {
  const rest = row({ rest: true, restGroups: 40, requests: 90, spentUsd: '7.5' });

  it('are one group beside the one of no value, and in every sum', () => {
    const groups = sumByGroup([...ROWS, rest, { ...rest, start: '2026-11-02T00:00:00.000Z' }], 'team', '-');
    expect(groups.map(({ spentUsd, restGroups }) => [spentUsd, restGroups])).toEqual([
      ['0.3', undefined],
      ['0.000000000001', undefined],
      ['15', 40],
    ]);
    expect(sumUsage(groups).spentUsd).toBe('15.300000000001');
  });

  it('are compared with what the others were before', () => {
    const before = sumByGroup([{ ...rest, spentUsd: '2' }], 'team', '-');
    const [last] = compareGroups(sumByGroup([rest], 'team', '-'), before);
    expect([last?.spentUsd, last?.before?.spentUsd]).toEqual(['7.5', '2']);
  });

  it('are drawn as the series that charts have for others', () => {
    const chart = toChart([...ROWS, rest], 'team', (one) => one.spentUsd, '-');
    expect(chart.rows[0]?.values).toEqual({ 'k:team_1': '0.1', 'k:': '0.000000000001', [OTHER_KEY]: '7.5' });
  });
});

describe('toChart()', () => {
  it('puts each group into its bucket and passes money on as it came', () => {
    const chart = toChart(ROWS, 'team', (one) => one.spentUsd, 'No team');
    expect(chart.series.map(({ label }) => label)).toEqual(['Search', 'No team']);
    expect(chart.rows).toEqual([
      { at: '2026-11-01T00:00:00.000Z', values: { 'k:team_1': '0.1', 'k:': '0.000000000001' } },
      { at: '2026-11-02T00:00:00.000Z', values: { 'k:team_1': '0.2' } },
    ]);
  });

  it('survives a tag value that is named like a built-in property', () => {
    const chart = toChart([row({ tags: { env: '__proto__' } })], 'tag:env', (one) => one.requests, '-');
    expect(chart.rows[0]?.values['k:__proto__']).toBe(1);
  });

  it('has every bucket that it is told, with and without usage', () => {
    const days = [Date.UTC(2026, 10, 1), Date.UTC(2026, 10, 2), Date.UTC(2026, 10, 3)];
    const chart = toChart(ROWS, 'team', (one) => one.spentUsd, '-', days);
    expect(chart.rows.map(({ at }) => at.slice(8, 10))).toEqual(['01', '02', '03']);
    expect(chart.rows[2]?.values).toEqual({});
  });
});

describe('cachedShareOf()', () => {
  it('is the cached part of all input, of which there are three disjoint kinds', () => {
    expect(cachedShareOf(row({}))).toBe(0.3);
    expect(cachedShareOf(row({ inputTokens: 0, cachedInputTokens: 0, cacheWriteTokens: 0 }))).toBeUndefined();
  });
});
