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
  attempts: 1,
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
      { field: 'attemptmodel', values: ['a, "b"'] },
      { field: 'key', values: ['key_1', 'key, 2'] },
      { kind: 'tag', name: 'env', values: ['prod'] },
      { field: 'livemode', value: true },
      { field: 'attempts', tests: [{ kind: 'compare', comparison: '>=', value: 1 }] },
    ]);
    expect(url.searchParams.get('to')).toBe('1970-01-02T00:00:00.000Z');
  });

  it('asks attempts, as usage counts them, and not what was asked for or answered in the end', () => {
    const [group] = sumByGroup([{ ...row, provider: 'openai' }], ['provider'], '');
    const filters = { model: ['sim-large', 'sim-small'] };
    const url = new URL(
      requestsLink({ ...question, filters, applies: () => true }, group!),
      'http://localhost',
    );
    expect(url.searchParams.get('q')).toBe(
      'attemptprovider:openai attemptmodel:sim-large,sim-small livemode:true attempts:>=1',
    );
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
