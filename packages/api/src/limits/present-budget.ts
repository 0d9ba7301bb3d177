/** Budgets as the API shows them: the rule, and where it stands. */
import { z } from '@hono/zod-openapi';
import type { Transaction } from '@tollgate/db';
import { toBigInt } from '@tollgate/db';
import {
  BUDGET_PERIODS,
  type BudgetRecord,
  type BudgetStatus,
  type BudgetValueStatus,
  getBudgetStatuses,
  SCOPE_TYPES,
  type Scope,
  toBudgetRule,
} from '@tollgate/limits';
import { formatUsd, type PicoUsdSum } from '@tollgate/money';
import { id, iso, timestamp, usd } from '../framework/field.ts';
import { findScopeNames, type ScopeName } from './scope-names.ts';

export const LimitScope = z.object({
  type: z.enum(SCOPE_TYPES),
  id: z.string().openapi({ description: '"*": one per value. Tags: NAME=VALUE, NAME=* or *' }),
});

const OnExceeded = z.union([z.literal('refuse'), z.object({ model: z.string() })]);

export const Budget = z
  .object({
    id,
    name: z.string(),
    scope: LimitScope,
    /** What the scope is called: the team's, key's or member's name. */
    scopeName: z.string().nullable(),
    limitUsd: usd,
    period: z.enum(BUDGET_PERIODS),
    anchorAt: timestamp.nullable(),
    kind: z.enum(['hard', 'soft']),
    thresholds: z.array(z.int()),
    onExceeded: OnExceeded,
    carryOver: z.boolean(),
    carryOverCapUsd: usd.nullable(),
    state: z.enum(['active', 'paused', 'archived']),
    counts: z.enum(['all', 'resold']).openapi({
      description:
        '`resold`: only what is used of models that the operator provides; what goes over credentials of one’s own is neither counted nor refused.',
    }),
    setBy: z.enum(['organization', 'operator']).openapi({
      description:
        '`operator`: nobody of the organization can change, pause, reset or archive it; the operator can be asked for more.',
    }),
    raisedByPayment: z.boolean().openapi({
      description:
        'Of what the operator has set: it rises by itself, within a minute, once the organization has a payment method on file, prepaid credits or a payment made. False where what is usual now is no more than its limit.',
    }),
    version: z.int(),
    createdAt: timestamp,
    updatedAt: timestamp,
    periodStart: timestamp,
    resetsAt: timestamp.nullable(),
    /** The limit with what was carried over. Of the value with least left, where it is one per value. */
    periodLimitUsd: usd,
    /** Over all values, where it is one per value. */
    spentUsd: usd,
    /** Part of what is spent: held for requests whose cost nobody can tell yet; a re-rating corrects it. */
    assumedUsd: usd,
    grantedUsd: usd,
    /** The most that requests under way may hold: granted, or of gateways that are gone. */
    heldUsd: usd,
    /** Of the value with least, where it is one per value. */
    remainingUsd: usd,
    /** Of one per value: how many values have spent or hold something in this period. */
    valueCount: z.int(),
    forecastExceededAt: timestamp.nullable().openapi({
      description:
        'When it is gone at the rate of this period so far; null: it lasts until it resets, or nobody can tell. Of one per value: of the value that is gone first.',
    }),
  })
  .openapi('Budget');

/** One value of a budget that is one per value. */
export const BudgetValue = z
  .object({
    value: z.string(),
    name: z.string().nullable(),
    periodLimitUsd: usd,
    spentUsd: usd,
    heldUsd: usd,
    remainingUsd: usd,
    forecastExceededAt: timestamp.nullable().openapi({
      description:
        'When this value has used it up, at its rate of this period so far; null: it lasts until it resets, or nobody can tell.',
    }),
  })
  .openapi('BudgetValue');

export async function presentBudgets(
  tx: Transaction,
  organizationId: string,
  rows: readonly BudgetRecord[],
  nowMs: number,
): Promise<z.input<typeof Budget>[]> {
  const statuses = await getBudgetStatuses(tx, organizationId, rows, nowMs);
  const nameOf = await findScopeNames(
    tx,
    organizationId,
    rows.map((row) => toBudgetRule(row).scope),
  );
  const raised = await findRaisedByPayment(tx, rows);
  return rows.map((row) => present(row, statuses.get(row.id)!, nameOf, raised.has(row.id)));
}

/**
 * Those that a payment method raises: what is usual may have been lowered since to what they have, and then it would be
 * given for nothing.
 *
 * @returns Ids.
 */
export async function findRaisedByPayment(
  tx: Transaction,
  rows: readonly Pick<BudgetRecord, 'id' | 'awaitsPayment' | 'limitPicoUsd'>[],
): Promise<ReadonlySet<string>> {
  const waiting = rows.filter(({ awaitsPayment }) => awaitsPayment);
  if (waiting.length === 0) return new Set();
  const [figures] = await tx.$queryRaw<{ usual: string | null }[]>`
    SELECT usual_limit::text AS usual FROM resold_spend_figures()`;
  const { usual } = figures!;
  const raised = waiting.filter(
    ({ limitPicoUsd }) => usual === null || BigInt(usual) > toBigInt(limitPicoUsd),
  );
  return new Set(raised.map(({ id }) => id));
}

export async function presentBudgetValues(
  tx: Transaction,
  organizationId: string,
  row: BudgetRecord,
  values: readonly BudgetValueStatus[],
): Promise<z.input<typeof BudgetValue>[]> {
  const { type } = toBudgetRule(row).scope;
  const scopes: Scope[] = values.map(({ value }) => ({ type, id: value }));
  const nameOf = await findScopeNames(tx, organizationId, scopes);
  return values.map((each) => presentValue(each, nameOf({ type, id: each.value })));
}

export function presentValue(status: BudgetValueStatus, name: string | null): z.input<typeof BudgetValue> {
  return {
    value: status.value,
    name,
    periodLimitUsd: usdText(status.periodLimitPicoUsd),
    spentUsd: usdText(status.spentPicoUsd),
    heldUsd: usdText(status.grantedPicoUsd + status.unreconciledPicoUsd),
    remainingUsd: usdText(status.remainingPicoUsd),
    forecastExceededAt: iso(status.forecastExceededAt),
  };
}

function present(
  row: BudgetRecord,
  status: BudgetStatus,
  nameOf: ScopeName,
  raisedByPayment: boolean,
): z.input<typeof Budget> {
  const { scope, period, kind, onExceeded } = toBudgetRule(row);
  return {
    id: row.id,
    name: row.name,
    scope,
    scopeName: nameOf(scope),
    limitUsd: usdText(toBigInt(row.limitPicoUsd)),
    period,
    anchorAt: iso(row.anchorAt),
    kind,
    thresholds: row.thresholds,
    onExceeded,
    carryOver: row.carryOver,
    carryOverCapUsd: row.carryOverCapPicoUsd === null ? null : usdText(toBigInt(row.carryOverCapPicoUsd)),
    state: row.archivedAt !== null ? 'archived' : row.pausedAt !== null ? 'paused' : 'active',
    counts: isResold(row) ? 'resold' : 'all',
    setBy: isResold(row) ? 'operator' : 'organization',
    raisedByPayment,
    version: row.version,
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
    periodStart: iso(status.periodStart),
    resetsAt: iso(status.resetsAt),
    periodLimitUsd: usdText(status.periodLimitPicoUsd),
    spentUsd: usdText(status.spentPicoUsd),
    assumedUsd: usdText(status.assumedPicoUsd),
    grantedUsd: usdText(status.grantedPicoUsd),
    heldUsd: usdText(status.grantedPicoUsd + status.unreconciledPicoUsd),
    remainingUsd: usdText(status.remainingPicoUsd),
    valueCount: status.valueCount,
    forecastExceededAt: iso(status.forecastExceededAt),
  };
}

/** Counts only what the operator's credentials served, and is the operator's to set. */
export function isResold({ counts }: Pick<BudgetRecord, 'counts'>): boolean {
  return counts === 'resold';
}

export function usdText(picoUsd: bigint): string {
  return formatUsd(picoUsd as PicoUsdSum);
}
