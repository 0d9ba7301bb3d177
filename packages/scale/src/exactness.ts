/**
 * [M5] in SQL: the sum of entries against the sum of lines, for every document of the organization. What came after an
 * invoice was finalized stands on its notes.
 */
import type { Database } from '@tollgate/db';

export interface DocumentDifference {
  readonly invoiceId: string;
  readonly kind: string;
  readonly ledgerPicoUsd: string;
  readonly linesPicoUsd: string;
}

export interface Exactness {
  readonly documentCount: number;
  readonly lineCount: number;
  readonly chargePicoUsd: string;
  readonly differences: readonly DocumentDifference[];
}

/** Months are UTC's: the organization that is measured is in that zone. */
export async function compareDocumentsWithLedger(
  database: Database,
  organizationId: string,
): Promise<Exactness> {
  const rows = await database.tenant(
    organizationId,
    (tx) => tx.$queryRaw<(DocumentDifference & { lines: bigint })[]>`
      WITH ledger AS (
        SELECT date_trunc('month', started_at, 'UTC') AS month, livemode, sum(charge_pico_usd)::numeric AS charge,
          COALESCE(sum(cost_pico_usd), 0)::numeric AS cost
        FROM usage_entries WHERE organization_id = ${organizationId} GROUP BY 1, 2)
      SELECT i.id AS "invoiceId", i.kind, (CASE i.kind WHEN 'showback' THEN l.cost ELSE l.charge END)::text AS "ledgerPicoUsd",
        (COALESCE(sum(n.amount_pico_usd), 0) + COALESCE((
          SELECT sum(t.amount_pico_usd) FROM credit_note_lines t
          JOIN credit_notes c ON c.organization_id = t.organization_id AND c.id = t.credit_note_id
          WHERE c.organization_id = i.organization_id AND c.invoice_id = i.id AND t.kind = 'usage'), 0))::text AS "linesPicoUsd",
        count(n.id) AS lines
      FROM invoices i JOIN ledger l ON l.month = i.period_start AND l.livemode = i.livemode
      LEFT JOIN invoice_lines n ON n.organization_id = i.organization_id AND n.invoice_id = i.id AND n.kind = 'usage'
      WHERE i.organization_id = ${organizationId}
      GROUP BY i.organization_id, i.id, i.kind, l.cost, l.charge`,
    { timeoutMs: 600_000 },
  );
  return {
    documentCount: rows.length,
    lineCount: rows.reduce((sum, { lines }) => sum + Number(lines), 0),
    chargePicoUsd: String(
      rows.filter(({ kind }) => kind === 'invoice').reduce((sum, row) => sum + BigInt(row.ledgerPicoUsd), 0n),
    ),
    differences: rows.filter(({ ledgerPicoUsd, linesPicoUsd }) => ledgerPicoUsd !== linesPicoUsd),
  };
}
