import type { UsageRow } from '@tollgate/api';
import { parseRequestQuery } from '@tollgate/api/request-query';
import { describe, expect, it } from 'vitest';
import { sumByGroup } from './usage-figures.ts';
import { budgetsLink, requestsLink } from './usage-links.ts';

const row = {
  start: null,
  names: { team: 'Search' },
  team: 'team_1',
  model: 'a, "b"',
  requests: 1,
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  costUsd: '1',
  chargeUsd: '0',
  savedUsd: '0',
  spentUsd: '1',
} satisfies UsageRow;
const question = {
  filters: { key: ['key_1', 'key, 2'], endUser: ['ada'], tag: ['env=prod'] },
  applies: (name: string) => name === 'key' || name === 'tag',
  mode: 'live' as const,
  range: { fromMs: 0, toMs: 86_400_000 } as never,
};

describe('requestsLink()', () => {
  it('asks the explorer for the range, what was filtered, and the values of the row', () => {
    const [group] = sumByGroup([row], ['team', 'model'], '');
    const url = new URL(requestsLink(question, group!), 'http://localhost');
    expect(parseRequestQuery(url.searchParams.get('q') ?? '')).toMatchObject([
      { field: 'team', values: ['team_1'] },
      { field: 'model', values: ['a, "b"'] },
      { field: 'key', values: ['key_1', 'key, 2'] },
      { kind: 'tag', name: 'env', values: ['prod'] },
      { field: 'livemode', value: true },
    ]);
    expect(url.searchParams.get('to')).toBe('1970-01-02T00:00:00.000Z');
  });
});

describe('budgetsLink()', () => {
  it('leads to the budgets of the scope, where there can be any', () => {
    const [byTeam] = sumByGroup([row], 'team', '');
    expect(budgetsLink(byTeam!)).toBe('/budgets?scope=team&q=Search');
    const [byEndpoint] = sumByGroup([row], 'endpoint', '');
    expect(budgetsLink(byEndpoint!)).toBeUndefined();
  });
});
