/**
 * Opens a line: the ledger entries behind it, each with what it adds. They sum exactly to the line, on a draft
 * because line and cursor are read under one snapshot, on a finalized invoice because it remembers its cursor.
 */
import { type Database, empty, sql } from '@tollgate/db';
import { z } from 'zod';
import { ENTRY_COMPONENTS, IS_BILLED } from '../draft/line-groups.ts';
import { getLineRow, notFound, usd } from './invoices.ts';
import { decodeCursor, type Page, type PageOptions, toPage } from './page-cursor.ts';

export interface LineRequestView {
  readonly requestId: string;
  readonly startedAt: string;
  readonly attempt: number;
  /** 0 is the usage; above: an adjustment. */
  readonly entry: number;
  readonly reason: string;
  readonly keyId: string;
  readonly teamId: string;
  readonly model: string;
  readonly provider: string;
  readonly status: string;
  readonly estimated: boolean;
  readonly recordedAt: string;
  /** Recorded after the period's end. */
  readonly late: boolean;
  readonly quantity: string;
  readonly costUsd: string;
  readonly amountUsd: string;
}

export interface LineRequestsFilter extends PageOptions {
  readonly organizationId: string;
  readonly invoiceId: string;
  readonly lineId: string;
}

const Cursor = z.tuple([z.iso.datetime(), z.string(), z.int(), z.int()]);

interface EntryRow extends Omit<LineRequestView, 'startedAt' | 'recordedAt' | 'costUsd' | 'amountUsd'> {
  readonly startedAt: Date;
  readonly recordedAt: Date;
  readonly cost: string;
  readonly amount: string;
}

/** Oldest first; none for lines that are not usage. @throws {BillingError} `not-found`. @throws {InvalidCursorError} */
export function listLineRequests(
  database: Database,
  filter: LineRequestsFilter,
): Promise<Page<LineRequestView>> {
  const { organizationId, invoiceId, lineId, limit } = filter;
  return database.tenant(
    organizationId,
    async (tx) => {
      const [invoice] = await tx.$queryRaw<InvoiceScope[]>`
        SELECT i.kind, i.livemode, i.period_start AS "periodStart", i.period_end AS "periodEnd",
          COALESCE(i.frozen->>'ledgerNextXid', (SELECT next_xid::text FROM ledger_cursors
            WHERE organization_id = ${organizationId} AND name = 'usage-rollup'), '0') AS "nextXid"
        FROM invoices i WHERE i.organization_id = ${organizationId} AND i.id = ${invoiceId}`;
      if (invoice === undefined) throw notFound('invoice', invoiceId);
      const line = await getLineRow(tx, organizationId, invoiceId, lineId);
      if (line.kind !== 'usage') return { data: [], nextCursor: null };
      const after = filter.cursor === undefined ? undefined : decodeCursor(Cursor, filter.cursor);
      const isInvoice = invoice.kind === 'invoice';
      const rows = await tx.$queryRaw<EntryRow[]>`
        SELECT e.request_id AS "requestId", e.started_at AS "startedAt", e.attempt, e.entry, e.reason, e.key_id AS "keyId",
          e.team_id AS "teamId", e.model, e.provider, e.status, e.estimated, e.recorded_at AS "recordedAt",
          e.recorded_at >= ${invoice.periodEnd.toISOString()}::timestamptz AS late,
          part.quantity::text AS quantity, part.cost::text AS cost, part.amount::text AS amount
        FROM usage_entries e
        CROSS JOIN LATERAL (
          SELECT sum(c.quantity) AS quantity, sum(c.cost) AS cost, sum(${isInvoice ? sql`c.charge` : sql`c.cost`}) AS amount
          FROM ${ENTRY_COMPONENTS}
          WHERE c.component = ${line.component} AND c.unit_price = ${line.unitPrice}::numeric
            AND ${isInvoice ? IS_BILLED : sql`(c.quantity <> 0 OR c.cost <> 0 OR c.charge <> 0)`}) AS part
        WHERE e.organization_id = ${organizationId} AND e.model = ${line.model} AND e.team_id = ${line.teamId}
          AND e.started_at >= ${invoice.periodStart.toISOString()}::timestamptz
          AND e.started_at < ${invoice.periodEnd.toISOString()}::timestamptz
          AND e.livemode = ${invoice.livemode} AND e.cost_center = ${line.costCenter} AND e.provider = ${line.provider}
          AND e.markup_basis_points = ${line.markupBasisPoints} AND e.recorded_xid < ${invoice.nextXid}::xid8
          AND part.quantity IS NOT NULL
          ${after === undefined ? empty : sql`AND (e.started_at, e.request_id, e.attempt, e.entry) > (${after[0]}::timestamptz, ${after[1]}, ${after[2]}::smallint, ${after[3]}::smallint)`}
        ORDER BY e.started_at, e.request_id, e.attempt, e.entry LIMIT ${limit + 1}`;
      return toPage(
        rows,
        limit,
        (row) => [row.startedAt.toISOString(), row.requestId, row.attempt, row.entry],
        toView,
      );
    },
    { isolationLevel: 'RepeatableRead', timeoutMs: 30_000 },
  );
}

interface InvoiceScope {
  readonly kind: string;
  readonly livemode: boolean;
  readonly periodStart: Date;
  readonly periodEnd: Date;
  readonly nextXid: string;
}

function toView({ cost, amount, ...row }: EntryRow): LineRequestView {
  return {
    ...row,
    startedAt: row.startedAt.toISOString(),
    recordedAt: row.recordedAt.toISOString(),
    costUsd: usd(cost),
    amountUsd: usd(amount),
  };
}
