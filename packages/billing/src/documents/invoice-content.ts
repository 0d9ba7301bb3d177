/** What an invoice or a showback statement says: what its documents and its FOCUS rows are made from. */
import type { Database } from '@tollgate/db';
import type { Json } from '../lifecycle/canonical-json.ts';
import { readHead } from '../lifecycle/finalize.ts';
import { composeInvoice, type FrozenInvoice, thaw } from '../lifecycle/frozen-invoice.ts';

export interface InvoiceScope {
  readonly organizationId: string;
  readonly invoiceId: string;
}

/**
 * Frozen, or of a draft as it stands.
 *
 * @throws {BillingError} `not-found`; `wrong-state` when the frozen JSON no longer has its hash.
 */
export function readInvoiceContent(database: Database, scope: InvoiceScope): Promise<FrozenInvoice> {
  const { organizationId, invoiceId } = scope;
  return database.tenant(organizationId, async (tx) => {
    const head = await readHead(tx, scope);
    const [row] = await tx.$queryRaw<{ kind: string; frozen: Json | null; sha256: string | null }[]>`
      SELECT kind, frozen, frozen_sha256 AS sha256 FROM invoices
      WHERE organization_id = ${organizationId} AND id = ${invoiceId}`;
    if (row?.frozen != null) return thaw(row.frozen, row.sha256, `invoice ${invoiceId}`);
    const composed = await composeInvoice(tx, head, undefined);
    return row?.kind === 'showback' ? { ...composed, kind: 'showback' } : composed;
  });
}
