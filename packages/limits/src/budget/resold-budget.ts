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

/**
 * The platform's: `{ limitUsd, firstLimitUsd }`, what new organizations are bounded to after and before they have shown that
 * they can pay; null: to nothing. `resold_spend_figures` reads it.
 */
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
  if (toBigInt(before.limitPicoUsd) === limitPicoUsd && !before.awaitsPayment) return before;
  return updateBudget(change, before, { limitPicoUsd, awaitsPayment: false });
}

/**
 * Bounds an organization of which nobody has said anything yet to what new ones are bounded to.
 *
 * @param byPayment Whether there is a way to show that one can pay: without one, nobody could ever leave the first figure.
 * @returns Whether there was anything to do.
 */
export async function ensureResoldBudget(change: LimitsChange, byPayment: boolean): Promise<boolean> {
  const { tx, organizationId } = change;
  if (organizationId === OPERATOR_ORGANIZATION_ID) return false;
  const { isResold, first, usual } = await readFigures(change);
  if (!isResold) return false;
  const awaitsPayment = byPayment && first !== usual && (await owesPayment(change));
  const limit = awaitsPayment ? first : usual;
  if (limit === null) return false;
  await lockBudgets(change);
  const where = { organizationId, counts: 'resold' };
  if ((await tx.budget.findFirst({ where, select: { id: true } })) !== null) return false;
  await createResoldBudget(change, limit, awaitsPayment);
  return true;
}

/**
 * Raises an organization that has shown since that it can pay to what is usual now. What the operator has said of it stays,
 * and nothing is ever lowered: who was once raised stays so.
 *
 * @returns The budget, which is archived where the usual figure is no bound; null: there was nothing to do.
 */
export async function raiseResoldBudget(change: LimitsChange): Promise<BudgetRecord | null> {
  const { tx, organizationId } = change;
  if (organizationId === OPERATOR_ORGANIZATION_ID || !(await hasShownPayment(change))) return null;
  const { isResold, usual } = await readFigures(change);
  if (!isResold) return null;
  await lockBudgets(change);
  const before = await tx.budget.findFirst({
    where: { organizationId, counts: 'resold', archivedAt: null, awaitsPayment: true },
  });
  if (before === null) return null;
  if (usual === null) {
    await archiveBudget(change, before);
    return before;
  }
  const isMore = usual > toBigInt(before.limitPicoUsd);
  return updateBudget(change, before, { ...(isMore && { limitPicoUsd: usual }), awaitsPayment: false });
}

/** In pico USD; null: no bound. */
async function readFigures({ tx }: LimitsChange) {
  const [row] = await tx.$queryRaw<{ isResold: boolean; first: string | null; usual: string | null }[]>`
    SELECT is_resold AS "isResold", first_limit::text AS first, usual_limit::text AS usual FROM resold_spend_figures()`;
  const { isResold, first, usual } = row!;
  const amount = (text: string | null) => (text === null ? null : BigInt(text));
  return { isResold, first: amount(first), usual: amount(usual) };
}

async function owesPayment(change: LimitsChange): Promise<boolean> {
  const { tx, organizationId } = change;
  const organization = await tx.organization.findUniqueOrThrow({
    where: { id: organizationId },
    select: { mustShowPayment: true },
  });
  return organization.mustShowPayment && !(await hasShownPayment(change));
}

/** Which facts show it is said once, in the migration, because the worker looks for them across organizations as well. */
async function hasShownPayment({ tx, organizationId }: LimitsChange): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ shown: boolean }[]>`
    SELECT has_shown_payment(${organizationId}) AS shown`;
  return row!.shown;
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

function createResoldBudget(
  change: LimitsChange,
  limitPicoUsd: bigint,
  awaitsPayment = false,
): Promise<BudgetRecord> {
  return createBudget(change, {
    ...FORM,
    scope: { type: 'organization', id: change.organizationId },
    limitPicoUsd,
    awaitsPayment,
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
