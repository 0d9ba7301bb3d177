/**
 * Documents of invoices and notes: rendered once from what was frozen, stored with their hash, and from then on read.
 *
 * Whoever needs a document first makes it (the worker after finalization, or a download that was faster); the second one
 * finds it. A draft is rendered for its preview and never stored.
 */
import { sha256Hex } from '../lifecycle/canonical-json.ts';
import type { FrozenInvoice } from '../lifecycle/frozen-invoice.ts';
import { renderInvoiceCsv } from './invoice-csv.ts';
import { renderInvoicePdf } from './invoice-pdf.ts';

export const DOCUMENT_KINDS = ['pdf', 'csv'] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

export interface InvoiceDocument {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly sha256: string;
  /** Safe in a Content-Disposition header. */
  readonly fileName: string;
  readonly contentType: string;
}

/** Where the bytes of one document are kept. */
export interface DocumentStore {
  find(): Promise<Uint8Array | undefined>;
  /** Of two who rendered at once, the first one's bytes stay. */
  add(document: Pick<InvoiceDocument, 'content' | 'sha256'>): Promise<unknown>;
}

const CONTENT_TYPE: Readonly<Record<DocumentKind, string>> = {
  pdf: 'application/pdf',
  csv: 'text/csv; charset=utf-8',
};

/** @param store Undefined: of what is asked for nothing is kept. */
export async function getDocument(
  said: FrozenInvoice,
  kind: DocumentKind,
  store: DocumentStore | undefined,
): Promise<InvoiceDocument> {
  const kept = said.number === null ? undefined : store;
  const content = new Uint8Array((await kept?.find()) ?? (await renderInto(kept, said, kind)));
  const name = (said.number ?? `draft-${said.period.firstDay}`).replace(/[^A-Za-z0-9-]/g, '-');
  const subject = said.kind === 'credit' || said.kind === 'debit' ? `${said.kind}-note` : said.kind;
  return {
    content,
    sha256: sha256Hex(content),
    fileName: `${subject}-${name}.${kind}`,
    contentType: CONTENT_TYPE[kind],
  };
}

async function renderInto(
  store: DocumentStore | undefined,
  said: FrozenInvoice,
  kind: DocumentKind,
): Promise<Uint8Array> {
  const rendered = kind === 'pdf' ? await renderInvoicePdf(said) : renderInvoiceCsv(said);
  if (store === undefined) return rendered;
  await store.add({ content: new Uint8Array(rendered), sha256: sha256Hex(rendered) });
  return (await store.find()) ?? rendered;
}
