/**
 * What may still happen to a finalized invoice: open → paid | void | uncollectible, uncollectible → paid.
 * Doing a step again that was done already changes nothing.
 */
import type { Database } from '@tollgate/db';
import { BillingError } from './billing-error.ts';
import { announce, type InvoiceStep, lockInvoice } from './finalize.ts';

export type SettledState = 'paid' | 'void' | 'uncollectible';

const ALLOWED_FROM: Readonly<Record<SettledState, readonly string[]>> = {
  paid: ['open', 'uncollectible'],
  void: ['open', 'uncollectible'],
  uncollectible: ['open'],
};

/** @throws {BillingError} `not-found`, `wrong-state`. */
export function markPaid(database: Database, step: InvoiceStep): Promise<void> {
  return settle(database, step, 'paid');
}

/** The number stays taken, and so does the period: what is owed anew goes to a note. @throws {BillingError} as above. */
export function voidInvoice(database: Database, step: InvoiceStep): Promise<void> {
  return settle(database, step, 'void');
}

/** @throws {BillingError} as above. */
export function markUncollectible(database: Database, step: InvoiceStep): Promise<void> {
  return settle(database, step, 'uncollectible');
}

function settle(database: Database, step: InvoiceStep, state: SettledState): Promise<void> {
  return database.tenant(step.organizationId, async (tx) => {
    const invoice = await lockInvoice(tx, step);
    if (invoice.state === state) return;
    if (!ALLOWED_FROM[state].includes(invoice.state)) {
      throw new BillingError(
        'wrong-state',
        `Cannot make the invoice ${state}: it must be ${ALLOWED_FROM[state].join(' or ')}, got ${invoice.state}`,
      );
    }
    const now = step.now.toISOString();
    await tx.$executeRaw`
      UPDATE invoices SET state = ${state}, version = version + 1, updated_at = now(),
        paid_at = CASE WHEN ${state} = 'paid' THEN ${now}::timestamptz ELSE paid_at END,
        voided_at = CASE WHEN ${state} = 'void' THEN ${now}::timestamptz ELSE voided_at END,
        uncollectible_at = CASE WHEN ${state} = 'uncollectible' THEN ${now}::timestamptz ELSE uncollectible_at END
      WHERE organization_id = ${step.organizationId} AND id = ${step.invoiceId}`;
    await announce(
      tx,
      step,
      `invoice-${state === 'void' ? 'voided' : state}`,
      { state: invoice.state },
      { state, number: invoice.number },
    );
  });
}
