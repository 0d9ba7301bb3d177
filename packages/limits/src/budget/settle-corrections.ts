/**
 * Counts corrections to the budgets of their period: adjustments that this transaction has written, by the
 * thousand, whose requests ended long ago. Summed in SQL, because a re-rating corrects millions.
 *
 * What a correction adds above a limit is named `overrun`, so that the invariant still explains itself; what it takes
 * away frees room, and an overrun that is no longer one. Not here: entries as they arrive (settle-entries.ts).
 */
import { empty, join, type Prisma, sql, type Transaction } from '@tollgate/db';
import type { Scope } from '../scope.ts';
import { type BudgetRow, type BudgetRule, loadTimeZones, toBudgetRule } from './budget-policy.ts';
import { type Period, periodAt, previousPeriod, type TimeZoneFrom } from './period.ts';
import type { BudgetExcess } from './settle-entries.ts';

/** When the corrected requests started, both included: a bound for the search, which would go astray without it. */
export interface CorrectedRange {
  readonly first: Date;
  readonly last: Date;
}

/** Adjustments that this transaction has written. */
function ownRows({ first, last }: CorrectedRange): Prisma.Sql {
  return sql`e.organization_id = current_organization() AND e.entry > 0 AND e.recorded_xid = pg_current_xact_id()
    AND e.started_at >= ${first.toISOString()}::timestamptz AND e.started_at <= ${last.toISOString()}::timestamptz`;
}

const KNOWN = sql`CASE WHEN e.credential_owner = 'operator' THEN e.charge_pico_usd ELSE COALESCE(e.cost_pico_usd, 0) END`;

interface CorrectionLine {
  readonly budgetId: string;
  readonly scopeValue: string;
  readonly periodStart: string;
  readonly periodEnd: string | null;
  readonly previousStart: string | null;
  readonly currentStart: string;
  readonly currentEnd: string | null;
  readonly amount: string;
  readonly unheld: '0';
  readonly assumed: string;
  readonly grants: readonly [];
}

/**
 * Counts the adjustments that this transaction has written.
 *
 * @param nowMs From the start of its period at this time a budget is counted if it never was.
 * @param corrected When the corrected requests started; found out where it is not told.
 * @returns The hard budgets that stand above their limit afterwards.
 */
export async function settleCorrections(
  tx: Transaction,
  organizationId: string,
  nowMs: number,
  corrected?: CorrectedRange,
): Promise<BudgetExcess[]> {
  // Takes the lock that keeps new budgets out until this transaction ends.
  const rows = await tx.$queryRaw<BudgetRow[]>`
    SELECT id, name, scope_type AS "scopeType", scope_id AS "scopeId", counts, limit_pico_usd::text AS "limitPicoUsd", period,
      anchor_at AS "anchorAt", carry_over AS "carryOver", kind, on_exceeded AS "onExceeded", paused_at AS "pausedAt",
      archived_at AS "archivedAt", created_at AS "createdAt"
    FROM list_budgets_to_settle()`;
  if (rows.length === 0) return [];
  const range = corrected ?? (await findRange(tx));
  if (range === undefined) return [];
  const { zones } = await loadTimeZones(tx, organizationId);
  const lines: CorrectionLine[] = [];
  const budgets = rows.map(toBudgetRule);
  for (let start = 0; start < budgets.length; start += BUDGETS_AT_ONCE) {
    lines.push(
      ...(await sumCorrections(tx, budgets.slice(start, start + BUDGETS_AT_ONCE), zones, range, nowMs)),
    );
  }
  if (lines.length === 0) return [];
  const text = JSON.stringify(lines);
  const excesses = await tx.$queryRaw<(Omit<BudgetExcess, 'excessPicoUsd'> & { excess: string })[]>`
    SELECT budget_id AS "budgetId", scope_value AS "scopeValue", period_start AS "periodStart", excess_pico_usd AS excess
    FROM settle_budgets(${text}::jsonb)`;
  await nameOverruns(tx, text);
  return excesses.map(({ excess, ...rest }) => ({ ...rest, excessPicoUsd: BigInt(excess) }));
}

/** For callers that have written only a few. */
async function findRange(tx: Transaction): Promise<CorrectedRange | undefined> {
  const [range] = await tx.$queryRaw<{ first: Date | null; last: Date | null }[]>`
    SELECT min(e.started_at) AS first, max(e.started_at) AS last FROM usage_entries e
    WHERE e.organization_id = current_organization() AND e.entry > 0 AND e.recorded_xid = pg_current_xact_id()`;
  return range?.first == null || range.last == null ? undefined : { first: range.first, last: range.last };
}

const COLUMN = {
  team: sql`e.team_id`,
  teamPath: sql`e.team_path`,
  key: sql`e.key_id`,
  member: sql`e.member_id`,
  serviceAccount: sql`e.service_account_id`,
  endUser: sql`e.end_user`,
  model: sql`e.model`,
  tags: sql`e.tags`,
  owner: sql`e.credential_owner`,
} as const;

/** What a scope is matched with. */
const COLUMNS_OF: Readonly<Record<Scope['type'], readonly (keyof typeof COLUMN)[]>> = {
  organization: [],
  team: ['team', 'teamPath'],
  key: ['key'],
  member: ['member'],
  serviceAccount: ['serviceAccount'],
  endUser: ['endUser'],
  model: ['model'],
  tag: ['tags'],
};

function columnsOf({ scope, counts }: BudgetRule): readonly (keyof typeof COLUMN)[] {
  return counts === 'resold' ? [...COLUMNS_OF[scope.type], 'owner'] : COLUMNS_OF[scope.type];
}

/** The rule of `countsOwner`. */
const ONLY_RESOLD = sql`AND e.credential_owner = 'operator'`;

/** So that the statement stays of a size that can be planned. */
const BUDGETS_AT_ONCE = 50;

interface CorrectionSum {
  readonly position: number;
  readonly value: string;
  readonly periodStart: Date;
  readonly amount: string;
  readonly assumed: string;
}

/**
 * The rows are read once, whatever the number of budgets: summed by what these budgets tell apart, and by the stretches
 * of time between the bounds of their periods.
 */
async function sumCorrections(
  tx: Transaction,
  budgets: readonly BudgetRule[],
  zones: readonly TimeZoneFrom[],
  range: CorrectedRange,
  nowMs: number,
): Promise<CorrectionLine[]> {
  const periodsOf = budgets.map((budget) =>
    periodsBetween(budget, zones, range.first.getTime(), range.last.getTime()),
  );
  const bounds = new Set(periodsOf.flat().flatMap(({ startMs, endMs }) => [startMs, endMs ?? startMs]));
  const boundList = sql`${[...bounds].toSorted((left, right) => left - right).map(iso)}::timestamptz[]`;
  const columns = [...new Set(budgets.flatMap(columnsOf))];
  const dimensions = columns.length === 0 ? empty : sql`, ${join(columns.map((name) => COLUMN[name]))}`;
  const parts = budgets.map((budget, position) => sumOfBudget(budget, periodsOf[position] ?? [], position));
  const sums = await tx.$queryRaw<CorrectionSum[]>`
    WITH summed AS MATERIALIZED (
      SELECT e.organization_id ${dimensions},
        (${boundList})[stretch.n] AS started_at,
        sum(COALESCE(e.budget_pico_usd, ${KNOWN})) AS amount, sum(COALESCE(e.budget_pico_usd - ${KNOWN}, 0)) AS assumed
      FROM usage_entries e CROSS JOIN LATERAL (SELECT width_bucket(e.started_at, ${boundList}) AS n) AS stretch
      WHERE ${ownRows(range)} GROUP BY e.organization_id ${dimensions}, stretch.n)
    ${join(parts, ' UNION ALL ')} ORDER BY 1, 3, 2`;
  const currentOf = budgets.map((budget) => periodAt(budget, zones, nowMs));
  return sums.map(({ position, value: scopeValue, periodStart, amount, assumed }) => {
    const budget = budgets[position]!;
    const period = periodsOf[position]!.find(({ startMs }) => startMs === periodStart.getTime())!;
    const current = currentOf[position]!;
    const previous = budget.carryOver ? previousPeriod(budget, zones, period) : null;
    return {
      budgetId: budget.id,
      scopeValue,
      periodStart: iso(period.startMs),
      periodEnd: isoOrNull(period.endMs),
      previousStart: previous === null ? null : iso(previous.startMs),
      currentStart: iso(current.startMs),
      currentEnd: isoOrNull(current.endMs),
      amount,
      unheld: '0',
      assumed,
      grants: [],
    };
  });
}

function sumOfBudget(
  { scope, counts }: BudgetRule,
  periods: readonly Period[],
  position: number,
): Prisma.Sql {
  const ranges = JSON.stringify(
    periods.map(({ startMs, endMs }) => ({ period_start: iso(startMs), period_end: isoOrNull(endMs) })),
  );
  const { source, value, condition } = matchInSql(scope);
  return sql`
    SELECT ${position}::integer AS position, ${value} AS value, period.period_start AS "periodStart",
      sum(e.amount)::text AS amount, sum(e.assumed)::text AS assumed
    FROM ${source}
    JOIN jsonb_to_recordset(${ranges}::jsonb) AS period(period_start timestamptz, period_end timestamptz)
      ON e.started_at >= period.period_start AND (period.period_end IS NULL OR e.started_at < period.period_end)
    WHERE ${condition} ${counts === 'resold' ? ONLY_RESOLD : empty}
    GROUP BY 2, 3`;
}

/** Every period that touches the range, in order. */
function periodsBetween(
  budget: BudgetRule,
  zones: readonly TimeZoneFrom[],
  firstMs: number,
  lastMs: number,
): Period[] {
  const periods: Period[] = [];
  let period = periodAt(budget, zones, firstMs);
  for (;;) {
    periods.push(period);
    if (period.endMs === null || period.endMs > lastMs) return periods;
    period = periodAt(budget, zones, period.endMs);
  }
}

interface SqlMatch {
  readonly source: Prisma.Sql;
  readonly value: Prisma.Sql;
  readonly condition: Prisma.Sql;
}

/** The rules of `matchScope` and of `budget_spending`, over the rows of `summed`. */
function matchInSql(scope: Scope): SqlMatch {
  const source = sql`summed e`;
  if (scope.type === 'organization') return { source, value: sql`e.organization_id`, condition: sql`true` };
  if (scope.type === 'tag') return matchTag(scope.id);
  const column = COLUMN[scope.type];
  if (scope.id === '*') return { source, value: column, condition: sql`${column} <> ''` };
  if (scope.type !== 'team') return { source, value: column, condition: sql`${column} = ${scope.id}` };
  return {
    source,
    value: sql`${scope.id}::text`,
    condition: sql`(e.team_id = ${scope.id} OR ${scope.id} = ANY (string_to_array(e.team_path, '/')))`,
  };
}

function matchTag(id: string): SqlMatch {
  const value = sql`tag.name || '=' || tag.value`;
  const conditions = [sql`${id} = '*'`, sql`${value} = ${id}`, sql`tag.name || '=*' = ${id}`];
  return {
    source: sql`summed e CROSS JOIN LATERAL jsonb_each_text(e.tags) AS tag(name, value)`,
    value,
    condition: sql`(${join(conditions, ' OR ')})`,
  };
}

/**
 * A correction above the limit is an overrun: nobody could have held for it. One that takes away ends at most as much
 * overrun as no longer has to be explained.
 */
async function nameOverruns(tx: Transaction, lines: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE budget_periods p SET overrun_pico_usd = p.overrun_pico_usd + CASE
        WHEN s.amount > 0 THEN LEAST(s.amount, GREATEST(s.above - p.overrun_pico_usd, 0))
        ELSE -LEAST(-s.amount, GREATEST(p.overrun_pico_usd - GREATEST(s.above, 0), 0)) END
    FROM (
      SELECT q.budget_id, q.scope_value, q.period_start, l.amount,
        q.settled_pico_usd + q.granted_pico_usd + q.unreconciled_pico_usd
          - GREATEST(budget_period_limit(b, q), 0) - GREATEST(q.unheld_pico_usd, 0) AS above
      FROM jsonb_to_recordset(${lines}::jsonb) AS l("budgetId" text, "scopeValue" text, "periodStart" timestamptz, amount numeric)
      JOIN budgets b ON b.organization_id = current_organization() AND b.id = l."budgetId" AND b.kind = 'hard'
      JOIN budget_periods q ON q.organization_id = b.organization_id AND q.budget_id = b.id AND q.scope_value = l."scopeValue"
        AND q.period_start = l."periodStart"
    ) AS s
    WHERE p.organization_id = current_organization() AND p.budget_id = s.budget_id AND p.scope_value = s.scope_value
      AND p.period_start = s.period_start`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : iso(ms);
}
