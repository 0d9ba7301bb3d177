/**
 * The monthly close: finalizes every draft whose period and grace days are over and whose usage has arrived.
 *
 * Usage has arrived when no gateway can still hold frames from before the period's end: an epoch that began before
 * it must say that nothing it has open began before it (one of an earlier version: have been seen or have shipped
 * after it), or be fenced, closed or lost. A dead gateway is fenced by the others within seconds and then blocks
 * nobody. Whatever comes later all the same goes to a note, so a wrong guess costs a second document and never money.
 * Safe to run at any time, by any number of workers.
 */
import type { AuditActor } from '@tollgate/audit';
import { type Database, sql, type Transaction } from '@tollgate/db';
import { rollUp } from '../rollup/roll-up.ts';
import { BillingError } from './billing-error.ts';
import { type FinalizedInvoice, finalizeInvoice } from './finalize.ts';

export const CLOSE_ACTOR: AuditActor = { kind: 'system', id: 'invoice-close', name: 'Monthly close' };

export interface CloseOptions {
  readonly organizationId: string;
  readonly now: Date;
  /** See `InvoiceStep`. */
  readonly collectsByStripe?: boolean;
}

export interface CloseResult {
  readonly finalized: readonly FinalizedInvoice[];
  /** Due, but not closed this time; each with its reason. */
  readonly waiting: readonly { readonly invoiceId: string; readonly reason: string }[];
}

interface DueDraft {
  readonly id: string;
  readonly blockedBy: string | null;
}

/** @throws Whatever is no expected reason to wait, after the other drafts had their turn. */
export async function closePeriods(
  database: Database,
  { organizationId, now, collectsByStripe = false }: CloseOptions,
): Promise<CloseResult> {
  const due = await database.tenant(organizationId, (tx) => listDueDrafts(tx, organizationId, now));
  if (due.length === 0) return { finalized: [], waiting: [] };
  await rollUp(database, { organizationId, nowMs: now.getTime() });
  const finalized: FinalizedInvoice[] = [];
  const waiting: { invoiceId: string; reason: string }[] = [];
  const faults: unknown[] = [];
  for (const draft of due) {
    if (draft.blockedBy !== null) {
      waiting.push({ invoiceId: draft.id, reason: `gateway epoch ${draft.blockedBy} may hold usage` });
      continue;
    }
    try {
      const step = { organizationId, invoiceId: draft.id, actor: CLOSE_ACTOR, now, collectsByStripe };
      finalized.push(await finalizeInvoice(database, step));
    } catch (error) {
      if (error instanceof BillingError && error.code !== 'disagrees-with-ledger') {
        waiting.push({ invoiceId: draft.id, reason: error.code });
      } else faults.push(error);
    }
  }
  if (faults.length > 0)
    throw new AggregateError(
      faults,
      `Cannot close ${faults.length} of ${due.length} invoices of ${organizationId}`,
    );
  return { finalized, waiting };
}

/**
 * Over the aliases `e` of gateway_epochs and `i` of invoices. A gateway that tells what it has open is believed; one
 * that does not is taken to have brought everything once it was heard of after the period's end.
 */
export const MAY_HOLD_USAGE = sql`(CASE WHEN e.open_reported_at IS NULL
  THEN e.last_seen_at < i.period_end AND COALESCE(e.shipped_at, e.started_at) < i.period_end
  ELSE e.open_reported_at < i.period_end OR e.oldest_open_at < i.period_end END)`;

function listDueDrafts(tx: Transaction, organizationId: string, now: Date): Promise<DueDraft[]> {
  return tx.$queryRaw<DueDraft[]>`
    SELECT i.id, (
      SELECT e.id FROM gateway_epochs e
      WHERE e.state = 'open' AND e.started_at < i.period_end AND ${MAY_HOLD_USAGE}
      ORDER BY e.id LIMIT 1) AS "blockedBy"
    FROM invoices i
    WHERE i.organization_id = ${organizationId} AND i.kind = 'invoice' AND i.state = 'draft'
      AND i.period_end + make_interval(days => COALESCE(
        (SELECT grace_days FROM billing_profiles p WHERE p.organization_id = i.organization_id), 3)) <= ${now.toISOString()}::timestamptz
    ORDER BY i.period_start, i.id`;
}
