/** The monthly close of one organization, and the documents of what it finalized. */
import {
  closePeriods,
  getNoteDocument,
  listUnrenderedInvoices,
  listUnrenderedNotes,
  renderInvoiceDocuments,
} from '@tollgate/billing';
import type { WorkerContext } from '../worker-context.ts';

export async function closeInvoices(
  { database, clock, logger, payments }: WorkerContext,
  organizationId: string,
): Promise<void> {
  const { finalized, waiting } = await closePeriods(database, {
    organizationId,
    now: clock.now(),
    collectsByStripe: payments !== undefined,
  });
  for (const invoice of finalized)
    logger.info(
      { organizationId, invoiceId: invoice.id, number: invoice.number },
      'an invoice was finalized',
    );
  for (const { invoiceId, reason } of waiting)
    logger.warn({ organizationId, invoiceId, reason }, 'an invoice is due and waits');
  await renderMissingDocuments({ database }, organizationId);
}

/** @throws {AggregateError} After all had their turn, when some failed. */
export async function renderMissingDocuments(
  { database }: Pick<WorkerContext, 'database'>,
  organizationId: string,
): Promise<void> {
  const faults: unknown[] = [];
  for (const invoiceId of await listUnrenderedInvoices(database, organizationId)) {
    try {
      await renderInvoiceDocuments(database, { organizationId, invoiceId });
    } catch (error) {
      // One that cannot be rendered must not keep all later ones from their documents.
      faults.push(error);
    }
  }
  for (const creditNoteId of await listUnrenderedNotes(database, organizationId)) {
    try {
      await getNoteDocument(database, { organizationId, creditNoteId });
    } catch (error) {
      faults.push(error);
    }
  }
  if (faults.length > 0) {
    throw new AggregateError(faults, `Cannot render ${faults.length} documents of ${organizationId}`);
  }
}
