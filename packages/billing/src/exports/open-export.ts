/** Exports as streams: of an invoice (its lines, its entries, FOCUS), of a note, and of a range of the ledger. */
import type { Readable } from 'node:stream';
import type { Database } from '@tollgate/db';
import { parseUsdSum } from '@tollgate/money';
import { readInvoiceContent } from '../documents/invoice-content.ts';
import { readNoteContent } from '../documents/note-content.ts';
import { listTimeZones } from '../draft/add-usage.ts';
import { BillingError } from '../lifecycle/billing-error.ts';
import { billingPeriodAt } from '../period/billing-period.ts';
import { getCreditNote } from '../queries/credit-notes.ts';
import { EXPORT_CONTENT_TYPE, type ExportFormat, type ExportTable, isoSeconds } from './export-table.ts';
import { invoiceFocusTable, usageFocusTable } from './focus-rows.ts';
import { invoiceTable } from './invoice-rows.ts';
import { noteTable } from './note-rows.ts';
import { entriesBelow, type UsageQuestion, usageTable } from './usage-rows.ts';
import { writeTable } from './write-table.ts';

export const INVOICE_VIEWS = ['lines', 'entries', 'focus'] as const;
export type InvoiceExportView = (typeof INVOICE_VIEWS)[number];
export const NOTE_VIEWS = ['lines', 'focus'] as const;
type NoteExportView = (typeof NOTE_VIEWS)[number];
export const USAGE_VIEWS = ['entries', 'focus'] as const;
export type UsageExportView = (typeof USAGE_VIEWS)[number];

export interface OpenedExport {
  readonly stream: Readable;
  /** Safe in a Content-Disposition header. */
  readonly fileName: string;
  readonly contentType: string;
  /** What has been written so far; complete when the stream has ended. */
  readonly written: ExportTally;
}

export interface ExportTally {
  rows: number;
  /** Of the entries' charges, or of the billed costs. */
  totalPicoUsd: bigint;
}

interface ExportManner {
  readonly format: ExportFormat;
  readonly gzip?: boolean | undefined;
}

/** A draft is exported as it stands. @throws {BillingError} `not-found`, `wrong-state`. */
export async function openInvoiceExport(
  database: Database,
  scope: ExportManner & {
    readonly organizationId: string;
    readonly invoiceId: string;
    readonly view: InvoiceExportView;
  },
): Promise<OpenedExport> {
  const invoice = await readInvoiceContent(database, scope);
  const name = (invoice.number ?? `draft-${invoice.period.firstDay}`).replace(/[^A-Za-z0-9-]/g, '-');
  switch (scope.view) {
    case 'lines': {
      const opened = open(invoiceTable(invoice), `invoice-${name}`, scope, undefined);
      // Its last row says so: amounts of the others sum to it.
      opened.written.totalPicoUsd = BigInt(invoice.totalPicoUsd);
      return opened;
    }
    case 'focus': {
      const costs = await lineCosts(database, scope);
      return open(invoiceFocusTable(invoice, costs), `invoice-${name}-focus`, scope, 'BilledCost');
    }
    case 'entries': {
      const question = {
        organizationId: scope.organizationId,
        from: new Date(invoice.period.start),
        to: new Date(invoice.period.end),
        livemode: invoice.livemode,
      };
      const table = entriesBelow(database, question, invoice.ledgerNextXid);
      return open(table, `invoice-${name}-entries`, scope, 'charge_usd');
    }
    default:
      return scope.view satisfies never;
  }
}

/** A draft as it would be issued now. @throws {BillingError} `not-found`. */
export async function openCreditNoteExport(
  database: Database,
  scope: ExportManner & {
    readonly organizationId: string;
    readonly creditNoteId: string;
    readonly view: NoteExportView;
  },
): Promise<OpenedExport> {
  const note = await getCreditNote(database, scope);
  const name = (note.number ?? `draft-${note.createdAt.slice(0, 10)}`).replace(/[^A-Za-z0-9-]/g, '-');
  if (scope.view === 'focus') {
    const content = await readNoteContent(database, scope);
    const table = invoiceFocusTable(content, await noteLineCosts(database, scope));
    return open(table, `${note.kind}-note-${name}-focus`, scope, 'BilledCost');
  }
  const opened = open(noteTable(note), `${note.kind}-note-${name}`, scope, undefined);
  opened.written.totalPicoUsd = parseUsdSum(note.totalUsd);
  return opened;
}

export async function openUsageExport(
  database: Database,
  question: UsageQuestion,
  manner: ExportManner & { readonly view: UsageExportView },
): Promise<OpenedExport> {
  const range = `${question.from.toISOString().slice(0, 10)}-${question.to.toISOString().slice(0, 10)}`;
  if (manner.view === 'entries') {
    return open(await usageTable(database, question), `usage-${range}`, manner, 'charge_usd');
  }
  const zones = await database.tenant(question.organizationId, (tx) =>
    listTimeZones(tx, question.organizationId),
  );
  const table = await usageFocusTable(database, question, (at) => {
    const period = billingPeriodAt(zones, at.getTime());
    return { start: new Date(period.startMs), end: new Date(period.endMs) };
  });
  return open(table, `usage-${range}-focus`, manner, 'BilledCost');
}

/** How many ledger entries a range holds, from the roll-ups: seconds behind at most. */
export async function countUsageEntries(database: Database, question: UsageQuestion): Promise<number> {
  const { organizationId, from, to, livemode } = question;
  if (from >= to) {
    throw new BillingError(
      'wrong-state',
      'Cannot export usage: the range must end after it begins',
      'empty-range',
    );
  }
  return database.tenant(organizationId, async (tx) => {
    const [row] = await tx.$queryRaw<{ entries: number }[]>`
      SELECT COALESCE(sum(entries), 0)::float8 AS entries FROM usage_rollups
      WHERE organization_id = ${organizationId} AND bucket_start >= ${new Date(from.getTime() - BUCKET_MS)}
        AND bucket_start < ${to} AND (${livemode ?? null}::boolean IS NULL OR livemode = ${livemode ?? null}::boolean)`;
    return row?.entries ?? 0;
  });
}

const BUCKET_MS = 15 * 60_000;

function open<R>(
  table: ExportTable<R>,
  name: string,
  { format, gzip }: ExportManner,
  amount: string | undefined,
): OpenedExport {
  const written: ExportTally = { rows: 0, totalPicoUsd: 0n };
  const isCompressed = gzip === true && format !== 'parquet';
  const isFocus = table.columns.some((column) => column.name === 'BilledCost');
  const stream = writeTable(tallied(table, written, amount), {
    format,
    gzip: isCompressed,
    ...(isFocus ? { timeText: isoSeconds } : {}),
  });
  return {
    stream,
    fileName: `${name}.${format}${isCompressed ? '.gz' : ''}`,
    contentType: isCompressed ? 'application/gzip' : EXPORT_CONTENT_TYPE[format],
    written,
  };
}

function tallied<R>(table: ExportTable<R>, tally: ExportTally, amount: string | undefined): ExportTable<R> {
  const column = table.columns.find(({ name }) => name === amount);
  async function* batches(): AsyncGenerator<readonly R[]> {
    for await (const rows of table.batches) {
      tally.rows += rows.length;
      if (column !== undefined) {
        for (const row of rows) tally.totalPicoUsd += BigInt((column.value(row) as bigint | null) ?? 0n);
      }
      yield rows;
    }
  }
  return { columns: table.columns, batches: batches() };
}

function lineCosts(
  database: Database,
  { organizationId, invoiceId }: { organizationId: string; invoiceId: string },
): Promise<Map<string, bigint>> {
  return database.tenant(organizationId, async (tx) => {
    const rows = await tx.$queryRaw<{ id: string; cost: string }[]>`
      SELECT id, cost_pico_usd::text AS cost FROM invoice_lines
      WHERE organization_id = ${organizationId} AND invoice_id = ${invoiceId} AND kind = 'usage'`;
    return new Map(rows.map((row) => [row.id, BigInt(row.cost)]));
  });
}

function noteLineCosts(
  database: Database,
  { organizationId, creditNoteId }: { organizationId: string; creditNoteId: string },
): Promise<Map<string, bigint>> {
  return database.tenant(organizationId, async (tx) => {
    const rows = await tx.$queryRaw<{ id: string; cost: string }[]>`
      SELECT id, cost_pico_usd::text AS cost FROM credit_note_lines
      WHERE organization_id = ${organizationId} AND credit_note_id = ${creditNoteId} AND kind = 'usage'`;
    return new Map(rows.map((row) => [row.id, BigInt(row.cost)]));
  });
}
