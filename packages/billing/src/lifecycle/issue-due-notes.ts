/**
 * What is owed more is billed whether or not the debtor bothers: a draft debit note is issued once it is due
 * (`NOTE_ISSUES_AT`). Until then anybody who may can issue it, and late usage gathers on it.
 *
 * Credit notes are left to people: nobody is harmed by one that waits but its owner. Safe to run by any number of
 * workers; a note that another one issued meanwhile is passed over.
 */
import type { AuditActor } from '@tollgate/audit';
import type { Database, Transaction } from '@tollgate/db';
import { BillingError } from './billing-error.ts';
import { issueCreditNote } from './issue-note.ts';
import { NOTE_ISSUES_AT } from './note-due.ts';

const NOTE_ACTOR: AuditActor = { kind: 'system', id: 'debit-notes', name: 'Debit notes' };

export interface DueNotesOptions {
  readonly organizationId: string;
  readonly now: Date;
  /** See `InvoiceStep`. */
  readonly collectsByStripe?: boolean;
}

/** @throws {AggregateError} After all had their turn, when some failed. */
export async function issueDueNotes(
  database: Database,
  { organizationId, now, collectsByStripe = false }: DueNotesOptions,
): Promise<{ readonly id: string; readonly number: string }[]> {
  const due = await database.tenant(organizationId, (tx) => listDueNotes(tx, organizationId, now));
  const issued: { id: string; number: string }[] = [];
  const faults: unknown[] = [];
  for (const creditNoteId of due) {
    const step = { organizationId, creditNoteId, actor: NOTE_ACTOR, now, collectsByStripe, onlyIfDue: true };
    try {
      issued.push(await issueCreditNote(database, step));
    } catch (error) {
      if (!(error instanceof BillingError && error.code === 'wrong-state')) faults.push(error);
    }
  }
  if (faults.length > 0) {
    throw new AggregateError(
      faults,
      `Cannot issue ${faults.length} of ${due.length} notes of ${organizationId}`,
    );
  }
  return issued;
}

/** Oldest months first, so that they draw prepaid credits first. */
async function listDueNotes(tx: Transaction, organizationId: string, now: Date): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT n.id FROM credit_notes n
    JOIN invoices i ON i.organization_id = n.organization_id AND i.id = n.invoice_id
    WHERE n.organization_id = ${organizationId} AND n.state = 'draft'
      AND ${NOTE_ISSUES_AT} <= ${now.toISOString()}::timestamptz
    ORDER BY i.period_start, n.id`;
  return rows.map(({ id }) => id);
}
