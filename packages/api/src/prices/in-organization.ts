/** The operator's way into one organization: a transaction of that organization, with the operator as its actor. */
import { OPERATOR_ORGANIZATION_ID } from '@tollgate/db';
import { notFound } from '../framework/problem.ts';
import type { DetachedCall } from '../framework/route.ts';
import type { PriceCall } from './price-change.ts';

/**
 * @param organizationId Undefined: the operator's own.
 * @throws {ApiProblem} `not_found`: there is no such organization.
 */
export function inOrganization<T>(
  call: DetachedCall<unknown, unknown, unknown>,
  organizationId: string | undefined,
  run: (call: PriceCall) => Promise<T>,
): Promise<T> {
  const entered = organizationId ?? OPERATOR_ORGANIZATION_ID;
  const { actor, origin, nowMs, context } = call;
  return context.database.tenant(entered, async (tx) => {
    const organization = await tx.organization.findFirst({ where: { id: entered }, select: { id: true } });
    if (organization === null) throw notFound('organization');
    const afterCommit = (later: () => Promise<void>): void => call.afterCommit(later);
    return run({ tx, organizationId: entered, actor, origin, nowMs, context, afterCommit });
  });
}
