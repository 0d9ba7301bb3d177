/**
 * Subtotal, rounding, taxes and total of a draft, computed in SQL from its lines.
 *
 * plan, seats and credits → exact subtotal → the nearest cent, halves away from zero, with the difference as a visible line → each tax on
 * that rounded subtotal, itself rounded to the cent → total. Multiplied by 1e-10 instead of divided, because
 * NUMERIC division has a limited number of digits and multiplication has not.
 */
import { sql, type Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { refreshChargeLines } from '../plans/charge-lines.ts';
import { resolveTaxes, taxPointOf } from '../tax/tax-rates.ts';

/** Whole cents of a NUMERIC expression, in pico-USD; halves away from zero, as Postgres rounds NUMERIC. */
const toCents = (amount: ReturnType<typeof sql>) => sql`(round(${amount} * 0.0000000001) * 10000000000)`;

/** Rewrites the fee, credit, rounding and tax lines and the totals of drafts; the caller holds their locks. */
export async function refreshTotals(
  tx: Transaction,
  organizationId: string,
  invoiceIds: readonly string[],
  nowMs: number,
): Promise<void> {
  for (const invoiceId of invoiceIds) await refreshOne(tx, organizationId, invoiceId, nowMs);
}

async function refreshOne(
  tx: Transaction,
  organizationId: string,
  invoiceId: string,
  nowMs: number,
): Promise<void> {
  const [statement] = await tx.$queryRaw<{ kind: string; periodEnd: Date; timeZone: string }[]>`
    SELECT kind, period_end AS "periodEnd", time_zone AS "timeZone" FROM invoices WHERE organization_id = ${organizationId} AND id = ${invoiceId}`;
  // A showback statement shows cost as it is: nothing is owed, so nothing is rounded or taxed.
  const isInvoice = statement?.kind === 'invoice';
  if (isInvoice) await refreshChargeLines(tx, organizationId, invoiceId, nowMs);
  const taxRates = isInvoice ? (await resolveTaxes(tx, organizationId, taxPointOf(statement))).rates : [];
  const derived = JSON.stringify([
    ...(isInvoice
      ? [{ id: newId('invoiceLine', nowMs), kind: 'rounding', description: '', rate: 0, position: 1 }]
      : []),
    ...taxRates.map((tax, index) => ({
      id: newId('invoiceLine', nowMs),
      kind: 'tax',
      description: tax.name,
      rate: tax.rateBasisPoints,
      position: index + 2,
    })),
  ]);
  const derivedRows = sql`jsonb_to_recordset(${derived}::jsonb) AS d(id text, kind text, description text, rate int, position int)`;
  await tx.$executeRaw`
    DELETE FROM invoice_lines l WHERE organization_id = ${organizationId} AND invoice_id = ${invoiceId}
      AND kind IN ('rounding', 'tax')
      AND NOT EXISTS (SELECT 1 FROM ${derivedRows} WHERE d.kind = l.kind AND d.description = l.description AND d.rate = l.markup_basis_points)`;
  await tx.$executeRaw`
    WITH total AS (
      SELECT COALESCE(sum(amount_pico_usd), 0) AS exact FROM invoice_lines
      WHERE organization_id = ${organizationId} AND invoice_id = ${invoiceId} AND kind IN ('usage', 'fee', 'credit'))
    INSERT INTO invoice_lines AS l (id, organization_id, invoice_id, kind, position, description, markup_basis_points, quantity, amount_pico_usd)
    SELECT d.id, ${organizationId}, ${invoiceId}, d.kind, d.position, d.description, d.rate, 1,
      CASE d.kind WHEN 'rounding' THEN ${toCents(sql`total.exact`)} - total.exact
      ELSE ${toCents(sql`(${toCents(sql`total.exact`)} * d.rate * 0.0001)`)} END
    FROM ${derivedRows}, total
    ON CONFLICT (organization_id, invoice_id, kind, team_id, cost_center, provider, model, component, unit_price_pico_usd,
      markup_basis_points, description)
    DO UPDATE SET amount_pico_usd = excluded.amount_pico_usd, position = excluded.position, updated_at = now()`;
  await tx.$executeRaw`
    UPDATE invoices SET subtotal_pico_usd = s.subtotal, rounding_pico_usd = s.rounding, tax_pico_usd = s.tax,
      total_pico_usd = s.subtotal + s.rounding + s.tax, updated_at = now()
    FROM (SELECT COALESCE(sum(amount_pico_usd) FILTER (WHERE kind NOT IN ('rounding', 'tax')), 0) AS subtotal,
                 COALESCE(sum(amount_pico_usd) FILTER (WHERE kind = 'rounding'), 0) AS rounding,
                 COALESCE(sum(amount_pico_usd) FILTER (WHERE kind = 'tax'), 0) AS tax
          FROM invoice_lines WHERE organization_id = ${organizationId} AND invoice_id = ${invoiceId}) AS s
    WHERE organization_id = ${organizationId} AND id = ${invoiceId}`;
}
