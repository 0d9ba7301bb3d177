import { parseRequestQuery } from '@tollgate/api/request-query';
import { describe, expect, it } from 'vitest';
import { suggestAt } from './query-completion.ts';

const known = {
  model: [{ value: 'gpt-5.2', requests: 12 }, { value: 'claude-opus' }],
  key: [{ value: 'Ada, laptop' }],
};
const labels = (query: string, caret = query.length) =>
  suggestAt(query, caret, known).map(({ label }) => label);
const chosen = (query: string, label: string, caret = query.length) =>
  suggestAt(query, caret, known).find((one) => one.label === label);

describe('suggestAt()', () => {
  it('offers fields where a term begins, after a minus too', () => {
    expect(labels('mo')).toContain('model:');
    expect(labels('status:200 -mo')[0]).toBe('model:');
    expect(chosen('status:200 -mo', 'model:')?.query).toBe('status:200 -model:');
  });

  it('offers the values of a field, and writes them so that they can be read', () => {
    expect(labels('model:gp')).toEqual(['gpt-5.2']);
    const completed = chosen('key:ada', 'Ada, laptop');
    expect(completed?.query).toBe('key:"Ada, laptop" ');
    expect(parseRequestQuery(completed?.query ?? '')).toMatchObject([{ values: ['Ada, laptop'] }]);
  });

  it('completes one value of several, in the middle of a query', () => {
    const query = 'model:gp,claude-opus status:200';
    expect(chosen(query, 'gpt-5.2', 8)).toMatchObject({
      query: 'model:gpt-5.2,claude-opus status:200',
      caret: 13,
    });
  });

  it('has nothing to say about fields that do not exist', () => {
    expect(labels('nope:x')).toEqual([]);
  });
});
