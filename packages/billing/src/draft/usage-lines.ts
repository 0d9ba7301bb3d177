/** Adds summed usage to the lines of drafts. Lines are keyed by what they charge for, so addition is an upsert. */
import type { Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import type { LineKey } from './line-groups.ts';

export interface LineAddition extends LineKey {
  readonly invoiceId: string;
  readonly quantity: string;
  readonly costPicoUsd: string;
  readonly amountPicoUsd: string;
}

/** The caller holds the lock of each invoice and knows it to be a draft; a trigger refuses anything else. */
export async function addUsageLines(
  tx: Transaction,
  organizationId: string,
  additions: readonly LineAddition[],
  nowMs: number,
): Promise<void> {
  if (additions.length === 0) return;
  const rows = JSON.stringify(
    additions.map((addition) => ({
      id: newId('invoiceLine', nowMs),
      invoice_id: addition.invoiceId,
      team_id: addition.teamId,
      cost_center: addition.costCenter,
      provider: addition.provider,
      model: addition.model,
      component: addition.component,
      unit_price: addition.unitPricePicoUsd,
      markup: addition.markupBasisPoints,
      quantity: addition.quantity,
      cost: addition.costPicoUsd,
      amount: addition.amountPicoUsd,
    })),
  );
  await tx.$executeRaw`
    INSERT INTO invoice_lines AS l (id, organization_id, invoice_id, kind, team_id, team_name, cost_center, provider, model,
      component, unit_price_pico_usd, markup_basis_points, quantity, cost_pico_usd, amount_pico_usd)
    SELECT r.id, ${organizationId}, r.invoice_id, 'usage', r.team_id, COALESCE(t.name, ''), r.cost_center, r.provider, r.model,
      r.component, r.unit_price, r.markup, r.quantity, r.cost, r.amount
    FROM jsonb_to_recordset(${rows}::jsonb) AS r(id text, invoice_id text, team_id text, cost_center text, provider text,
      model text, component text, unit_price bigint, markup int, quantity numeric, cost numeric, amount numeric)
    LEFT JOIN teams t ON t.organization_id = ${organizationId} AND t.id = r.team_id
    ON CONFLICT (organization_id, invoice_id, kind, team_id, cost_center, provider, model, component, unit_price_pico_usd,
      markup_basis_points, description)
    DO UPDATE SET quantity = l.quantity + excluded.quantity, cost_pico_usd = l.cost_pico_usd + excluded.cost_pico_usd,
      amount_pico_usd = l.amount_pico_usd + excluded.amount_pico_usd,
      team_name = CASE WHEN excluded.team_name = '' THEN l.team_name ELSE excluded.team_name END, updated_at = now()`;
  // A price that was corrected leaves a line of nothing behind.
  if (!additions.some(mayEmpty)) return;
  const invoiceIds = [...new Set(additions.map((addition) => addition.invoiceId))];
  await tx.$executeRaw`
    DELETE FROM invoice_lines WHERE organization_id = ${organizationId} AND invoice_id = ANY (${invoiceIds}) AND kind = 'usage'
      AND quantity = 0 AND cost_pico_usd = 0 AND amount_pico_usd = 0`;
}

/** Whether a line can be of nothing after it: this one is, or takes something away. */
function mayEmpty({ quantity, costPicoUsd, amountPicoUsd }: LineAddition): boolean {
  const parts = [quantity, costPicoUsd, amountPicoUsd];
  return parts.some((part) => part.startsWith('-')) || parts.every((part) => part === '0');
}
