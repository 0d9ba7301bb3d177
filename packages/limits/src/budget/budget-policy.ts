/**
 * The budgets of one organization as gateways and the worker know them: plain data, read in one go.
 *
 * Only what is spent is not here: that is Postgres's to say, at the moment of a grant.
 */
import type { Transaction } from '@tollgate/db';
import { toBigInt } from '@tollgate/db';
import { SCOPE_TYPES, type Scope } from '../scope.ts';
import { BUDGET_PERIODS, type PeriodRule, type TimeZoneFrom } from './period.ts';

export type OnExceeded = 'refuse' | { readonly model: string };

/** All that is spent, or only what is on the operator's credentials: that one is the operator's to set. */
export type BudgetCounts = 'all' | 'resold';

export interface BudgetRule extends PeriodRule {
  readonly id: string;
  readonly name: string;
  readonly scope: Scope;
  readonly counts: BudgetCounts;
  /** It rises by itself once the organization has shown that it can pay; a policy kept by the version before does not say. */
  readonly awaitsPayment?: boolean;
  readonly kind: 'hard' | 'soft';
  readonly limitPicoUsd: bigint;
  readonly carryOver: boolean;
  readonly onExceeded: OnExceeded;
  readonly paused: boolean;
  readonly archived: boolean;
}

export interface BudgetPolicy {
  readonly organizationId: string;
  readonly budgets: readonly BudgetRule[];
  readonly zones: readonly TimeZoneFrom[];
  /** Compared by Postgres before it grants: two that disagree on zones disagree on periods. */
  readonly zoneVersion: string;
}

/** The columns of `budgets` that make a rule. */
export interface BudgetRow {
  readonly id: string;
  readonly name: string;
  readonly scopeType: string;
  readonly scopeId: string;
  readonly counts: string;
  readonly awaitsPayment?: boolean;
  readonly limitPicoUsd: Parameters<typeof toBigInt>[0];
  readonly period: string;
  readonly anchorAt: Date | null;
  readonly createdAt: Date;
  readonly carryOver: boolean;
  readonly kind: string;
  readonly onExceeded: unknown;
  readonly pausedAt: Date | null;
  readonly archivedAt: Date | null;
}

/** In the organization's transaction; what is archived is left out. */
export async function loadBudgetPolicy(tx: Transaction, organizationId: string): Promise<BudgetPolicy> {
  const rows = await tx.budget.findMany({
    where: { organizationId, archivedAt: null },
    orderBy: { id: 'asc' },
  });
  return { organizationId, budgets: rows.map(toBudgetRule), ...(await loadTimeZones(tx, organizationId)) };
}

export async function loadTimeZones(
  tx: Transaction,
  organizationId: string,
): Promise<Pick<BudgetPolicy, 'zones' | 'zoneVersion'>> {
  const rows = await tx.organizationTimeZone.findMany({
    where: { organizationId },
    orderBy: { validFrom: 'asc' },
  });
  return {
    zones: rows.map((row) => ({ validFromMs: row.validFrom.getTime(), timeZone: row.timeZone })),
    zoneVersion: `${rows.length}:${rows.at(-1)?.timeZone ?? ''}`,
  };
}

/** @throws {Error} The row holds what no version of this code writes. */
export function toBudgetRule(row: BudgetRow): BudgetRule {
  const type = SCOPE_TYPES.find((each) => each === row.scopeType);
  const period = BUDGET_PERIODS.find((each) => each === row.period);
  if (type === undefined || period === undefined) {
    throw new Error(
      `Cannot read budget ${row.id}: its scope and period must be known, got ${row.scopeType}, ${row.period}`,
    );
  }
  return {
    id: row.id,
    name: row.name,
    scope: { type, id: row.scopeId },
    counts: row.counts === 'resold' ? 'resold' : 'all',
    ...(row.awaitsPayment === true ? { awaitsPayment: true } : {}),
    period,
    anchorAtMs: row.anchorAt?.getTime() ?? null,
    createdAtMs: row.createdAt.getTime(),
    kind: row.kind === 'hard' ? 'hard' : 'soft',
    limitPicoUsd: toBigInt(row.limitPicoUsd),
    carryOver: row.carryOver,
    onExceeded: toOnExceeded(row.onExceeded),
    paused: row.pausedAt !== null,
    archived: row.archivedAt !== null,
  };
}

/**
 * Whether a budget in whose scope an attempt is counts it, by whose credential serves it. The same rule as
 * `budget_spending` in the migration: what is held is what is counted.
 */
export function countsOwner(
  { counts }: Pick<BudgetRule, 'counts'>,
  owner: 'organization' | 'operator',
): boolean {
  return counts !== 'resold' || owner === 'operator';
}

/**
 * Who answers when a hard budget is used up. The cheaper model falls under most budgets as well, and finds nothing left of
 * them either; only a model's own budget leaves it free.
 */
export function standInOf({
  kind,
  scope,
  onExceeded,
}: Pick<BudgetRule, 'kind' | 'scope' | 'onExceeded'>): string | undefined {
  if (kind === 'soft' || onExceeded === 'refuse') return undefined;
  return scope.type === 'model' && scope.id !== onExceeded.model ? onExceeded.model : undefined;
}

export function toOnExceeded(value: unknown): OnExceeded {
  if (typeof value === 'object' && value !== null && 'model' in value && typeof value.model === 'string') {
    return { model: value.model };
  }
  return 'refuse';
}
