/**
 * The same change of many keys, each with a result of its own.
 *
 * One transaction, so that a repeated request meets its stored answer; a key that cannot be changed is told, and
 * the others are changed. Every change is locked, checked and audited as a single one is.
 */
import { z } from '@hono/zod-openapi';
import { holdMember } from '@tollgate/identity';
import { BUDGET_PERIODS } from '@tollgate/limits';
import { recordChange } from '../framework/change-feed.ts';
import { id, instant } from '../framework/field.ts';
import { ApiProblem } from '../framework/problem.ts';
import type { OrganizationCall } from '../framework/route.ts';
import { usdAmount } from '../limits/usd-amount.ts';
import { bindNewKey } from './bind-new-key.ts';
import { assertMayEndIn, decideExpiry } from './key-expiry.ts';
import { getEffectiveKeyPolicy } from './key-policy-store.ts';
import { assertTeam, getKeyOwner } from './key-scope.ts';
import { lockKey, revokeKey, rotateKey, updateKey } from './key-store.ts';
import { Key, type KeyRow, presentKey } from './present-key.ts';

export const BULK_MAX = 50;
const MAX_OVERLAP_SECONDS = 30 * 86_400;

export const BulkKeyChange = z.strictObject({
  ids: z.array(id).min(1).max(BULK_MAX),
  change: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('expire'), expiresAt: instant }),
    z.strictObject({
      kind: z.literal('budget'),
      limitUsd: usdAmount,
      period: z.enum(BUDGET_PERIODS).default('month'),
      budgetKind: z.enum(['hard', 'soft']).default('hard'),
    }),
    z.strictObject({
      kind: z.literal('rotate'),
      overlapSeconds: z.int().min(0).max(MAX_OVERLAP_SECONDS).exactOptional(),
    }),
    /** Null: the organization's. */
    z.strictObject({ kind: z.literal('owner'), ownerId: id.nullable() }),
    /** Null: no team. Limits, budgets and history stay with the key; what the team has holds from then on. */
    z.strictObject({ kind: z.literal('team'), teamId: id.nullable() }),
    z.strictObject({ kind: z.literal('revoke') }),
  ]),
});

export const BulkKeyResult = z
  .object({
    id: z.string(),
    ok: z.boolean(),
    /** Why not. */
    code: z.string().nullable(),
    detail: z.string().nullable(),
    key: Key.nullable(),
    /** Of a rotated key; shown in this answer and nowhere else. */
    secret: z.string().nullable(),
  })
  .openapi('BulkKeyResult');

type Call = OrganizationCall<z.output<typeof BulkKeyChange>, unknown, unknown>;

export async function changeManyKeys(call: Call): Promise<z.input<typeof BulkKeyResult>[]> {
  const { change } = call.body;
  // Before the keys, as whoever removes their owner takes both.
  if (change.kind === 'owner' && change.ownerId !== null)
    await holdMember(call.tx, call.organizationId, change.ownerId);
  const results: z.input<typeof BulkKeyResult>[] = [];
  // In the order of their ids, so that two such requests wait for each other and never lock crosswise.
  for (const keyId of [...new Set(call.body.ids)].toSorted()) {
    results.push(await changeOne(call, keyId));
  }
  return results;
}

async function changeOne(call: Call, keyId: string): Promise<z.input<typeof BulkKeyResult>> {
  try {
    const { row, secret = null } = await applyChange(call, await lockKey(call, keyId));
    await recordChange(call, call.tx, 'key-changed', row.id);
    return { id: keyId, ok: true, code: null, detail: null, key: presentKey(row, call.nowMs), secret };
  } catch (error) {
    // Said before anything was written for this key: the transaction is as good as before.
    if (!(error instanceof ApiProblem) || error.status >= 500) throw error;
    return { id: keyId, ok: false, code: error.code, detail: error.message, key: null, secret: null };
  }
}

async function applyChange(call: Call, before: KeyRow): Promise<{ row: KeyRow; secret?: string }> {
  const { tx, organizationId, nowMs, context } = call;
  const { change } = call.body;
  switch (change.kind) {
    case 'revoke':
      return { row: await revokeKey(call, before) };
    case 'expire': {
      const policy = await getEffectiveKeyPolicy(tx, organizationId, before.teamId);
      const times = { createdAtMs: before.createdAt.getTime(), nowMs };
      return {
        row: await updateKey(call, before, { expiresAt: decideExpiry(policy, change.expiresAt, times) }),
      };
    }
    case 'rotate': {
      const policy = await getEffectiveKeyPolicy(tx, organizationId, before.teamId);
      const overlapSeconds = change.overlapSeconds ?? policy.overlapSeconds?.value ?? 0;
      return rotateKey(call, context.keyHasher, before, overlapSeconds);
    }
    case 'owner':
      return {
        row: await updateKey(call, before, await getKeyOwner(tx, organizationId, change.ownerId)),
      };
    case 'team': {
      const { teamId } = change;
      await assertTeam(tx, organizationId, teamId);
      if (teamId !== before.teamId) await assertMayEndIn(tx, before, { teamId, nowMs });
      return { row: await updateKey(call, before, { teamId }) };
    }
    case 'budget': {
      const { limitUsd, period, budgetKind: kind } = change;
      await bindNewKey(call, before.id, { budget: { limitUsd, period, kind }, rateLimits: [] });
      return { row: before };
    }
    default:
      return change satisfies never;
  }
}
