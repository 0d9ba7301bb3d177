import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { parseUsdSum, sumPicoUsd } from '@tollgate/money';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getNoteDocument, listUnrenderedNotes } from '../documents/note-documents.ts';
import { checkFocus, type FocusRecord } from '../fixtures/focus-check.ts';
import {
  anyEntries,
  type BillingFixture,
  createBillingFixture,
  DECEMBER_MS,
  type FixtureEntry,
  insertEntries,
  NOVEMBER_MS,
  rollUpFully,
} from '../fixtures/ledger-fixture.ts';
import { CLOSE_ACTOR } from '../lifecycle/close-periods.ts';
import { finalizeInvoice } from '../lifecycle/finalize.ts';
import { issueCreditNote } from '../lifecycle/issue-note.ts';
import { listCreditNotes } from '../queries/credit-notes.ts';
import { listInvoices } from '../queries/invoices.ts';
import { openCreditNoteExport, openInvoiceExport, openUsageExport } from './open-export.ts';

let fixture: BillingFixture;
let folder: string;
beforeAll(async () => {
  fixture = await createBillingFixture();
  folder = mkdtempSync(join(tmpdir(), 'tollgate-exports-'));
});
afterAll(async () => {
  await fixture?.close();
  rmSync(folder, { recursive: true, force: true });
});

const RANGE = { from: new Date(NOVEMBER_MS), to: new Date(DECEMBER_MS) };
const sum = (amounts: readonly (string | null)[]) =>
  sumPicoUsd(amounts.map((amount) => parseUsdSum(amount === null || amount === '' ? '0' : amount)));
const charged = (entries: readonly FixtureEntry[]) =>
  entries.reduce((total, entry) => total + BigInt(entry.chargePicoUsd), 0n);

/** As a spreadsheet does. */
function readCsv(bytes: Buffer): Record<string, string>[] {
  return parse(bytes, { columns: true, bom: true }) as Record<string, string>[];
}

/** Another implementation of Parquet than the one that wrote it. */
async function readParquet(bytes: Buffer): Promise<Record<string, string | null>[]> {
  const path = join(folder, `${process.hrtime.bigint()}.parquet`);
  writeFileSync(path, bytes);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(`SELECT COLUMNS(*)::VARCHAR FROM read_parquet('${path}')`);
    return reader.getRowObjects() as Record<string, string | null>[];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function toFocusRecords(rows: readonly Record<string, string>[]): FocusRecord[] {
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === '' ? null : value])),
  );
}

async function organizationWith(entries: readonly FixtureEntry[]) {
  const organizationId = await fixture.createOrganization({
    taxRates: [{ name: '=VAT', rateBasisPoints: 1900 }],
  });
  await insertEntries(fixture.worker, organizationId, entries);
  await rollUpFully(fixture.worker, organizationId);
  return organizationId;
}

describe('an export of usage', () => {
  it('[M5] sums to the ledger in every format, read back by other readers than its writers', async () => {
    await fc.assert(
      fc.asyncProperty(anyEntries({ size: 30 }), async (entries) => {
        const organizationId = await organizationWith(entries);
        const question = { organizationId, ...RANGE };
        const expected = charged(entries);
        const csv = await openUsageExport(fixture.console, question, {
          view: 'entries',
          format: 'csv',
          gzip: true,
        });
        const rows = readCsv(gunzipSync(await buffer(csv.stream)));
        expect(rows).toHaveLength(entries.length);
        expect(sum(rows.map((row) => row.charge_usd!))).toBe(expected);
        expect(csv.written).toEqual({ rows: entries.length, totalPicoUsd: expected });
        expect(rows.every((row) => !/^[=+@]/.test(row.end_user!))).toBe(true);

        const lines = await openUsageExport(fixture.console, question, { view: 'entries', format: 'jsonl' });
        const records = (await buffer(lines.stream))
          .toString('utf8')
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as Record<string, string | null>);
        expect(sum(records.map((record) => record.charge_usd!))).toBe(expected);
        expect(records.filter((record) => record.cost_usd === null)).toHaveLength(
          entries.filter((entry) => entry.costPicoUsd === null).length,
        );

        const parquet = await openUsageExport(fixture.console, question, {
          view: 'entries',
          format: 'parquet',
        });
        const table = await readParquet(await buffer(parquet.stream));
        expect(table).toHaveLength(entries.length);
        expect(sum(table.map((row) => row.charge_usd!))).toBe(expected);
        expect(sum(table.map((row) => row.cost_usd!))).toBe(
          entries.reduce((total, entry) => total + BigInt(entry.costPicoUsd ?? 0), 0n),
        );
      }),
      { numRuns: 6 },
    );
  });

  it('[M5] is FOCUS 1.2 by its text, and bills what the ledger charges', async () => {
    await fc.assert(
      fc.asyncProperty(anyEntries({ size: 30 }), async (entries) => {
        const organizationId = await organizationWith(entries);
        const opened = await openUsageExport(
          fixture.console,
          { organizationId, ...RANGE },
          { view: 'focus', format: 'csv' },
        );
        const rows = readCsv(await buffer(opened.stream));
        const records = toFocusRecords(rows);
        expect(
          checkFocus(Object.keys(rows[0] ?? {}), records).filter(
            (problem) => rows.length > 0 || problem === '',
          ),
        ).toEqual([]);
        expect(sum(rows.map((row) => row.BilledCost!))).toBe(charged(entries));
        expect(sum(rows.map((row) => row.x_ProviderCost!))).toBe(
          entries.reduce((total, entry) => total + BigInt(entry.costPicoUsd ?? 0), 0n),
        );
      }),
      { numRuns: 10 },
    );
  });

  it('takes tens of thousands of entries in batches and row groups, and loses none at their edges', async () => {
    const organizationId = await fixture.createOrganization();
    const entries = fc.sample(anyEntries({ size: 40, livemodes: [true] }), { numRuns: 1, seed: 7 })[0]!;
    let count = 0;
    let total = 0n;
    for (let round = 0; count < 12_500; round++) {
      const copies = Array.from({ length: 50 }, (_, copy) =>
        entries.map((entry) => ({
          ...entry,
          requestId: `${entry.requestId.slice(0, -4)}${String(copy + 50 * round).padStart(4, '0')}`,
        })),
      ).flat();
      await insertEntries(fixture.worker, organizationId, copies);
      count += copies.length;
      total += charged(copies);
    }
    const parquet = await openUsageExport(
      fixture.console,
      { organizationId, ...RANGE },
      { view: 'entries', format: 'parquet' },
    );
    const table = await readParquet(await buffer(parquet.stream));
    expect(table).toHaveLength(count);
    expect(new Set(table.map((row) => `${row.request_id}/${row.attempt}/${row.entry}`)).size).toBe(count);
    expect(sum(table.map((row) => row.charge_usd!))).toBe(total);
  });

  it('filters, and leaves out what another organization used', async () => {
    const [mine, theirs] = fc.sample(anyEntries({ size: 20, livemodes: [true] }), {
      numRuns: 2,
      seed: 3,
    }) as [FixtureEntry[], FixtureEntry[]];
    const organizationId = await organizationWith(mine);
    await organizationWith(theirs);
    const opened = await openUsageExport(
      fixture.console,
      { organizationId, ...RANGE, teamId: 'team_a', livemode: true },
      { view: 'entries', format: 'csv' },
    );
    const rows = readCsv(await buffer(opened.stream));
    expect(sum(rows.map((row) => row.charge_usd!))).toBe(
      charged(mine.filter(({ teamId }) => teamId === 'team_a')),
    );
  });
});

describe('an export of an invoice', () => {
  it('[M5] sums to it: its lines, its entries, and FOCUS with rounding and taxes', async () => {
    await fc.assert(
      fc.asyncProperty(anyEntries({ size: 30, owners: ['operator'], livemodes: [true] }), async (entries) => {
        const organizationId = await organizationWith(entries);
        const [draft] = (await listInvoices(fixture.console, { organizationId, limit: 5 })).data;
        if (draft === undefined) return;
        const scope = { organizationId, invoiceId: draft.id };
        await finalizeInvoice(fixture.console, {
          ...scope,
          actor: CLOSE_ACTOR,
          now: new Date(DECEMBER_MS + 60_000),
        });
        // Late usage is not the invoice's.
        await insertEntries(
          fixture.worker,
          organizationId,
          fc.sample(anyEntries({ size: 5, livemodes: [true] }), { numRuns: 1, seed: 5 })[0]!,
        );
        const [invoice] = (await listInvoices(fixture.console, { organizationId, limit: 5 })).data;

        for (const format of ['csv', 'parquet'] as const) {
          const read = async (view: 'lines' | 'entries' | 'focus') => {
            const bytes = await buffer(
              (await openInvoiceExport(fixture.console, { ...scope, view, format })).stream,
            );
            return format === 'csv' ? readCsv(bytes) : await readParquet(bytes);
          };
          const lines = await read('lines');
          expect(sum(lines.filter((row) => row.kind !== 'total').map((row) => row.amount_usd!))).toBe(
            parseUsdSum(invoice!.totalUsd),
          );
          expect(sum((await read('entries')).map((row) => row.charge_usd!))).toBe(
            parseUsdSum(invoice!.subtotalUsd),
          );
          const focus = await read('focus');
          expect(sum(focus.map((row) => row.BilledCost!))).toBe(parseUsdSum(invoice!.totalUsd));
          expect(new Set(focus.map((row) => row.InvoiceId))).toEqual(new Set([invoice!.number]));
          if (format === 'csv') {
            expect(
              checkFocus(Object.keys(focus[0]!), toFocusRecords(focus as Record<string, string>[])),
            ).toEqual([]);
          }
        }
      }),
      { numRuns: 6 },
    );
  });
});

describe('an export of a note', () => {
  it('[M5, M6] sums to it in every format, draft or issued', async () => {
    const [early, late] = fc.sample(anyEntries({ size: 30, owners: ['operator'], livemodes: [true] }), {
      numRuns: 2,
      seed: 11,
    }) as [FixtureEntry[], FixtureEntry[]];
    const organizationId = await organizationWith(early);
    const [draft] = (await listInvoices(fixture.console, { organizationId, limit: 5 })).data;
    const now = new Date(DECEMBER_MS + 60_000);
    await finalizeInvoice(fixture.console, { organizationId, invoiceId: draft!.id, actor: CLOSE_ACTOR, now });
    await insertEntries(
      fixture.worker,
      organizationId,
      late.map((entry) => ({ ...entry, requestId: `${entry.requestId}-late` })),
    );
    await rollUpFully(fixture.worker, organizationId);
    const read = async (
      creditNoteId: string,
      format: 'csv' | 'jsonl' | 'parquet',
      view: 'lines' | 'focus' = 'lines',
    ) => {
      const scope = { organizationId, creditNoteId, format, view };
      const opened = await openCreditNoteExport(fixture.console, scope);
      const bytes = await buffer(opened.stream);
      if (format === 'csv') return readCsv(bytes);
      if (format === 'parquet') return readParquet(bytes);
      return bytes
        .toString()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, string>);
    };
    for (const isIssued of [false, true]) {
      const [note] = (await listCreditNotes(fixture.console, { organizationId, limit: 5 })).data;
      expect(note?.state).toBe(isIssued ? 'issued' : 'draft');
      for (const format of ['csv', 'jsonl', 'parquet'] as const) {
        const rows = await read(note!.id, format);
        expect(rows.length).toBeGreaterThan(3);
        const amounts = rows.filter(({ kind }) => kind !== 'total').map((row) => String(row.amount_usd));
        expect(sum(amounts), format).toBe(parseUsdSum(note!.totalUsd));
        expect(rows.at(-1)?.kind).toBe('total');
      }
      const focus = await read(note!.id, 'csv', 'focus');
      const records = toFocusRecords(focus as Record<string, string>[]);
      expect(checkFocus(Object.keys(focus[0]!), records)).toEqual([]);
      expect(sum(focus.map((row) => row.BilledCost ?? ''))).toBe(parseUsdSum(note!.totalUsd));
      expect(new Set(focus.map((row) => row.ChargeClass))).toEqual(new Set(['Correction']));
      const document = () => getNoteDocument(fixture.console, { organizationId, creditNoteId: note!.id });
      const [pdf, again] = [await document(), await document()];
      expect(Buffer.from(pdf.content).subarray(0, 5).toString()).toBe('%PDF-');
      expect(again.sha256).toBe(pdf.sha256);
      expect(pdf.fileName).toMatch(isIssued ? /^\w+-note-TG-[CD]N-\d{4}-\d{6}\.pdf$/ : /^\w+-note-draft-/);
      const kept = await fixture.worker.tenant(organizationId, (tx) => tx.creditNoteDocument.findMany());
      expect(kept.map(({ sha256 }) => sha256)).toEqual(isIssued ? [pdf.sha256] : []);
      expect(await listUnrenderedNotes(fixture.worker, organizationId)).toEqual([]);
      if (!isIssued) {
        await issueCreditNote(fixture.console, {
          organizationId,
          creditNoteId: note!.id,
          actor: CLOSE_ACTOR,
          now,
        });
        expect(await listUnrenderedNotes(fixture.worker, organizationId)).toEqual([note!.id]);
      }
    }
  });
});

describe('checkFocus()', () => {
  const good = { BilledCost: '1.00' };
  it.each([
    ['a missing column', ['BilledCost'], [], 'BillingAccountId must be present'],
    ['a column of nobody', ['Foo'], [], 'Foo is no column of FOCUS 1.2 and must begin with x_'],
    [
      'a null where none may be',
      ['BilledCost'],
      [{ BilledCost: null }],
      'row 1: BilledCost must not be null',
    ],
    [
      'an exponent with a plus',
      ['BilledCost'],
      [{ BilledCost: '1E+3' }],
      'row 1: BilledCost must be a number, got 1E+3',
    ],
    [
      'a value that is not allowed',
      ['ChargeCategory'],
      [{ ChargeCategory: 'Fee' }],
      'row 1: ChargeCategory must be an allowed value, got Fee',
    ],
    [
      'usage without a price',
      ['ChargeCategory'],
      [{ ...good, ChargeCategory: 'Usage' }],
      'row 1: SkuId must not be null for Usage',
    ],
    [
      'a product that is another',
      ['ListCost'],
      [{ ListUnitPrice: '2', PricingQuantity: '3', ListCost: '7' }],
      'row 1: ListUnitPrice times PricingQuantity must be ListCost',
    ],
  ])('finds %s', (_name, columns, records, problem) => {
    expect(checkFocus(columns, records as unknown as FocusRecord[])).toContain(problem);
  });
});
