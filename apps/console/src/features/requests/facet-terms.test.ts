import { describe, expect, it } from 'vitest';
import { knownValuesOf, labelOf } from './facet-terms.ts';
import { suggestAt } from './query-completion.ts';
import type { RequestsSummary } from './summary-types.ts';

const summary = {
  facets: {
    status: [],
    model: [{ value: 'sim-large', name: null, term: 'sim-large', requests: 10 }],
    provider: [{ value: 'openai', name: 'OpenAI', term: 'openai', requests: 10 }],
    key: [
      { value: 'key_one', name: 'prod', term: 'key_one', requests: 15 },
      { value: 'key_other', name: 'prod', term: 'key_other', requests: 10 },
      { value: 'key_crawler', name: 'crawler', term: 'crawler', requests: 5 },
      { value: 'key_gone', name: null, term: 'key_gone', requests: 1 },
    ],
    team: [],
    error: [],
    endpoint: [],
  },
} as unknown as RequestsSummary;

describe('what is offered while a query is typed', () => {
  const offered = (query: string) =>
    suggestAt(query, query.length, knownValuesOf(summary)).map(({ label, requests }) => [label, requests]);

  it('has a count where the term finds as many', () => {
    expect(offered('served:')).toEqual([['sim-large', 10]]);
    expect(offered('provider:')).toEqual([['openai', 10]]);
    expect(offered('key:cr')).toEqual([['crawler', 5]]);
  });

  it('has none where it finds others, too', () => {
    expect(offered('model:')).toEqual([['sim-large', undefined]]);
    expect(offered('attemptmodel:')).toEqual([['sim-large', undefined]]);
    expect(offered('attemptprovider:')).toEqual([['openai', undefined]]);
    expect(offered('key:pr')).toEqual([['prod', undefined]]);
  });
});

describe('labelOf()', () => {
  it('tells keys of one name apart', () => {
    const labels = summary.facets.key.map(labelOf);
    expect(labels).toEqual([
      { text: 'prod', id: 'key_one' },
      { text: 'prod', id: 'key_other' },
      { text: 'crawler' },
      { text: 'key_gone' },
    ]);
    expect(summary.facets.provider.map(labelOf)).toEqual([{ text: 'OpenAI' }]);
  });
});
