/**
 * Making and changing budgets, each change with its audit event.
 *
 * Scope and period are fixed at birth: history could not be counted twice under two of them. Gateways are told
 * by the caller (the outbox's `policy-changed`). Not here: what is spent (budget-standing.ts).
 */
import { changedFields, recordAudit } from '@tollgate/audit';
import { type Prisma, toBigInt } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { formatUsd, type PicoUsdSum } from '@tollgate/money';
import type { Scope } from '../scope.ts';
import { checkScope, type LimitsChange } from '../scope-store.ts';
import { type BudgetCounts, loadTimeZones, type OnExceeded, toBudgetRule } from './budget-policy.ts';
import { type BudgetPeriodKind, periodAt } from './period.ts';

export interface BudgetFields {
  readonly name: string;
  readonly limitPicoUsd: bigint;
  readonly kind: 'hard' | 'soft';
  readonly thresholds: readonly number[];
  readonly onExceeded: OnExceeded;
  readonly carryOver: boolean;
  /** Null: at most one limit. */
  readonly carryOverCapPicoUsd: bigint | null;
  readonly paused: boolean;
  /** Of what is resold: it rises by itself once the organization has shown that it can pay. False unless told. */
  readonly awaitsPayment?: boolean;
}

export interface NewBudget extends BudgetFields {
  readonly scope: Scope;
  readonly period: BudgetPeriodKind;
  readonly anchorAt: Date | null;
  /** All that is spent unless told. */
  readonly counts?: BudgetCounts;
}

export type BudgetRecord = Prisma.BudgetModel;

/** Counts what the ledger has of its current period. @throws {LimitsInputError} The scope names nothing. */
export async function createBudget(change: LimitsChange, input: NewBudget): Promise<BudgetRecord> {
  const { tx, organizationId, nowMs } = change;
  const scope = await checkScope(tx, organizationId, input.scope);
  const budget = await tx.budget.create({
    data: {
      id: newId('budget', nowMs),
      organizationId,
      scopeType: scope.type,
      scopeId: scope.id,
      counts: input.counts ?? 'all',
      period: input.period,
      anchorAt: input.anchorAt,
      createdAt: new Date(nowMs),
      limitPicoUsd: String(input.limitPicoUsd),
      kind: input.kind,
      ...columns(input, nowMs),
    },
  });
  const { zones } = await loadTimeZones(tx, organizationId);
  const period = periodAt(toBudgetRule(budget), zones, nowMs);
  const endsAt = period.endMs === null ? null : new Date(period.endMs);
  await tx.$queryRaw`SELECT count_budget(${budget.id}, ${new Date(period.startMs)}, ${endsAt}::timestamptz)`;
  await audit(change, 'budget-created', budget, { after: detail(budget) });
  return budget;
}

/** @param before As read in this transaction. */
export async function updateBudget(
  change: LimitsChange,
  before: BudgetRecord,
  input: Partial<BudgetFields>,
): Promise<BudgetRecord> {
  const after = await change.tx.budget.update({
    where: { organizationId_id: { organizationId: change.organizationId, id: before.id } },
    data: { ...columns(input, change.nowMs, before.pausedAt), version: { increment: 1 } },
  });
  await audit(change, 'budget-updated', after, changedFields(detail(before), detail(after)));
  return after;
}

/** For good; its history stays. */
export async function archiveBudget(change: LimitsChange, before: BudgetRecord): Promise<void> {
  const now = new Date(change.nowMs);
  await change.tx.budget.update({
    where: { organizationId_id: { organizationId: change.organizationId, id: before.id } },
    data: { archivedAt: now, updatedAt: now, version: { increment: 1 } },
    select: { id: true },
  });
  await audit(change, 'budget-archived', before, { before: detail(before) });
}

/** Forgives what the current period has spent, under every value or one. The ledger stays as it is. */
export async function resetBudget(
  change: LimitsChange,
  budget: BudgetRecord,
  scopeValue?: string,
): Promise<void> {
  const { tx, organizationId, nowMs } = change;
  const { zones } = await loadTimeZones(tx, organizationId);
  const { startMs } = periodAt(toBudgetRule(budget), zones, nowMs);
  const periods = await tx.budgetPeriod.findMany({
    where: {
      organizationId,
      budgetId: budget.id,
      periodStart: new Date(startMs),
      ...(scopeValue === undefined ? {} : { scopeValue }),
    },
    select: { scopeValue: true },
    orderBy: { scopeValue: 'asc' },
  });
  for (const period of periods) {
    await tx.$queryRaw`SELECT reset_budget_period(${budget.id}, ${period.scopeValue}, ${new Date(startMs)})`;
  }
  await audit(change, 'budget-reset', budget, {
    after: {
      periodStart: new Date(startMs).toISOString(),
      values: periods.length,
      ...(scopeValue === undefined ? {} : { scopeValue }),
    },
  });
}

function columns(input: Partial<BudgetFields>, nowMs: number, pausedAt: Date | null = null) {
  const { name, limitPicoUsd, kind, thresholds, onExceeded, carryOver, carryOverCapPicoUsd, paused } = input;
  const { awaitsPayment } = input;
  const text = (amount: bigint | null): string | null => (amount === null ? null : String(amount));
  return {
    ...(thresholds === undefined ? {} : { thresholds: [...thresholds] }),
    ...(limitPicoUsd === undefined ? {} : { limitPicoUsd: String(limitPicoUsd) }),
    ...(kind === undefined ? {} : { kind }),
    ...(name === undefined ? {} : { name }),
    ...(onExceeded === undefined ? {} : { onExceeded: onExceeded as Prisma.InputJsonValue }),
    ...(carryOver === undefined ? {} : { carryOver }),
    ...(carryOverCapPicoUsd === undefined ? {} : { carryOverCapPicoUsd: text(carryOverCapPicoUsd) }),
    ...(awaitsPayment === undefined ? {} : { awaitsPayment }),
    ...(paused === undefined ? {} : { pausedAt: paused ? (pausedAt ?? new Date(nowMs)) : null }),
    updatedAt: new Date(nowMs),
  };
}

function detail(budget: BudgetRecord): Record<string, unknown> {
  return {
    name: budget.name,
    scope: { type: budget.scopeType, id: budget.scopeId },
    ...(budget.counts === 'all' ? {} : { counts: budget.counts }),
    limitUsd: formatUsd(toBigInt(budget.limitPicoUsd) as PicoUsdSum),
    ...(budget.counts === 'all' ? {} : { raisedByPayment: budget.awaitsPayment }),
    period: budget.period,
    kind: budget.kind,
    thresholds: budget.thresholds,
    onExceeded: budget.onExceeded,
    carryOver: budget.carryOver,
    pausedAt: budget.pausedAt,
  };
}

export async function audit(
  { tx, organizationId, actor, origin, nowMs }: LimitsChange,
  action: string,
  budget: BudgetRecord,
  what: { before?: Record<string, unknown>; after?: Record<string, unknown> },
): Promise<void> {
  const target = { kind: 'budget', id: budget.id, name: budget.name };
  await recordAudit(tx, { organizationId, actor, origin, action, target, nowMs, ...what });
}
