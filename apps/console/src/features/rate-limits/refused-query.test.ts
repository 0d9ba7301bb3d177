import { parseRequestQuery } from '@tollgate/api/request-query';
import { expect, it } from 'vitest';
import { refusedQuery } from './refused-query.ts';

it.each([
  ['organization', 'org_1', null, 'error:rate_limit_exceeded'],
  ['key', 'key_1', null, 'error:rate_limit_exceeded key:key_1'],
  ['key', '*', 'gpt-5', 'error:rate_limit_exceeded model:gpt-5'],
  ['serviceAccount', 'sa_1', null, 'error:rate_limit_exceeded member:sa_1'],
  ['endUser', 'ada l', null, 'error:rate_limit_exceeded user:"ada l"'],
  ['tag', 'env=*', null, 'error:rate_limit_exceeded tag:env'],
  ['tag', 'env=prod', null, 'error:rate_limit_exceeded tag:env=prod'],
] as const)('of %s %s (%s) the explorer shows %s', (type, id, model, query) => {
  expect(refusedQuery({ scope: { type, id }, model })).toBe(query);
  expect(() => parseRequestQuery(query)).not.toThrow();
});
