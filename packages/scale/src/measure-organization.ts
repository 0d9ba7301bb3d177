/** [S6, S7]: what an organization of this size takes, from the roll-up to the invoice, and whether its sums are exact. */
import { finalizeInvoice, listInvoices, renderInvoiceDocuments, rollUp } from '@tollgate/billing';
import { compareDocumentsWithLedger, type Exactness } from './exactness.ts';
import type { FilledOrganization } from './filled-organization.ts';
import { readTableSizes, type Timing, timed, timeQuestions } from './measure.ts';
import { listQuestions, requestQuestions, usageQuestions } from './questions.ts';
import { SeededRandom } from './random.ts';

export interface Measurements {
  readonly entryCount: number;
  readonly insertedPerSecond: number;
  readonly rolledUpPerSecond: number;
  /** From the commit of 5,000 new entries until every cube and draft has them. */
  readonly rollUpLagMs: number;
  readonly timings: readonly Timing[];
  readonly exactness: Exactness;
  /** Of the largest invoice: its numbering and freezing, and its PDF and CSV. */
  readonly invoice: { readonly lineCount: number; readonly finalizeMs: number; readonly renderMs: number };
  readonly bytesPerEntry: number;
  readonly bytesPerLoggedRequest: number;
}

export interface MeasureOptions {
  readonly entryCount: number;
  /** So many entries are there already and rolled up. */
  readonly presentCount: number;
  readonly nowMs: number;
  readonly roundCount: number;
  readonly onProgress: (line: string) => void;
}

const LAG_ENTRY_COUNT = 5_000;
const PROGRESS_EVERY = 500_000;

export async function measureOrganization(
  filled: FilledOrganization,
  options: MeasureOptions,
): Promise<Measurements> {
  const { entryCount, presentCount, nowMs, roundCount, onProgress } = options;
  const addedCount = entryCount - presentCount;
  const inserted = await timed(() =>
    filled.addEntries(addedCount, (written) => {
      if (written % PROGRESS_EVERY === 0)
        onProgress(`${presentCount + written} of ${entryCount} entries written`);
    }),
  );
  onProgress('rolling up');
  const rolledUp = await timed(() => catchUp(filled, nowMs));
  await filled.addEntries(LAG_ENTRY_COUNT);
  const lag = await timed(() => catchUp(filled, nowMs));
  await filled.analyze();
  onProgress('asking what the console asks');
  const random = new SeededRandom(entryCount);
  const timings = await timeQuestions(
    filled.ask,
    [
      ...usageQuestions(nowMs, filled.dimensions),
      ...requestQuestions(filled.dimensions, filled.models),
      ...listQuestions(filled.dimensions),
    ],
    roundCount,
    random,
  );
  onProgress('comparing documents with the ledger, and finalizing');
  const exactness = await compareDocumentsWithLedger(filled.worker, filled.organizationId);
  const sizes = await readTableSizes(filled.worker);
  return {
    entryCount,
    insertedPerSecond: (addedCount / inserted.tookMs) * 1_000,
    rolledUpPerSecond: (addedCount / rolledUp.tookMs) * 1_000,
    rollUpLagMs: lag.tookMs,
    timings,
    exactness,
    invoice: await finalizeLargest(filled, nowMs),
    bytesPerEntry: (sizes.get('usage_entries') ?? 0) / entryCount,
    bytesPerLoggedRequest: (sizes.get('request_logs') ?? 0) / entryCount,
  };
}

async function catchUp({ worker, organizationId }: FilledOrganization, nowMs: number): Promise<void> {
  while ((await rollUp(worker, { organizationId, nowMs })) > 0);
}

/** The one of the earliest month that has ended; each size takes another one. */
async function finalizeLargest(
  { console: database, organizationId, ask }: FilledOrganization,
  nowMs: number,
): Promise<Measurements['invoice']> {
  const { data } = await listInvoices(database, { organizationId, state: 'draft', limit: 100 });
  const ended = data
    .filter((invoice) => invoice.livemode && Date.parse(invoice.periodEnd) <= nowMs)
    .toSorted((left, right) => left.periodStart.localeCompare(right.periodStart));
  const invoiceId = ended[0]?.id;
  if (invoiceId === undefined) throw new Error('Cannot finalize: a month must have ended, got none');
  const actor = { kind: 'system' as const, id: 'scale', name: 'scale' };
  const finalized = await timed(() =>
    finalizeInvoice(database, { organizationId, invoiceId, actor, now: new Date(nowMs) }),
  );
  const rendered = await timed(() => renderInvoiceDocuments(database, { organizationId, invoiceId }));
  const { status } = await ask(`/invoices/${invoiceId}/pdf`);
  if (status !== 200) throw new Error(`Cannot read the PDF: it must answer 200, got ${status}`);
  const lineCount = await countLines(database, organizationId, invoiceId);
  return { lineCount, finalizeMs: finalized.tookMs, renderMs: rendered.tookMs };
}

async function countLines(
  database: FilledOrganization['console'],
  organizationId: string,
  invoiceId: string,
) {
  return database.tenant(organizationId, (tx) =>
    tx.invoiceLine.count({ where: { organizationId, invoiceId } }),
  );
}
