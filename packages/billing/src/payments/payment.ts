/** Payments, refunds and disputes: what moved, one row per cause; later news of the same cause update it. */
import { type Transaction, toBigInt } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { formatUsd, picoUsdSum } from '@tollgate/money';

export interface PaymentRecord {
  readonly organizationId: string;
  readonly kind: 'payment' | 'refund' | 'dispute';
  readonly state: 'pending' | 'succeeded' | 'failed' | 'open' | 'won' | 'lost';
  readonly amountPicoUsd: bigint;
  readonly method: string;
  readonly reference: string;
  readonly failureCode?: string;
  /** The object in Stripe, or what was marked by hand. */
  readonly causeId: string;
  /** Of a refund or dispute: its payment's cause. */
  readonly parentCauseId?: string;
  readonly invoiceId?: string | undefined;
  readonly creditNoteId?: string | undefined;
  readonly topUpId?: string | undefined;
  readonly occurredAt: Date;
  readonly nowMs: number;
}

/** @returns Whether something is new. */
export async function recordPayment(tx: Transaction, record: PaymentRecord): Promise<boolean> {
  const written = await tx.$executeRaw`
    INSERT INTO payments AS p (id, organization_id, invoice_id, credit_note_id, top_up_id, kind, state, amount_pico_usd, method,
      reference, failure_code, cause_id, parent_cause_id, occurred_at)
    VALUES (${newId('payment', record.nowMs)}, ${record.organizationId}, ${record.invoiceId ?? null}, ${record.creditNoteId ?? null},
      ${record.topUpId ?? null}, ${record.kind}, ${record.state}, ${String(record.amountPicoUsd)}::numeric, ${record.method},
      ${record.reference}, ${record.failureCode ?? ''}, ${record.causeId}, ${record.parentCauseId ?? ''},
      ${record.occurredAt.toISOString()}::timestamptz)
    ON CONFLICT (organization_id, cause_id) DO UPDATE SET state = excluded.state, amount_pico_usd = excluded.amount_pico_usd,
      method = excluded.method, reference = excluded.reference, failure_code = excluded.failure_code,
      invoice_id = COALESCE(excluded.invoice_id, p.invoice_id), credit_note_id = COALESCE(excluded.credit_note_id, p.credit_note_id),
      top_up_id = COALESCE(excluded.top_up_id, p.top_up_id), updated_at = now()
    WHERE (p.state, p.amount_pico_usd, p.reference, p.failure_code)
      IS DISTINCT FROM (excluded.state, excluded.amount_pico_usd, excluded.reference, excluded.failure_code)`;
  return written === 1;
}

/** What is still to be paid of an invoice: its total and credit notes, without what was paid. */
export async function getOutstanding(
  tx: Transaction,
  organizationId: string,
  invoiceId: string,
  totalPicoUsd: bigint,
): Promise<bigint> {
  const [row] = await tx.$queryRaw<{ paid: string; credited: string }[]>`
    SELECT (SELECT COALESCE(sum(amount_pico_usd), 0)::text FROM payments WHERE organization_id = ${organizationId}
        AND invoice_id = ${invoiceId} AND kind = 'payment' AND state = 'succeeded') AS paid,
      (SELECT COALESCE(sum(total_pico_usd), 0)::text FROM credit_notes WHERE organization_id = ${organizationId}
        AND invoice_id = ${invoiceId} AND kind = 'credit' AND state = 'issued') AS credited`;
  return totalPicoUsd + BigInt(row!.credited) - BigInt(row!.paid);
}

export interface PaymentView {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly amountUsd: string;
  readonly method: string;
  readonly reference: string;
  readonly failureCode: string;
  readonly creditNoteId: string | null;
  readonly stripeId: string | null;
  readonly occurredAt: string;
}

const MOST_PAYMENTS = 200;

/** Of an invoice and its notes, oldest first. */
export async function listPayments(
  tx: Transaction,
  organizationId: string,
  invoiceId: string,
): Promise<PaymentView[]> {
  const notes = await tx.creditNote.findMany({
    where: { organizationId, invoiceId },
    select: { id: true },
    take: MOST_PAYMENTS,
  });
  const rows = await tx.payment.findMany({
    where: { organizationId, OR: [{ invoiceId }, { creditNoteId: { in: notes.map(({ id }) => id) } }] },
    orderBy: [{ occurredAt: 'asc' }, { id: 'asc' }],
    take: MOST_PAYMENTS,
  });
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    state: row.state,
    amountUsd: formatUsd(picoUsdSum(toBigInt(row.amountPicoUsd))),
    method: row.method,
    reference: row.reference,
    failureCode: row.failureCode,
    creditNoteId: row.creditNoteId,
    stripeId: row.causeId.includes(':') ? null : row.causeId,
    occurredAt: row.occurredAt.toISOString(),
  }));
}
