/**
 * What a rate limit or a budget would have done in the last seven days, had it been there.
 *
 * An estimate for people who are about to make a rule, and bounded: it looks at so many of the newest rows and says at
 * how many and how far back. Rate limits are counted in fixed windows, where gateways slide them; what would have been
 * refused still counts towards concurrency.
 */
import { z } from '@hono/zod-openapi';
import { type Prisma, sql, type Transaction } from '@tollgate/db';
import {
  type BudgetPeriodKind,
  type PeriodRule,
  periodAt,
  type RateMetric,
  type Scope,
} from '@tollgate/limits';
import { iso, timestamp } from '../framework/field.ts';
import { findScopeNames } from './scope-names.ts';
import { scopedRows } from './scoped-rows.ts';

const DAYS = 7;
const DAY_MS = 86_400_000;
/** Of logged requests, ledger entries, or cells of the roll-up. */
const ROWS_MAX = 150_000;
const VALUES_SHOWN = 10;
/** So that a month that began before the seven days counts from its beginning. */
const PERIOD_DAYS: Readonly<Record<BudgetPeriodKind, number>> = { day: 1, week: 7, month: 31, lifetime: 0 };

export const DryRun = z
  .object({
    from: timestamp,
    to: timestamp,
    /** Requests that the rule would have looked at, and those it would have refused. */
    requests: z.int(),
    refused: z.int(),
    firstRefusedAt: timestamp.nullable(),
    /** Where most would have been refused. */
    values: z.array(
      z.object({ value: z.string(), name: z.string().nullable(), requests: z.int(), refused: z.int() }),
    ),
    lookedAt: z.object({
      source: z.enum(['requests', 'entries', 'rollups']),
      rows: z.int(),
      /** False: there was more than is looked at; `from` says how far back it came. */
      complete: z.boolean(),
    }),
  })
  .openapi('DryRun');

interface ValueOutcome {
  readonly value: string;
  readonly requests: number;
  readonly refused: number;
  readonly firstRefusedAt: Date | null;
}

interface Looked {
  readonly rows: number;
  readonly oldest: Date | null;
}

export interface RateDryRun {
  readonly scope: Scope;
  readonly metric: RateMetric;
  readonly limit: number;
  readonly windowSeconds: number;
  readonly model: string | null;
}

export async function dryRunRateLimit(
  tx: Transaction,
  organizationId: string,
  rule: RateDryRun,
  nowMs: number,
): Promise<z.input<typeof DryRun>> {
  const source = rule.metric === 'tokens' ? 'entries' : 'requests';
  const from = new Date(nowMs - DAYS * DAY_MS);
  const rows = await scopedRows(tx, organizationId, rule.scope, source, {
    from,
    to: new Date(nowMs),
    model: rule.model,
    rowsMax: ROWS_MAX,
  });
  const outcomes = await tx.$queryRaw<(ValueOutcome & Looked)[]>`
    WITH looked AS MATERIALIZED (${rows.looked}),
    scoped AS (${rows.scoped(sql`looked`)}),
    judged AS (${judge(rule)})
    SELECT value, count(*)::integer AS requests, count(*) FILTER (WHERE refused)::integer AS refused,
      min(at) FILTER (WHERE refused) AS "firstRefusedAt",
      (SELECT count(*) FROM looked)::integer AS rows, (SELECT min(started_at) FROM looked) AS oldest
    FROM judged GROUP BY value`;
  const looked = outcomes[0] ?? (await countLooked(tx, rows.looked));
  return present(tx, organizationId, rule.scope, outcomes, { from, nowMs, source, ...looked });
}

async function countLooked(tx: Transaction, looked: Prisma.Sql): Promise<Looked> {
  const [row] = await tx.$queryRaw<
    Looked[]
  >`SELECT count(*)::integer AS rows, min(started_at) AS oldest FROM (${looked}) l`;
  return row ?? { rows: 0, oldest: null };
}

/** Rows `value, at, refused`. */
function judge({ metric, limit, windowSeconds }: RateDryRun): Prisma.Sql {
  const window = sql`floor(extract(epoch FROM at) / ${windowSeconds}::integer)`;
  switch (metric) {
    case 'requests':
      return sql`SELECT value, at, row_number() OVER (PARTITION BY value, ${window} ORDER BY at, id) > ${limit}::bigint AS refused FROM scoped`;
    case 'tokens':
      return sql`SELECT value, at, COALESCE(sum(tokens) OVER (PARTITION BY value, ${window} ORDER BY at, id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) >= ${limit}::bigint AS refused FROM scoped`;
    case 'concurrency':
      return sql`SELECT value, at, running > ${limit}::bigint AS refused FROM (
        SELECT value, at, step, sum(step) OVER (PARTITION BY value ORDER BY at, step ROWS UNBOUNDED PRECEDING) AS running FROM (
          SELECT value, at, 1 AS step FROM scoped
          UNION ALL SELECT value, at + total_ms * interval '1 millisecond', -1 FROM scoped) steps) counted WHERE step = 1`;
    default:
      return metric satisfies never;
  }
}

export interface BudgetDryRun extends PeriodRule {
  readonly scope: Scope;
  readonly limitPicoUsd: bigint;
}

interface Cell {
  readonly value: string;
  readonly at: Date;
  readonly requests: bigint;
  readonly spent: string;
}

/** @param zones From when on the organization counts in which zone. */
export async function dryRunBudget(
  tx: Transaction,
  organizationId: string,
  rule: BudgetDryRun,
  zones: Parameters<typeof periodAt>[1],
  nowMs: number,
): Promise<z.input<typeof DryRun>> {
  const from = new Date(nowMs - DAYS * DAY_MS);
  const countedFrom = new Date(from.getTime() - PERIOD_DAYS[rule.period] * DAY_MS);
  const rows = await scopedRows(tx, organizationId, rule.scope, 'rollups', {
    from: countedFrom,
    to: new Date(nowMs),
    model: null,
    rowsMax: ROWS_MAX,
  });
  const [looked = { rows: 0, oldest: null }] = await tx.$queryRaw<Looked[]>`
    SELECT count(*)::integer AS rows, min(started_at) AS oldest FROM (${rows.looked}) l`;
  const cells = await tx.$queryRaw<Cell[]>`
    SELECT value, at, sum(requests)::bigint AS requests, sum(spent)::text AS spent
    FROM (${rows.scoped(sql`(${rows.looked}) l`)}) scoped GROUP BY value, at ORDER BY value, at`;
  const outcomes = [...Map.groupBy(cells, ({ value }) => value)].map(([value, ofValue]) =>
    spend(value, ofValue, rule, zones, from),
  );
  const found = outcomes.filter(({ requests }) => requests > 0);
  return present(tx, organizationId, rule.scope, found, { from, nowMs, source: 'rollups', ...looked });
}

/** Cells in their order: once the limit is reached, the rest of the period is refused. */
function spend(
  value: string,
  cells: readonly Cell[],
  rule: BudgetDryRun,
  zones: Parameters<typeof periodAt>[1],
  from: Date,
): ValueOutcome {
  let periodEndMs = Number.NEGATIVE_INFINITY;
  let spent = 0n;
  let requests = 0;
  let refused = 0;
  let firstRefusedAt: Date | null = null;
  for (const cell of cells) {
    if (cell.at.getTime() >= periodEndMs) {
      periodEndMs = periodAt(rule, zones, cell.at.getTime()).endMs ?? Number.POSITIVE_INFINITY;
      spent = 0n;
    }
    const before = spent;
    const cost = BigInt(cell.spent);
    const count = Number(cell.requests);
    spent += cost;
    if (cell.at < from) continue;
    requests += count;
    if (spent <= rule.limitPicoUsd) continue;
    // In the cell that passes the limit, as many as its share of the money.
    const over =
      before >= rule.limitPicoUsd || cost <= 0n ? count : partOf(count, spent - rule.limitPicoUsd, cost);
    refused += over;
    if (over > 0) firstRefusedAt ??= cell.at;
  }
  return { value, requests, refused, firstRefusedAt };
}

function partOf(count: number, over: bigint, cost: bigint): number {
  return Number((BigInt(count) * over + cost - 1n) / cost);
}

interface Frame extends Looked {
  readonly from: Date;
  readonly nowMs: number;
  readonly source: 'requests' | 'entries' | 'rollups';
}

async function present(
  tx: Transaction,
  organizationId: string,
  scope: Scope,
  outcomes: readonly ValueOutcome[],
  { from, nowMs, source, rows, oldest }: Frame,
): Promise<z.input<typeof DryRun>> {
  const worst = outcomes
    .filter(({ refused }) => refused > 0)
    .toSorted((left, right) => right.refused - left.refused)
    .slice(0, VALUES_SHOWN);
  const nameOf = await findScopeNames(
    tx,
    organizationId,
    worst.map(({ value }) => ({ type: scope.type, id: value })),
  );
  const sum = (read: (outcome: ValueOutcome) => number) =>
    outcomes.reduce((total, outcome) => total + read(outcome), 0);
  const first = outcomes
    .flatMap(({ firstRefusedAt }) => firstRefusedAt ?? [])
    .toSorted((left, right) => left.getTime() - right.getTime())[0];
  const complete = rows < ROWS_MAX;
  const reached = complete || oldest === null || oldest < from ? from : oldest;
  return {
    from: iso(reached),
    to: new Date(nowMs).toISOString(),
    requests: sum(({ requests }) => requests),
    refused: sum(({ refused }) => refused),
    firstRefusedAt: iso(first ?? null),
    values: worst.map(({ value, requests, refused }) => ({
      value,
      name: nameOf({ type: scope.type, id: value }),
      requests,
      refused,
    })),
    lookedAt: { source, rows, complete },
  };
}
