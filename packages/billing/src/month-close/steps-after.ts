/** The steps from numbering the invoice on: finalized, told to Stripe, sent, its notes and those of earlier months issued. */
import { NOTE_WAITS, type Transaction } from '@tollgate/db';
import type { Facts } from './close-facts.ts';
import type { CloseStep } from './close-step.ts';
import { nothingSaid, type Said, saidBy, usd } from './said.ts';

export async function finalizeStep(tx: Transaction, facts: Facts, ready: boolean): Promise<CloseStep> {
  const { invoice } = facts;
  const shown = { step: 'finalize' as const, count: 0, details: [], note: '' };
  if (invoice === undefined) return { ...shown, state: 'none', amountUsd: null, doneBy: null, doneAt: null };
  const amountUsd = usd(invoice.total);
  if (invoice.state === 'draft') {
    return { ...shown, state: ready ? 'attention' : 'blocked', amountUsd, doneBy: null, doneAt: null };
  }
  const [event] = await tx.$queryRaw<{ name: string }[]>`
    SELECT actor_name AS name FROM audit_events WHERE organization_id = ${facts.organizationId} AND action = 'invoice-finalized'
      AND target_id = ${invoice.id} ORDER BY occurred_at DESC LIMIT 1`;
  const doneAt = invoice.finalizedAt?.toISOString() ?? null;
  return { ...shown, state: 'done', amountUsd, doneBy: event?.name ?? null, doneAt };
}

/** What the outbox says of Stripe; without it there is nothing to push. Test invoices are never sent there. */
export async function pushStep(tx: Transaction, facts: Facts, finalized: boolean): Promise<CloseStep> {
  const shown = { step: 'push' as const, count: 0, amountUsd: null, ...nothingSaid };
  if (facts.invoice === undefined || !facts.livemode) return { ...shown, state: 'none', details: [] };
  if (!finalized) return { ...shown, state: 'blocked', details: [] };
  const [row] = await tx.$queryRaw<{ stripeId: string | null; state: string | null; error: string | null }[]>`
    SELECT i.stripe_invoice_id AS "stripeId", p.state, p.last_error AS error FROM invoices i
    LEFT JOIN LATERAL (SELECT state, last_error FROM stripe_pushes p WHERE p.organization_id = i.organization_id
      AND p.target_id = i.id ORDER BY p.created_at DESC LIMIT 1) AS p ON true
    WHERE i.organization_id = ${facts.organizationId} AND i.id = ${facts.invoice.id}`;
  const details = [
    ...(row?.stripeId ? [{ label: 'stripe', value: row.stripeId }] : []),
    ...(row?.error ? [{ label: 'error', value: row.error }] : []),
  ];
  if (row?.state === 'pending') return { ...shown, state: 'waiting', details };
  if (row?.state === 'failed') return { ...shown, state: 'attention', details };
  return { ...shown, state: row?.stripeId || row?.state === 'done' ? 'done' : 'none', details };
}

export async function sendStep(
  tx: Transaction,
  facts: Facts,
  said: ReadonlyMap<string, Said>,
  finalized: boolean,
): Promise<CloseStep> {
  const shown = { step: 'send' as const, count: 0, amountUsd: null, details: [], ...nothingSaid };
  if (facts.invoice === undefined) return { ...shown, state: 'none' };
  if (!finalized) return { ...shown, state: 'blocked' };
  const sent = said.get('send');
  if (sent === undefined) return { ...shown, state: 'attention' };
  const recipients = Array.isArray(sent.seen.recipients) ? (sent.seen.recipients as string[]) : [];
  const mails = await tx.$queryRaw<{ state: string }[]>`
    SELECT state FROM mail_messages WHERE template = 'invoice' AND cause_id = ${String(sent.seen.causeId ?? '')}`;
  const isWaiting = mails.some(({ state }) => state === 'waiting');
  const isLost = mails.some(({ state }) => state === 'bounced');
  return {
    ...shown,
    state: isLost ? 'attention' : isWaiting ? 'waiting' : 'done',
    count: recipients.length,
    details: recipients.map((recipient) => ({ label: 'recipient', value: recipient })),
    ...saidBy(sent),
  };
}

/**
 * Notes that nobody has issued yet, on invoices of this month and of earlier ones: late usage and corrections are owed
 * only once their note has its number, and nothing issues one by itself. They hold up no invoice. Without an amount: what is
 * owed and what is given back would cancel out. A credit on a void invoice is never issued (`issueCreditNote`).
 */
export async function notesStep(tx: Transaction, facts: Facts): Promise<CloseStep> {
  const [found] = await tx.$queryRaw<{ count: number; all: number }[]>`
    SELECT count(*) FILTER (WHERE ${NOTE_WAITS})::int AS count,
      count(*) FILTER (WHERE n.state <> 'draft' OR ${NOTE_WAITS})::int AS all
    FROM credit_notes n JOIN invoices i ON i.organization_id = n.organization_id AND i.id = n.invoice_id
    WHERE n.organization_id = ${facts.organizationId} AND i.livemode = ${facts.livemode}
      AND i.period_start <= ${facts.start}`;
  const { count, all } = found!;
  return {
    step: 'notes',
    state: count > 0 ? 'attention' : all > 0 ? 'done' : 'none',
    count,
    amountUsd: null,
    details: [],
    ...nothingSaid,
  };
}
