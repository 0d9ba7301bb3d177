/**
 * Adds a window of the ledger to the lines that drafts have already, in one statement and inside Postgres: after the
 * first hours of a month that is nearly all of it. What has no line or no draft yet is handed back.
 */
import type { Prisma, Transaction } from '@tollgate/db';
import type { BillingPeriod } from '../period/billing-period.ts';
import { LINE_GROUP_COLUMNS, type LineGroup, lineGroups } from './line-groups.ts';
import type { Statement } from './statements.ts';

/** A group of which one document or both have not got their part. */
export interface LeftGroup extends LineGroup {
  readonly onShowback: boolean;
  readonly onInvoice: boolean;
}

export interface Growth {
  /** Of the drafts whose lines have changed. */
  readonly invoiceIds: readonly string[];
  readonly left: readonly LeftGroup[];
}

export interface LedgerPart {
  readonly organizationId: string;
  /** Over the alias `e` of usage_entries. */
  readonly condition: Prisma.Sql;
  readonly entryCount: number;
  readonly periods: readonly BillingPeriod[];
}

/** So many entries touch most lines of their drafts. */
const MANY_ENTRIES = 2_000;

/** @param drafts Locked, and nothing but drafts. */
export async function growLines(
  tx: Transaction,
  { organizationId, condition, entryCount, periods }: LedgerPart,
  drafts: readonly Statement[],
): Promise<Growth> {
  await tunePlanner(tx, entryCount > MANY_ENTRIES ? 'all-lines' : 'few-lines');
  const growth = await grow(tx, { organizationId, condition, periods }, drafts);
  await tunePlanner(tx, 'usual');
  return growth;
}

/**
 * How many rows a CTE hands on the planner does not know, and of a table that has just grown its statistics say
 * nothing: so it is told whether to look lines up one by one, by their key, or to read all of the drafts' once.
 */
async function tunePlanner(tx: Transaction, lines: 'few-lines' | 'all-lines' | 'usual'): Promise<void> {
  await tx.$queryRaw`
    SELECT set_config('enable_nestloop', ${lines === 'all-lines' ? 'off' : 'on'}, true),
      set_config('enable_seqscan', ${lines === 'few-lines' ? 'off' : 'on'}, true)`;
}

async function grow(
  tx: Transaction,
  { organizationId, condition, periods }: Omit<LedgerPart, 'entryCount'>,
  drafts: readonly Statement[],
): Promise<Growth> {
  const rows = JSON.stringify(
    drafts.map(({ id, kind, livemode, periodStart }) => ({ id, kind, livemode, period_start: periodStart })),
  );
  const grown = await tx.$queryRaw<
    (LeftGroup & { n: bigint | null; invoiceIds: string[] | null; emptied: string[] | null })[]
  >`
    WITH groups AS MATERIALIZED (SELECT row_number() OVER () AS n, s.* FROM (${lineGroups(condition, periods)}) AS s),
    addition AS (
      SELECT g.*, d.id AS invoice_id, d.kind, COALESCE(t.name, '') AS team_name FROM groups g
      JOIN jsonb_to_recordset(${rows}::jsonb) AS d(id text, kind text, livemode boolean, period_start timestamptz)
        ON d.livemode = g.livemode AND d.period_start = g.period_start AND (d.kind = 'showback' OR g.billed)
      LEFT JOIN teams t ON t.organization_id = ${organizationId} AND t.id = g.team_id),
    grown AS (
      UPDATE invoice_lines l SET updated_at = now(),
        quantity = l.quantity + CASE a.kind WHEN 'showback' THEN a.quantity ELSE a.billed_quantity END,
        cost_pico_usd = l.cost_pico_usd + CASE a.kind WHEN 'showback' THEN a.cost ELSE a.billed_cost END,
        amount_pico_usd = l.amount_pico_usd + CASE a.kind WHEN 'showback' THEN a.cost ELSE a.charge END,
        team_name = CASE WHEN a.team_name = '' THEN l.team_name ELSE a.team_name END
      FROM addition a
      WHERE l.organization_id = ${organizationId} AND l.invoice_id = ANY (${drafts.map(({ id }) => id)}) AND l.invoice_id = a.invoice_id AND l.kind = 'usage' AND l.team_id = a.team_id
        AND l.cost_center = a.cost_center AND l.provider = a.provider AND l.model = a.model AND l.component = a.component
        AND l.unit_price_pico_usd = a.unit_price AND l.markup_basis_points = a.markup_basis_points AND l.description = ''
      RETURNING a.n, a.kind, l.invoice_id, l.id, l.quantity = 0 AND l.cost_pico_usd = 0 AND l.amount_pico_usd = 0 AS is_empty)
    SELECT (SELECT array_agg(DISTINCT invoice_id) FROM grown) AS "invoiceIds",
      (SELECT array_agg(id) FROM grown WHERE is_empty) AS emptied,
      g.n, g.on_showback AS "onShowback", g.on_invoice AS "onInvoice", ${LINE_GROUP_COLUMNS}
    FROM (SELECT) AS always LEFT JOIN (
      SELECT * FROM (
        -- As subplans, which are hashed: how many rows a statement returns the planner does not know.
        SELECT s.*, s.n IN (SELECT n FROM grown WHERE kind = 'showback') AS on_showback,
          s.n IN (SELECT n FROM grown WHERE kind = 'invoice') AS on_invoice
        FROM groups s OFFSET 0) AS placed
      WHERE NOT placed.on_showback OR (placed.billed AND NOT placed.on_invoice)) AS g ON true`;
  const [first] = grown;
  // A price that was corrected leaves a line of nothing behind.
  if (first?.emptied != null) {
    await tx.$executeRaw`
      DELETE FROM invoice_lines WHERE organization_id = ${organizationId} AND id = ANY (${first.emptied})`;
  }
  return { invoiceIds: first?.invoiceIds ?? [], left: grown.filter(({ n }) => n !== null) };
}
