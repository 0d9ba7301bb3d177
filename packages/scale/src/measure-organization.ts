/** [S6, S7]: what an organization of this size takes, from the roll-up to the invoice, and whether its sums are exact. */
import { finalizeInvoice, renderInvoiceDocuments, rollUp } from '@tollgate/billing';
import { watchCpuTime } from './cpu.ts';
import { compareDocumentsWithLedger, type Exactness } from './exactness.ts';
import type { FilledOrganization } from './filled-organization.ts';
import { makeInSets } from './make-in-sets.ts';
import { readTableSizes, type Timing, timed, timeQuestions } from './measure.ts';
import { listingQuestions, listQuestions, requestQuestions, usageQuestions } from './questions.ts';
import { SeededRandom } from './random.ts';
import { formatTiming } from './report.ts';

export interface Measurements {
  /** Before 10,000 more, new and late. */
  readonly entryCount: number;
  readonly insertedPerSecond: number;
  /** As entries come, in the order of time. */
  readonly rolledUpPerSecond: number;
  /** All of them again, from the ledger alone. */
  readonly madeInSetsPerSecond: number;
  /** From the commit of 5,000 entries of the last quarter of an hour until every cube and draft has them. */
  readonly rollUpLagMs: number;
  /** The same of 5,000 of any time since the first. */
  readonly lateLagMs: number;
  readonly timings: readonly Timing[];
  readonly exactness: Exactness;
  /** Of the largest invoice: its numbering and freezing, and its PDF and CSV. */
  readonly invoice: { readonly lineCount: number; readonly finalizeMs: number; readonly renderMs: number };
  /** With indexes. */
  readonly tableBytes: ReadonlyMap<string, number>;
}

export interface MeasureOptions {
  /** Or as many as there was time for. */
  readonly entryCount: number;
  /** How long millions may be written; as long as they take, unless told. */
  readonly writeMinutes?: number;
  /** Of the first entry. */
  readonly fromMs: number;
  readonly nowMs: number;
  readonly roundCount: number;
  readonly onProgress: (line: string) => void;
}

const LAG_ENTRY_COUNT = 5_000;
const LAG_RANGE_MS = 15 * 60_000;
const PROGRESS_EVERY = 500_000;
/** So many make documents of every month; half of all, where there are few. */
const FIRST_COUNT = 20_000;
/** Above it only the newest are rolled up as they come; what lies before them is made in sets, as after an import. */
const ALL_ROLLED_UP_MOST = 200_000;
const ROLLED_UP_COUNT = 50_000;

/** @param filled Without entries. */
export async function measureOrganization(
  filled: FilledOrganization,
  options: MeasureOptions,
): Promise<Measurements> {
  const { nowMs, onProgress } = options;
  const written = await fillAndRollUp(filled, options);
  onProgress('5,000 more, new and late');
  await filled.addEntries(LAG_ENTRY_COUNT, undefined, { fromMs: nowMs - LAG_RANGE_MS });
  const lag = await timed(() => catchUp(filled, nowMs));
  onProgress(`5,000 new ones are everywhere after ${Math.round(lag.tookMs)} ms`);
  await filled.addEntries(LAG_ENTRY_COUNT);
  const lateLag = await timed(() => catchUp(filled, nowMs));
  onProgress(`5,000 late ones are everywhere after ${Math.round(lateLag.tookMs)} ms`);
  onProgress('collecting statistics');
  await filled.analyze();
  onProgress('asking what the console asks');
  const timings = await askEverything(filled, options);
  onProgress('comparing documents with the ledger, and finalizing');
  const exactness = await compareDocumentsWithLedger(filled.worker, filled.organizationId);
  onProgress(
    `${exactness.differences.length} of ${exactness.documentCount} documents differ from the ledger, ${exactness.lineCount} lines`,
  );
  const sizes = await readTableSizes(filled.worker);
  const invoice = await finalizeLargest(filled, nowMs);
  onProgress(
    `an invoice of ${invoice.lineCount} lines: ${Math.round(invoice.finalizeMs)} ms, its PDF and CSV ${Math.round(invoice.renderMs)} ms`,
  );
  return {
    ...written,
    rollUpLagMs: lag.tookMs,
    lateLagMs: lateLag.tookMs,
    timings,
    exactness,
    invoice,
    tableBytes: sizes,
  };
}

/** Whatever a page of the console asks, and listings. */
export async function askEverything(
  filled: Pick<FilledOrganization, 'console' | 'ask' | 'dimensions' | 'models'>,
  { nowMs, roundCount, entryCount, onProgress }: Omit<MeasureOptions, 'fromMs'>,
): Promise<Timing[]> {
  const readCpuTime = watchCpuTime(filled.console, 'scale');
  await readCpuTime();
  return timeQuestions(
    filled.ask,
    [
      ...usageQuestions(nowMs, filled.dimensions, filled.models),
      ...requestQuestions(filled.dimensions, filled.models),
      ...listQuestions(nowMs, filled.dimensions),
      ...listingQuestions(nowMs),
    ],
    roundCount,
    new SeededRandom(entryCount),
    async () => {
      const { postgresMs, nodeMs } = await readCpuTime();
      return postgresMs + nodeMs;
    },
    (timing) => onProgress(formatTiming(timing)),
  );
}

type Written = Pick<
  Measurements,
  'entryCount' | 'insertedPerSecond' | 'rolledUpPerSecond' | 'madeInSetsPerSecond'
>;

async function fillAndRollUp(filled: FilledOrganization, options: MeasureOptions): Promise<Written> {
  const { entryCount, fromMs, nowMs, onProgress } = options;
  const firstCount = Math.min(FIRST_COUNT, Math.floor(entryCount / 2));
  await filled.addEntries(firstCount);
  await catchUp(filled, nowMs);
  const older = entryCount > ALL_ROLLED_UP_MOST ? await addInSets(filled, options, firstCount) : undefined;
  const newestCount = older === undefined ? entryCount - firstCount : ROLLED_UP_COUNT;
  // As many a day as there are of the others.
  const newestMs = older === undefined ? nowMs - fromMs : ((nowMs - fromMs) * newestCount) / older.entryCount;
  const newest = await timed(() => write(filled, options, newestCount, { fromMs: nowMs - newestMs }));
  onProgress('rolling up');
  const rolledUp = await timed(() => catchUp(filled, nowMs));
  onProgress(
    `${newestCount} rolled up in ${Math.round(rolledUp.tookMs / 1_000)} s, ${Math.round((newestCount / rolledUp.tookMs) * 1_000)} a second`,
  );
  const rolledUpPerSecond = (newestCount / rolledUp.tookMs) * 1_000;
  if (older !== undefined) {
    return { ...older, entryCount: firstCount + older.entryCount + newestCount, rolledUpPerSecond };
  }
  const insertedPerSecond = (newestCount / newest.tookMs) * 1_000;
  const madeInSetsPerSecond = await makeAll(filled, options, entryCount);
  return { entryCount, insertedPerSecond, rolledUpPerSecond, madeInSetsPerSecond };
}

async function addInSets(filled: FilledOrganization, options: MeasureOptions, firstCount: number) {
  const { entryCount, writeMinutes } = options;
  const untilMs = writeMinutes === undefined ? Infinity : performance.now() + writeMinutes * 60_000;
  const wanted = entryCount - firstCount - ROLLED_UP_COUNT;
  const { result, tookMs } = await timed(() => write(filled, options, wanted, { order: 'days', untilMs }));
  const madeInSetsPerSecond = await makeAll(filled, options, firstCount + result);
  return { entryCount: result, insertedPerSecond: (result / tookMs) * 1_000, madeInSetsPerSecond };
}

/** @returns How many a second. */
async function makeAll(
  filled: FilledOrganization,
  { fromMs, nowMs, onProgress }: MeasureOptions,
  presentCount: number,
): Promise<number> {
  onProgress('collecting statistics');
  await filled.analyze();
  onProgress('making cubes and drafts in sets');
  const { tookMs } = await timed(() => makeInSets(filled, { fromMs, nowMs, onProgress }));
  onProgress(
    `made in sets in ${Math.round(tookMs / 1_000)} s, ${Math.round((presentCount / tookMs) * 1_000)} a second`,
  );
  return (presentCount / tookMs) * 1_000;
}

function write(
  filled: FilledOrganization,
  { onProgress }: MeasureOptions,
  count: number,
  manner: Parameters<FilledOrganization['addEntries']>[2],
): Promise<number> {
  const beganMs = performance.now();
  const onWritten = (written: number): void => {
    if (written % PROGRESS_EVERY !== 0) return;
    const restS = ((performance.now() - beganMs) / written) * ((count - written) / 1_000);
    onProgress(`${written} of ${count} entries written, ${Math.round(restS)} s to go`);
  };
  return filled.addEntries(count, onWritten, manner);
}

async function catchUp({ worker, organizationId }: FilledOrganization, nowMs: number): Promise<void> {
  while ((await rollUp(worker, { organizationId, nowMs })) > 0);
}

/** Of the months that have ended, the one with the most lines. */
async function finalizeLargest(
  { console: database, organizationId, ask }: FilledOrganization,
  nowMs: number,
): Promise<Measurements['invoice']> {
  const [largest] = await database.tenant(
    organizationId,
    (tx) => tx.$queryRaw<{ id: string }[]>`
      SELECT i.id FROM invoices i JOIN invoice_lines l ON l.organization_id = i.organization_id AND l.invoice_id = i.id
      WHERE i.organization_id = ${organizationId} AND i.kind = 'invoice' AND i.state = 'draft' AND i.livemode
        AND i.period_end <= ${new Date(nowMs)}
      GROUP BY i.id ORDER BY count(*) DESC LIMIT 1`,
  );
  const invoiceId = largest?.id;
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
