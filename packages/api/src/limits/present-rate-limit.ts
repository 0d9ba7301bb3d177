/** Rate limits as the API shows them. */
import { z } from '@hono/zod-openapi';
import { findDunningLimits } from '@tollgate/billing';
import type { Transaction } from '@tollgate/db';
import { RATE_METRICS, type RateLimitRecord, toRateRule } from '@tollgate/limits';
import { id, iso, timestamp } from '../framework/field.ts';
import { LimitScope } from './present-budget.ts';
import { findScopeNames } from './scope-names.ts';

export const RateLimit = z
  .object({
    id,
    scope: LimitScope,
    /** What the scope is called: the team's, key's or member's name. */
    scopeName: z.string().nullable(),
    metric: z.enum(RATE_METRICS),
    limit: z.int(),
    /** 0 for concurrency, which has none. */
    windowSeconds: z.int(),
    model: z.string().nullable(),
    setBy: z.enum(['organization', 'dunning']).openapi({
      description:
        '`dunning`: an invoice is overdue. Nobody of the organization can change or delete the limit; it goes once the invoice is settled.',
    }),
    version: z.int(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .openapi('RateLimit');

export async function presentRateLimits(
  tx: Transaction,
  organizationId: string,
  rows: readonly RateLimitRecord[],
): Promise<z.input<typeof RateLimit>[]> {
  const rules = rows.map(toRateRule);
  const nameOf = await findScopeNames(
    tx,
    organizationId,
    rules.map(({ scope }) => scope),
  );
  const dunned = await findDunningLimits(
    tx,
    organizationId,
    rows.map(({ id: limitId }) => limitId),
  );
  return rows.map((row, index) => {
    const { scope, metric, limit, windowSeconds, model } = rules[index]!;
    return {
      id: row.id,
      scope,
      scopeName: nameOf(scope),
      metric,
      limit,
      windowSeconds,
      model,
      setBy: dunned.has(row.id) ? ('dunning' as const) : ('organization' as const),
      version: row.version,
      createdAt: iso(row.createdAt),
      updatedAt: iso(row.updatedAt),
    };
  });
}
