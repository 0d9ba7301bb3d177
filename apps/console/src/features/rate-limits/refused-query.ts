/** The explorer's words for what rate limits refused of a scope. Pure. */
import type { RateLimit } from '@tollgate/api';
import { printValue } from '@tollgate/api/request-query';

const FIELD: Readonly<Partial<Record<RateLimit['scope']['type'], string>>> = {
  team: 'team',
  key: 'key',
  member: 'member',
  serviceAccount: 'member',
  endUser: 'user',
  model: 'model',
};

/** Other limits of the same scope are in it, too: a refusal is found by who asked, not by the rule. */
export function refusedQuery({ scope, model }: Pick<RateLimit, 'scope' | 'model'>): string {
  const terms = ['error:rate_limit_exceeded'];
  const field = FIELD[scope.type];
  if (scope.type === 'tag') {
    const tag = scope.id.replace(/=\*$/, '');
    if (tag !== '*') terms.push(`tag:${printValue(tag)}`);
  } else if (field !== undefined && scope.id !== '*') terms.push(`${field}:${printValue(scope.id)}`);
  if (model !== null && scope.type !== 'model') terms.push(`model:${printValue(model)}`);
  return terms.join(' ');
}
