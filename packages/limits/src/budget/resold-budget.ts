/**
 * What an organization may spend on the operator's credentials: a hard budget a month, which the operator sets and the
 * organization sees. Its own credentials are neither held for nor counted.
 *
 * Changes of one organization wait for each other. Gateways are told by the caller (the outbox's `policy-changed`).
 */
import type { AuditActor } from '@tollgate/audit';
import { OPERATOR_ORGANIZATION_ID, toBigInt } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import type { LimitsChange } from '../scope-store.ts';
import { archiveBudget, audit, type BudgetRecord, createBudget, updateBudget } from './budget-store.ts';

/** The platform's: `{ limitUsd }`, what new organizations are bounded to; null: to nothing. `resold_spend_limit` reads it. */
export const RESOLD_SETTING = 'resold-spend';

/** Who bounds organizations of which nobody has said anything. */
export const RESOLD_ACTOR: AuditActor = { kind: 'system', id: 'resold-spend', name: 'Resold models' };

/** By what refusals, alerts and the audit log call it. */
const NAME = 'Resold models';

/**
 * The operator's word on one organization.
 *
 * @param limitPicoUsd A month; null: no bound, which is written down as well, so that nobody makes one later.
 * @returns The budget in force; null: none.
 */
export async function setResoldBudget(
  change: LimitsChange,
  limitPicoUsd: bigint | null,
): Promise<BudgetRecord | null> {
  const { tx, organizationId } = change;
  if (organizationId === OPERATOR_ORGANIZATION_ID)
    throw new Error('Cannot bound what is resold: the operator is not resold to');
  await lockBudgets(change);
  const rows = await tx.budget.findMany({ where: { organizationId, counts: 'resold' } });
  const before = rows.find(({ archivedAt }) => archivedAt === null);
  if (limitPicoUsd === null) {
    if (before !== undefined) await archiveBudget(change, before);
    else if (rows.length === 0) await writeUnbounded(change);
    return null;
  }
  if (before === undefined) return createResoldBudget(change, limitPicoUsd);
  if (toBigInt(before.limitPicoUsd) === limitPicoUsd) return before;
  return updateBudget(change, before, { limitPicoUsd });
}

/**
 * Bounds an organization of which nobody has said anything yet to what new ones are bounded to.
 *
 * @returns Whether there was anything to do.
 */
export async function ensureResoldBudget(change: LimitsChange): Promise<boolean> {
  const { tx, organizationId } = change;
  if (organizationId === OPERATOR_ORGANIZATION_ID) return false;
  const [setting] = await tx.$queryRaw<
    { limit: string | null }[]
  >`SELECT resold_spend_limit()::text AS limit`;
  const limit = setting?.limit ?? null;
  if (limit === null) return false;
  await lockBudgets(change);
  const where = { organizationId, counts: 'resold' };
  if ((await tx.budget.findFirst({ where, select: { id: true } })) !== null) return false;
  await createResoldBudget(change, BigInt(limit));
  return true;
}

/**
 * The lock that the insert takes anyway: whoever comes second sees what the first one wrote. Who locks the organization's row as
 * well takes this one first, as a change of time zone does.
 */
export async function lockBudgets({
  tx,
  organizationId,
}: Pick<LimitsChange, 'tx' | 'organizationId'>): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(budget_list_lock(${organizationId}))`;
}

function createResoldBudget(change: LimitsChange, limitPicoUsd: bigint): Promise<BudgetRecord> {
  return createBudget(change, {
    ...FORM,
    scope: { type: 'organization', id: change.organizationId },
    limitPicoUsd,
  });
}

/** The same for every organization; `budgets_counts` in the migration asks for it. */
const FORM = {
  name: NAME,
  counts: 'resold',
  period: 'month',
  anchorAt: null,
  kind: 'hard',
  thresholds: [50, 80, 100],
  onExceeded: 'refuse',
  carryOver: false,
  carryOverCapPicoUsd: null,
  paused: false,
} as const;

async function writeUnbounded(change: LimitsChange): Promise<void> {
  const { tx, organizationId, nowMs } = change;
  const now = new Date(nowMs);
  const budget = await tx.budget.create({
    data: {
      id: newId('budget', nowMs),
      organizationId,
      scopeType: 'organization',
      scopeId: organizationId,
      name: NAME,
      counts: 'resold',
      period: 'month',
      kind: 'hard',
      limitPicoUsd: '0',
      thresholds: [...FORM.thresholds],
      createdAt: now,
      updatedAt: now,
      archivedAt: now,
    },
  });
  await audit(change, 'budget-archived', budget, { after: { counts: 'resold', limitUsd: null } });
}
