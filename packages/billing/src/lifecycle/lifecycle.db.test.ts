import type { Database } from '@tollgate/db';
import { parseUsdSum, sumPicoUsd } from '@tollgate/money';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  getInvoiceDocument,
  listUnrenderedInvoices,
  renderInvoiceDocuments,
} from '../documents/invoice-documents.ts';
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
import { getMonthClose } from '../month-close/month-close.ts';
import { getCreditNote, listCreditNotes, listNoteLineRequests } from '../queries/credit-notes.ts';
import { getInvoice, listInvoiceLines, listInvoices } from '../queries/invoices.ts';
import { listLineRequests } from '../queries/line-requests.ts';
import { BillingError } from './billing-error.ts';
import { canonicalJson, type Json, sha256Hex } from './canonical-json.ts';
import { CLOSE_ACTOR, closePeriods } from './close-periods.ts';
import { finalizeInvoice } from './finalize.ts';
import { issueCreditNote } from './issue-note.ts';
import { markPaid, voidInvoice } from './settle-invoice.ts';

let fixture: BillingFixture;
beforeAll(async () => {
  fixture = await createBillingFixture();
});
afterAll(() => fixture?.close());

const AFTER = new Date(DECEMBER_MS + 60_000);

async function organizationWithUsage(
  entries: readonly FixtureEntry[],
  options: Parameters<BillingFixture['createOrganization']>[0] = {},
) {
  const organizationId = await fixture.createOrganization(options);
  await insertEntries(fixture.worker, organizationId, entries);
  await rollUpFully(fixture.worker, organizationId);
  const { data } = await listInvoices(fixture.console, { organizationId, limit: 100 });
  return { organizationId, invoices: data };
}

function sample(seed: number, options: Parameters<typeof anyEntries>[0] = {}): FixtureEntry[] {
  return fc.sample(anyEntries({ owners: ['operator'], livemodes: [true], size: 30, ...options }), {
    numRuns: 1,
    seed,
  })[0]!;
}

async function allPages<T>(
  list: (cursor: string | undefined) => Promise<{ data: readonly T[]; nextCursor: string | null }>,
): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await list(cursor);
    all.push(...page.data);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return all;
}

const sumUsd = (amounts: readonly string[]) => sumPicoUsd(amounts.map(parseUsdSum));

/** Everything of an invoice that must never change again. */
async function frozenBytes(database: Database, organizationId: string, invoiceId: string) {
  const [row] = await database.tenant(
    organizationId,
    (tx) => tx.$queryRaw<Record<string, unknown>[]>`
      SELECT i.frozen::text AS frozen, i.frozen_sha256 AS sha, i.number, i.total_pico_usd::text AS total,
        (SELECT jsonb_agg(to_jsonb(l) ORDER BY l.id)::text FROM invoice_lines l WHERE l.invoice_id = i.id) AS lines
      FROM invoices i WHERE i.id = ${invoiceId}`,
  );
  return row!;
}

describe('a line', () => {
  it('[M5] opens to requests that sum to it, and lines sum to the invoice and the ledger, page by page', async () => {
    await fc.assert(
      fc.asyncProperty(anyEntries({ size: 25 }), fc.integer({ min: 1, max: 7 }), async (entries, limit) => {
        const { organizationId } = await organizationWithUsage(entries);
        for (const kind of ['invoice', 'showback'] as const) {
          for (const livemode of [true, false]) {
            const { data } = await listInvoices(fixture.console, {
              organizationId,
              kind,
              livemode,
              limit: 10,
            });
            const lines: string[] = [];
            for (const invoice of data) {
              const scope = { organizationId, invoiceId: invoice.id };
              for (const line of await allPages((cursor) =>
                listInvoiceLines(fixture.console, { ...scope, limit, cursor }),
              )) {
                const requests = await allPages((cursor) =>
                  listLineRequests(fixture.console, { ...scope, lineId: line.id, limit, cursor }),
                );
                expect(sumUsd(requests.map((request) => request.amountUsd))).toBe(
                  parseUsdSum(line.amountUsd),
                );
                expect(requests.reduce((total, request) => total + BigInt(request.quantity), 0n)).toBe(
                  BigInt(line.quantity),
                );
                lines.push(line.amountUsd);
              }
              expect(data.length).toBe(1);
              expect(sumUsd(lines)).toBe(parseUsdSum(invoice.subtotalUsd));
            }
            const ledger = entries
              .filter((entry) => entry.livemode === livemode)
              .reduce(
                (total, entry) =>
                  total + BigInt((kind === 'invoice' ? entry.chargePicoUsd : entry.costPicoUsd) ?? 0),
                0n,
              );
            expect(sumUsd(lines)).toBe(ledger);
          }
        }
      }),
      { numRuns: 5 },
    );
  });
});

describe('finalizeInvoice()', () => {
  it('refuses a running period', async () => {
    const { organizationId, invoices } = await organizationWithUsage(sample(1));
    const step = { organizationId, invoiceId: invoices[0]!.id, actor: CLOSE_ACTOR };
    await expect(
      finalizeInvoice(fixture.console, { ...step, now: new Date(DECEMBER_MS - 1) }),
    ).rejects.toMatchObject({ code: 'period-running' });
    await expect(
      finalizeInvoice(fixture.console, { ...step, invoiceId: 'inv_x', now: AFTER }),
    ).rejects.toMatchObject({ code: 'not-found' });
  });

  it('refuses while usage of the period is recorded but not yet added', async () => {
    const { organizationId, invoices } = await organizationWithUsage(sample(2));
    await insertEntries(fixture.worker, organizationId, sample(3));
    const step = { organizationId, invoiceId: invoices[0]!.id, actor: CLOSE_ACTOR, now: AFTER };
    await expect(finalizeInvoice(fixture.console, step)).rejects.toMatchObject({ code: 'usage-arriving' });
  });

  it('[M5] refuses a draft that does not equal the ledger', async () => {
    const { organizationId, invoices } = await organizationWithUsage(sample(4));
    await fixture.worker.tenant(
      organizationId,
      (tx) => tx.$executeRaw`
      UPDATE invoice_lines SET amount_pico_usd = amount_pico_usd + 1 WHERE id = (SELECT min(id) FROM invoice_lines WHERE kind = 'usage' AND invoice_id = ${invoices[0]!.id})`,
    );
    const step = { organizationId, invoiceId: invoices[0]!.id, actor: CLOSE_ACTOR, now: AFTER };
    await expect(finalizeInvoice(fixture.console, step)).rejects.toMatchObject({
      code: 'disagrees-with-ledger',
    });
  });

  it('[M6] gives an invoice that never changes: late usage goes to a debit note with its entries', async () => {
    const { organizationId, invoices } = await organizationWithUsage(sample(5), {
      taxRates: [{ name: 'VAT', rateBasisPoints: 1900 }],
    });
    const invoiceId = invoices[0]!.id;
    const step = { organizationId, invoiceId, actor: CLOSE_ACTOR, now: AFTER };
    const finalized = await finalizeInvoice(fixture.console, step);
    const before = await frozenBytes(fixture.worker, organizationId, invoiceId);
    expect(sha256Hex(canonicalJson(JSON.parse(String(before.frozen)) as Json))).toBe(finalized.sha256);

    const late = [...sample(6), ...sample(7)];
    for (const batch of [late.slice(0, 5), late.slice(5)]) {
      await insertEntries(fixture.worker, organizationId, batch);
      await rollUpFully(fixture.worker, organizationId);
    }
    await expect(finalizeInvoice(fixture.console, step)).rejects.toMatchObject({ code: 'wrong-state' });
    expect(await frozenBytes(fixture.worker, organizationId, invoiceId)).toEqual(before);

    const { data: notes } = await listCreditNotes(fixture.console, { organizationId, limit: 10 });
    expect(notes).toHaveLength(1);
    const note = await getCreditNote(fixture.console, { organizationId, creditNoteId: notes[0]!.id });
    const lateCharge = late.reduce((total, entry) => total + BigInt(entry.chargePicoUsd), 0n);
    expect(sumUsd(note.lines.map((line) => line.amountUsd))).toBe(lateCharge);
    expect(parseUsdSum(note.subtotalUsd)).toBe(lateCharge);
    const behind = new Set<string>();
    for (const line of note.lines) {
      const requests = await allPages((cursor) =>
        listNoteLineRequests(fixture.console, {
          organizationId,
          creditNoteId: note.id,
          lineId: line.id,
          limit: 7,
          cursor,
        }),
      );
      expect(requests).toHaveLength(line.entryCount);
      expect(sumUsd(requests.map((request) => request.amountUsd))).toBe(parseUsdSum(line.amountUsd));
      // Quantity times the price shown is the amount; adjustments have neither, and a markup is rounded for each request.
      const product = BigInt(line.quantity) * parseUsdSum(line.unitPriceUsd);
      if (line.component !== 'adjustment' && line.markupBasisPoints === 0) {
        expect(product).toBe(parseUsdSum(line.amountUsd));
      }
      for (const { requestId, attempt, entry } of requests) behind.add(`${requestId}/${attempt}/${entry}`);
    }
    const charged = late
      .filter((entry) => entry.chargePicoUsd !== '0')
      .map((entry) => `${entry.requestId}/${entry.attempt}/${entry.entry}`);
    expect(charged.filter((key) => !behind.has(key))).toEqual([]);

    const issued = await issueCreditNote(fixture.console, {
      organizationId,
      creditNoteId: note.id,
      actor: CLOSE_ACTOR,
      now: AFTER,
    });
    expect(issued.number).toMatch(/^TG-DN-2026-\d{6}$/);
    // What comes after that begins the next note.
    await insertEntries(fixture.worker, organizationId, sample(8));
    await rollUpFully(fixture.worker, organizationId);
    expect(
      (await listCreditNotes(fixture.console, { organizationId, limit: 10 })).data
        .map((each) => each.state)
        .toSorted(),
    ).toEqual(['draft', 'issued']);
    expect(
      (await getCreditNote(fixture.console, { organizationId, creditNoteId: note.id })).subtotalUsd,
    ).toBe(note.subtotalUsd);
    // A finalized line still opens to exactly its own requests.
    for (const line of await allPages((cursor) =>
      listInvoiceLines(fixture.console, { organizationId, invoiceId, limit: 50, cursor }),
    )) {
      const requests = await allPages((cursor) =>
        listLineRequests(fixture.console, { organizationId, invoiceId, lineId: line.id, limit: 50, cursor }),
      );
      expect(sumUsd(requests.map((request) => request.amountUsd))).toBe(parseUsdSum(line.amountUsd));
    }
  });

  it('[M6] lists notes that wait to be issued before those that are, and the close of the month names them', async () => {
    const usage = (seed: number) => [sample(seed), sample(seed + 1, { livemodes: [false] })].flat();
    const { organizationId, invoices } = await organizationWithUsage(usage(60));
    expect(invoices).toHaveLength(2);
    for (const { id: invoiceId } of invoices) {
      await finalizeInvoice(fixture.console, { organizationId, invoiceId, actor: CLOSE_ACTOR, now: AFTER });
    }
    const notesStep = async () => {
      const scope = { organizationId, at: new Date(DECEMBER_MS - 1), livemode: true };
      const { steps } = await fixture.console.tenant(organizationId, (tx) => getMonthClose(tx, scope, AFTER));
      return steps.find(({ step }) => step === 'notes');
    };
    expect(await notesStep()).toMatchObject({ state: 'none', count: 0, amountUsd: null });
    await insertEntries(fixture.worker, organizationId, usage(70));
    await rollUpFully(fixture.worker, organizationId);
    const list = (state?: 'draft' | 'issued') =>
      allPages((cursor) => listCreditNotes(fixture.console, { organizationId, state, limit: 1, cursor }));
    const [newer, older] = (await list()).toSorted((left, right) => (left.id < right.id ? 1 : -1));
    expect(await notesStep()).toMatchObject({ state: 'attention', count: 1, amountUsd: null });
    // The list that the step opens holds what it counts.
    const waiting = (livemode: boolean, beforeMs: number) =>
      listCreditNotes(fixture.console, {
        organizationId,
        waiting: true,
        livemode,
        before: new Date(beforeMs),
        limit: 50,
      });
    const [live, testOnes, earlier] = [
      await waiting(true, DECEMBER_MS),
      await waiting(false, DECEMBER_MS),
      await waiting(true, NOVEMBER_MS),
    ].map(({ data }) => data.map(({ livemode }) => livemode));
    expect([live, testOnes, earlier]).toEqual([[true], [false], []]);
    const issue = (creditNoteId: string) =>
      issueCreditNote(fixture.console, { organizationId, creditNoteId, actor: CLOSE_ACTOR, now: AFTER });
    await issue(newer!.id);
    expect((await list()).map(({ id }) => id)).toEqual([older!.id, newer!.id]);
    expect((await list('draft')).map(({ id }) => id)).toEqual([older!.id]);
    expect((await list('issued')).map(({ id }) => id)).toEqual([newer!.id]);
    await issue(older!.id);
    expect(await notesStep()).toMatchObject({ state: 'done', count: 0, amountUsd: null });
  });

  it('[M6] is protected by the database itself against every role of the product', async () => {
    const { organizationId, invoices } = await organizationWithUsage(sample(9));
    const invoiceId = invoices[0]!.id;
    await finalizeInvoice(fixture.console, { organizationId, invoiceId, actor: CLOSE_ACTOR, now: AFTER });
    for (const database of [fixture.console, fixture.worker]) {
      const attempts = [
        () =>
          database.tenant(
            organizationId,
            (tx) => tx.$executeRaw`UPDATE invoices SET total_pico_usd = 1 WHERE id = ${invoiceId}`,
          ),
        () =>
          database.tenant(
            organizationId,
            (tx) => tx.$executeRaw`UPDATE invoices SET frozen = '{}' WHERE id = ${invoiceId}`,
          ),
        () =>
          database.tenant(
            organizationId,
            (tx) => tx.$executeRaw`UPDATE invoices SET state = 'draft' WHERE id = ${invoiceId}`,
          ),
        () =>
          database.tenant(
            organizationId,
            (tx) => tx.$executeRaw`UPDATE invoice_lines SET quantity = 1 WHERE invoice_id = ${invoiceId}`,
          ),
        () =>
          database.tenant(
            organizationId,
            (tx) => tx.$executeRaw`DELETE FROM invoice_lines WHERE invoice_id = ${invoiceId}`,
          ),
        () =>
          database.tenant(
            organizationId,
            (tx) => tx.$executeRaw`DELETE FROM invoices WHERE id = ${invoiceId}`,
          ),
      ];
      for (const attempt of attempts) await expect(attempt()).rejects.toThrow();
    }
  });

  it('[M6] numbers without gaps under 20 concurrent finalizations of which some abort', async () => {
    const drafts = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        organizationWithUsage(sample(100 + index, { size: 3, livemodes: [index % 4 !== 3] })),
      ),
    );
    const outcomes = await Promise.all(
      drafts.map(async ({ organizationId, invoices }, index) => {
        const step = {
          organizationId,
          invoiceId: invoices[0]!.id,
          actor: CLOSE_ACTOR,
          now: new Date(Date.parse('2027-01-02T00:00:00Z')),
        };
        if (index % 3 !== 1) return finalizeInvoice(fixture.console, step);
        // Taken a number, then lost everything after it.
        const aborting: Database = {
          ...fixture.console,
          tenant: (id, run, options) =>
            fixture.console.tenant(
              id,
              async (tx) => {
                await run(tx);
                throw new Error('aborted after the number was taken');
              },
              options,
            ),
        };
        return finalizeInvoice(aborting, step).catch((error: Error) => error);
      }),
    );
    const numbers = outcomes.flatMap((outcome) => ('number' in outcome ? [outcome.number] : []));
    expect(outcomes.filter((outcome) => outcome instanceof Error)).toHaveLength(7);
    for (const prefix of ['TG-2027-', 'TEST-TG-2027-']) {
      const own = numbers
        .filter((number) => number.startsWith(prefix))
        .map((number) => Number(number.slice(prefix.length)))
        .toSorted((a, b) => a - b);
      expect(own).toEqual(Array.from({ length: own.length }, (_, index) => index + 1));
      expect(own.length).toBeGreaterThan(1);
    }
    // The aborted ones follow without a gap.
    const again = await Promise.all(
      drafts
        .filter((_, index) => index % 3 === 1)
        .map(({ organizationId, invoices }) =>
          finalizeInvoice(fixture.console, {
            organizationId,
            invoiceId: invoices[0]!.id,
            actor: CLOSE_ACTOR,
            now: new Date(Date.parse('2027-01-03T00:00:00Z')),
          }),
        ),
    );
    const live = [...numbers, ...again.map((each) => each.number)]
      .filter((number) => number.startsWith('TG-'))
      .map((number) => Number(number.slice(-6)))
      .toSorted((a, b) => a - b);
    expect(live).toEqual(Array.from({ length: 15 }, (_, index) => index + 1));
  });

  it('finalizes once when asked many times at once', async () => {
    const { organizationId, invoices } = await organizationWithUsage(sample(10));
    const step = { organizationId, invoiceId: invoices[0]!.id, actor: CLOSE_ACTOR, now: AFTER };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, () => finalizeInvoice(fixture.console, step)),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    expect(
      outcomes.every(
        (outcome) =>
          outcome.status === 'fulfilled' || (outcome.reason as BillingError).code === 'wrong-state',
      ),
    ).toBe(true);
  });

  it('[M5] loses nothing between a roll-up and a finalization that meet', async () => {
    const { organizationId, invoices } = await organizationWithUsage(sample(11));
    const step = { organizationId, invoiceId: invoices[0]!.id, actor: CLOSE_ACTOR, now: AFTER };
    const late = sample(12);
    await insertEntries(fixture.worker, organizationId, late);
    await Promise.all([
      rollUpFully(fixture.worker, organizationId),
      (async () => {
        for (;;) {
          try {
            return await finalizeInvoice(fixture.console, step);
          } catch (error) {
            if (!(error instanceof BillingError && error.code === 'usage-arriving')) throw error;
          }
        }
      })(),
    ]);
    const [sums] = await fixture.worker.tenant(
      organizationId,
      (tx) => tx.$queryRaw<Record<string, string>[]>`
      SELECT (SELECT sum(charge_pico_usd)::text FROM usage_entries) AS ledger,
        ((SELECT sum(amount_pico_usd) FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id WHERE i.kind = 'invoice' AND l.kind = 'usage')
         + COALESCE((SELECT sum(amount_pico_usd) FROM credit_note_lines), 0))::text AS documents`,
    );
    expect(sums!.documents).toBe(sums!.ledger);
  });
});

describe('closePeriods()', () => {
  const now = new Date(DECEMBER_MS + 3 * 86_400_000);

  it('closes after the grace days, once, live and test apart', async () => {
    const { organizationId, invoices } = await organizationWithUsage([
      ...sample(20),
      ...sample(22, { livemodes: [false] }),
    ]);
    expect(invoices).toHaveLength(2);
    expect(await closePeriods(fixture.worker, { organizationId, now: new Date(now.getTime() - 1) })).toEqual({
      finalized: [],
      waiting: [],
    });
    const [first, second] = await Promise.all([
      closePeriods(fixture.worker, { organizationId, now }),
      closePeriods(fixture.worker, { organizationId, now }),
    ]);
    const numbers = [...first.finalized, ...second.finalized].map((invoice) => invoice.number);
    expect(numbers).toHaveLength(2);
    expect(numbers.filter((number) => number.startsWith('TEST-'))).toHaveLength(1);
    expect(await closePeriods(fixture.worker, { organizationId, now })).toEqual({
      finalized: [],
      waiting: [],
    });
  });

  it('waits for an open gateway epoch that was not heard of since the period ended, and not for a fenced one', async () => {
    const { organizationId } = await organizationWithUsage(sample(21));
    await fixture.worker.platform(async (tx) => {
      await tx.gateway.create({ data: { id: 'gw_1', name: 'one' } });
      await tx.gatewayEpoch.create({
        data: {
          id: 'gwe_1',
          gatewayId: 'gw_1',
          state: 'open',
          startedAt: new Date(NOVEMBER_MS),
          lastSeenAt: new Date(DECEMBER_MS - 1),
        },
      });
    });
    const held = await closePeriods(fixture.worker, { organizationId, now });
    expect([held.finalized.length, held.waiting.length]).toEqual([0, 1]);
    await fixture.worker.platform((tx) =>
      tx.gatewayEpoch.update({ where: { id: 'gwe_1' }, data: { state: 'fenced' } }),
    );
    expect((await closePeriods(fixture.worker, { organizationId, now })).finalized).toHaveLength(1);
  });
});

describe('after finalization', () => {
  it('an invoice goes to paid or void, not back, and a step done twice is one step', async () => {
    const { organizationId, invoices } = await organizationWithUsage(sample(30));
    const step = { organizationId, invoiceId: invoices[0]!.id, actor: CLOSE_ACTOR, now: AFTER };
    await expect(markPaid(fixture.console, step)).rejects.toMatchObject({ code: 'wrong-state' });
    await finalizeInvoice(fixture.console, step);
    await markPaid(fixture.console, step);
    await markPaid(fixture.console, step);
    await expect(voidInvoice(fixture.console, step)).rejects.toMatchObject({ code: 'wrong-state' });
    expect(await getInvoice(fixture.console, { organizationId, invoiceId: step.invoiceId })).toMatchObject({
      state: 'paid',
      paidAt: AFTER.toISOString(),
    });
    const events = await fixture.console.tenant(organizationId, async (tx) => ({
      audit: await tx.auditEvent.findMany({ orderBy: { id: 'asc' } }),
      outbox: await tx.outboxEvent.findMany({ orderBy: { id: 'asc' } }),
    }));
    expect(events.audit.map((event) => event.action).toSorted()).toEqual([
      'invoice-finalized',
      'invoice-paid',
    ]);
    expect(events.outbox.map((event) => event.kind).toSorted()).toEqual([
      'invoice-finalized',
      'invoice-paid',
    ]);
  });
});

describe('documents', () => {
  it('[M6] are stored once, the same bytes for everybody who asks, and a draft is a preview only', async () => {
    const { organizationId, invoices } = await organizationWithUsage(sample(40));
    const scope = { organizationId, invoiceId: invoices[0]!.id };
    const preview = await getInvoiceDocument(fixture.console, { ...scope, kind: 'csv' });
    expect(new TextDecoder().decode(preview.content)).toContain('DRAFT');
    await expect(renderInvoiceDocuments(fixture.worker, scope)).rejects.toMatchObject({
      code: 'wrong-state',
    });
    await finalizeInvoice(fixture.console, { ...scope, actor: CLOSE_ACTOR, now: AFTER });
    expect(await listUnrenderedInvoices(fixture.worker, organizationId)).toEqual([scope.invoiceId]);
    const asked = await Promise.all([
      ...[fixture.console, fixture.worker, fixture.console].map((database) =>
        getInvoiceDocument(database, { ...scope, kind: 'pdf' }),
      ),
      renderInvoiceDocuments(fixture.worker, scope).then(() =>
        getInvoiceDocument(fixture.console, { ...scope, kind: 'pdf' }),
      ),
    ]);
    expect(new Set(asked.map((document) => document.sha256)).size).toBe(1);
    const rows = await fixture.worker.tenant(organizationId, (tx) => tx.invoiceDocument.findMany());
    expect(rows.map((row) => row.kind).toSorted()).toEqual(['csv', 'pdf']);
    expect(rows.find((row) => row.kind === 'pdf')?.sha256).toBe(asked[0]!.sha256);
    expect(await listUnrenderedInvoices(fixture.worker, organizationId)).toEqual([]);
  });
});
