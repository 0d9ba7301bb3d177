/**
 * Counts ledger entries to their budgets, in the transaction that records them.
 *
 * Exactly once, because it is called with the rows that were really inserted, after their insert. Money that
 * was held moves from the grant to settled; what has no grant (soft budgets, budgets that came later, more
 * than was held) is added to settled and named. Not here: the insert (packages/metering).
 */
import type { Transaction } from '@tollgate/db';
import { matchScope, type ScopeSubject } from '../scope.ts';
import {
  type BudgetRow,
  type BudgetRule,
  countsOwner,
  loadTimeZones,
  toBudgetRule,
} from './budget-policy.ts';
import { periodAt, previousPeriod, type TimeZoneFrom } from './period.ts';

/** What an entry says; metering's `EntryLine` is one. */
export interface SettledEntry {
  readonly subject: ScopeSubject & { readonly startedAtMs: number };
  readonly target: { readonly model: string; readonly credentialOwner: 'organization' | 'operator' };
  readonly settle: {
    readonly costPicoUsd: string | null;
    readonly chargePicoUsd: string;
    /**
     * What is counted where nobody can tell the cost. Of an adjustment that brings it: that, less what was assumed.
     */
    readonly budgetPicoUsd?: string;
  };
  readonly holds?: readonly {
    readonly budgetId: string;
    readonly scopeValue: string;
    readonly periodStart: number;
    readonly grantId: string;
  }[];
}

/** A hard budget that stands above its limit: to be alerted, and its grants to be recalled. */
export interface BudgetExcess {
  readonly budgetId: string;
  readonly scopeValue: string;
  readonly periodStart: Date;
  readonly excessPicoUsd: bigint;
}

/**
 * The worker's `onNewEntries`. The transaction must have entered the organization and inserted the entries.
 *
 * @throws {Error} Postgres did not take it: the entries must not be recorded either.
 */
export async function settleEntries(
  tx: Transaction,
  organizationId: string,
  entries: readonly SettledEntry[],
): Promise<BudgetExcess[]> {
  if (entries.length === 0) return [];
  // Takes the lock that keeps new budgets out until this transaction ends.
  const rows = await tx.$queryRaw<BudgetRow[]>`
    SELECT id, name, scope_type AS "scopeType", scope_id AS "scopeId", counts, limit_pico_usd::text AS "limitPicoUsd", period,
      anchor_at AS "anchorAt", carry_over AS "carryOver", kind, on_exceeded AS "onExceeded", paused_at AS "pausedAt",
      archived_at AS "archivedAt", created_at AS "createdAt"
    FROM list_budgets_to_settle()`;
  const budgets = rows.map(toBudgetRule).filter((budget) => isAnyCounted(budget, entries));
  if (budgets.length === 0) return [];
  const { zones } = await loadTimeZones(tx, organizationId);
  const lines = settlementLines(budgets, zones, entries);
  if (lines.length === 0) return [];
  const excesses = await tx.$queryRaw<(Omit<BudgetExcess, 'excessPicoUsd'> & { excess: string })[]>`
    SELECT budget_id AS "budgetId", scope_value AS "scopeValue", period_start AS "periodStart", excess_pico_usd AS excess
    FROM settle_budgets(${JSON.stringify(lines)}::jsonb)`;
  return excesses.map(({ excess, ...rest }) => ({ ...rest, excessPicoUsd: BigInt(excess) }));
}

/** Nearly every organization has a budget of what is resold, and many use nothing of that. */
function isAnyCounted(budget: BudgetRule, entries: readonly SettledEntry[]): boolean {
  return entries.some(({ target }) => countsOwner(budget, target.credentialOwner));
}

interface SettlementLine {
  readonly budgetId: string;
  readonly scopeValue: string;
  readonly periodStart: string;
  readonly periodEnd: string | null;
  readonly previousStart: string | null;
  /** From where the budget is counted if it never was. */
  readonly currentStart: string;
  readonly currentEnd: string | null;
  readonly amount: string;
  readonly unheld: string;
  /** The part of the amount that is not known. */
  readonly assumed: string;
  readonly grants: readonly { readonly id: string; readonly amount: string }[];
}

interface OpenLine {
  amount: bigint;
  unheld: bigint;
  assumed: bigint;
  readonly grants: Map<string, bigint>;
}

/** One line per budget, value and period. Pure. */
export function settlementLines(
  budgets: readonly BudgetRule[],
  zones: readonly TimeZoneFrom[],
  entries: readonly SettledEntry[],
): SettlementLine[] {
  const latestMs = entries.reduce((latest, entry) => Math.max(latest, entry.subject.startedAtMs), 0);
  const lines: SettlementLine[] = [];
  for (const budget of budgets) {
    const periods = new Map<number, { endMs: number | null; values: Map<string, OpenLine> }>();
    for (const entry of entries) {
      if (!countsOwner(budget, entry.target.credentialOwner)) continue;
      const values = matchScope(budget.scope, entry.subject, entry.target.model);
      if (values.length === 0) continue;
      const { startMs, endMs } = periodAt(budget, zones, entry.subject.startedAtMs);
      const period = periods.get(startMs) ?? { endMs, values: new Map<string, OpenLine>() };
      periods.set(startMs, period);
      for (const value of values) addTo(period.values, budget.id, value, entry);
    }
    const current = periodAt(budget, zones, latestMs);
    for (const [startMs, { endMs, values }] of periods) {
      const previous = budget.carryOver ? previousPeriod(budget, zones, { startMs, endMs }) : null;
      for (const [scopeValue, line] of values) {
        lines.push({
          budgetId: budget.id,
          scopeValue,
          periodStart: iso(startMs),
          periodEnd: endMs === null ? null : iso(endMs),
          previousStart: previous === null ? null : iso(previous.startMs),
          currentStart: iso(current.startMs),
          currentEnd: current.endMs === null ? null : iso(current.endMs),
          amount: String(line.amount),
          unheld: String(line.unheld),
          assumed: String(line.assumed),
          grants: [...line.grants].map(([id, amount]) => ({ id, amount: String(amount) })),
        });
      }
    }
  }
  return lines;
}

function addTo(values: Map<string, OpenLine>, budgetId: string, value: string, entry: SettledEntry): void {
  const line = values.get(value) ?? {
    amount: 0n,
    unheld: 0n,
    assumed: 0n,
    grants: new Map<string, bigint>(),
  };
  values.set(value, line);
  const amount = countedAmount(entry);
  line.amount += amount;
  line.assumed += amount - knownAmount(entry);
  // Also one whose period another zone has moved: its grant has moved with it.
  const hold = entry.holds?.find((each) => each.budgetId === budgetId && each.scopeValue === value);
  if (hold === undefined) line.unheld += amount;
  else line.grants.set(hold.grantId, (line.grants.get(hold.grantId) ?? 0n) + amount);
}

type Amounts = Pick<SettledEntry, 'target' | 'settle'>;

/**
 * What budgets count: the charge of a resold credential and the cost of the organization's own; where nobody can tell
 * it, what was held.
 */
export function countedAmount(entry: Amounts): bigint {
  const { budgetPicoUsd } = entry.settle;
  return budgetPicoUsd === undefined ? knownAmount(entry) : BigInt(budgetPicoUsd);
}

function knownAmount({ target, settle }: Amounts): bigint {
  return BigInt(target.credentialOwner === 'operator' ? settle.chargePicoUsd : (settle.costPicoUsd ?? '0'));
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
