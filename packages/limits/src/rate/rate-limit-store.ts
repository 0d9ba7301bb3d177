/** Making and changing rate limits, each change with its audit event. Gateways are told by the caller. */
import { changedFields, recordAudit } from '@tollgate/audit';
import type { Prisma } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import type { Scope } from '../scope.ts';
import { checkScope, type LimitsChange } from '../scope-store.ts';
import type { RateMetric } from './rate-policy.ts';

export interface RateLimitFields {
  readonly limit: number;
  readonly windowSeconds: number;
  readonly model: string | null;
}

export interface NewRateLimit extends RateLimitFields {
  readonly scope: Scope;
  readonly metric: RateMetric;
}

export type RateLimitRecord = Prisma.RateLimitModel;

/** @throws {LimitsInputError} The scope names nothing. */
export async function createRateLimit(change: LimitsChange, input: NewRateLimit): Promise<RateLimitRecord> {
  const { tx, organizationId, nowMs } = change;
  const scope = await checkScope(tx, organizationId, input.scope);
  const now = new Date(nowMs);
  const row = await tx.rateLimit.create({
    data: {
      id: newId('rateLimit', nowMs),
      organizationId,
      scopeType: scope.type,
      scopeId: scope.id,
      metric: input.metric,
      limitValue: BigInt(input.limit),
      windowSeconds: input.windowSeconds,
      model: input.model,
      createdAt: now,
      updatedAt: now,
    },
  });
  await audit(change, 'rate-limit-created', row, { after: detail(row) });
  return row;
}

export async function updateRateLimit(
  change: LimitsChange,
  before: RateLimitRecord,
  input: Partial<RateLimitFields>,
): Promise<RateLimitRecord> {
  const after = await change.tx.rateLimit.update({
    where: { organizationId_id: { organizationId: change.organizationId, id: before.id } },
    data: {
      ...(input.limit === undefined ? {} : { limitValue: BigInt(input.limit) }),
      ...(input.windowSeconds === undefined ? {} : { windowSeconds: input.windowSeconds }),
      ...(input.model === undefined ? {} : { model: input.model }),
      updatedAt: new Date(change.nowMs),
      version: { increment: 1 },
    },
  });
  await audit(change, 'rate-limit-updated', after, changedFields(detail(before), detail(after)));
  return after;
}

export async function deleteRateLimit(change: LimitsChange, before: RateLimitRecord): Promise<void> {
  await change.tx.rateLimit.delete({
    where: { organizationId_id: { organizationId: change.organizationId, id: before.id } },
    select: { id: true },
  });
  await audit(change, 'rate-limit-deleted', before, { before: detail(before) });
}

function detail(row: RateLimitRecord): Record<string, unknown> {
  return {
    scope: { type: row.scopeType, id: row.scopeId },
    metric: row.metric,
    limit: Number(row.limitValue),
    windowSeconds: row.windowSeconds,
    model: row.model,
  };
}

async function audit(
  { tx, organizationId, actor, origin, nowMs }: LimitsChange,
  action: string,
  row: RateLimitRecord,
  what: { before?: Record<string, unknown>; after?: Record<string, unknown> },
): Promise<void> {
  await recordAudit(tx, {
    organizationId,
    actor,
    origin,
    action,
    target: { kind: 'rateLimit', id: row.id },
    nowMs,
    ...what,
  });
}
