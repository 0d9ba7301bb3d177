/**
 * Usage that arrives after its invoice was finalized: collected, with the entries behind it, on one draft note
 * per invoice, which people issue, or the worker where something is owed. A finalized invoice is never touched.
 */
import { sql, type Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import type { LineKey } from './line-groups.ts';

export interface NoteAddition extends LineKey {
  readonly invoiceId: string;
  readonly quantity: string;
  readonly costPicoUsd: string;
  readonly amountPicoUsd: string;
}

/** A draft note that was added to. */
export interface GrownNote {
  readonly invoiceId: string;
  readonly noteId: string;
}

/** Adds late usage to the draft notes of its invoices. The caller holds the invoices' locks. */
export async function addLateUsage(
  tx: Transaction,
  organizationId: string,
  additions: readonly NoteAddition[],
  nowMs: number,
): Promise<GrownNote[]> {
  const invoiceIds = [...new Set(additions.map((addition) => addition.invoiceId))];
  const notes: GrownNote[] = [];
  for (const invoiceId of invoiceIds) {
    const noteId = await lockDraftNote(tx, organizationId, invoiceId, nowMs);
    const own = additions.filter((addition) => addition.invoiceId === invoiceId);
    await addNoteLines(tx, organizationId, invoiceId, noteId, own, nowMs);
    // Its name says its sign: what is owed more is a debit note, what is owed less a credit note. The days until it is
    // issued by itself count from when something began to be owed.
    const now = sql`${new Date(nowMs).toISOString()}::timestamptz`;
    await tx.$executeRaw`
      UPDATE credit_notes SET subtotal_pico_usd = s.subtotal, kind = CASE WHEN s.subtotal < 0 THEN 'credit' ELSE 'debit' END,
        owed_since = CASE WHEN s.subtotal > 0 THEN CASE WHEN subtotal_pico_usd > 0 THEN owed_since ELSE ${now} END END,
        grown_at = ${now}
      FROM (SELECT COALESCE(sum(amount_pico_usd), 0) AS subtotal FROM credit_note_lines
            WHERE organization_id = ${organizationId} AND credit_note_id = ${noteId} AND kind = 'usage') AS s
      WHERE organization_id = ${organizationId} AND id = ${noteId}`;
    notes.push({ invoiceId, noteId });
  }
  return notes;
}

async function lockDraftNote(
  tx: Transaction,
  organizationId: string,
  invoiceId: string,
  nowMs: number,
): Promise<string> {
  await tx.$executeRaw`
    INSERT INTO credit_notes (id, organization_id, invoice_id, kind, reason, state, created_at)
    VALUES (${newId('creditNote', nowMs)}, ${organizationId}, ${invoiceId}, 'debit', 'late-usage', 'draft',
      ${new Date(nowMs).toISOString()}::timestamptz)
    ON CONFLICT (organization_id, invoice_id) WHERE state = 'draft' DO NOTHING`;
  const [note] = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM credit_notes WHERE organization_id = ${organizationId} AND invoice_id = ${invoiceId} AND state = 'draft'
    FOR UPDATE`;
  // Issued between the two statements: the next note begins.
  return note?.id ?? lockDraftNote(tx, organizationId, invoiceId, nowMs);
}

async function addNoteLines(
  tx: Transaction,
  organizationId: string,
  invoiceId: string,
  noteId: string,
  additions: readonly NoteAddition[],
  nowMs: number,
): Promise<void> {
  const rows = JSON.stringify(
    additions.map((addition) => ({
      id: newId('invoiceLine', nowMs),
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
    INSERT INTO credit_note_lines AS l (id, organization_id, credit_note_id, invoice_line_id, kind, description, team_id,
      cost_center, provider, model, component, unit_price_pico_usd, markup_basis_points, quantity, cost_pico_usd, amount_pico_usd)
    SELECT r.id, ${organizationId}, ${noteId}, i.id, 'usage', '', r.team_id, r.cost_center, r.provider, r.model, r.component,
      r.unit_price, r.markup, r.quantity, r.cost, r.amount
    FROM jsonb_to_recordset(${rows}::jsonb) AS r(id text, team_id text, cost_center text, provider text, model text,
      component text, unit_price bigint, markup int, quantity numeric, cost numeric, amount numeric)
    LEFT JOIN invoice_lines i ON i.organization_id = ${organizationId} AND i.invoice_id = ${invoiceId} AND i.kind = 'usage'
      AND i.team_id = r.team_id AND i.cost_center = r.cost_center AND i.provider = r.provider AND i.model = r.model
      AND i.component = r.component AND i.unit_price_pico_usd = r.unit_price AND i.markup_basis_points = r.markup
      AND i.description = ''
    ON CONFLICT (organization_id, credit_note_id, kind, team_id, cost_center, provider, model, component,
      unit_price_pico_usd, markup_basis_points, description)
    DO UPDATE SET quantity = l.quantity + excluded.quantity, cost_pico_usd = l.cost_pico_usd + excluded.cost_pico_usd,
      amount_pico_usd = l.amount_pico_usd + excluded.amount_pico_usd`;
}
