import type { Database } from '@tollgate/db';
import { parseUsdSum } from '@tollgate/money';
import { waitFor } from '@tollgate/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  anyEntries,
  type BillingFixture,
  createBillingFixture,
  DECEMBER_MS,
  type FixtureEntry,
  insertEntries,
  rollUpFully,
} from '../fixtures/ledger-fixture.ts';
import { confirmCloseStep } from '../month-close/confirm-step.ts';
import { getMonthClose } from '../month-close/month-close.ts';
import { getCreditNote, listCreditNotes, listNoteLineRequests } from '../queries/credit-notes.ts';
import { listInvoices } from '../queries/invoices.ts';
import { CLOSE_ACTOR, closePeriods } from './close-periods.ts';
import { finalizeInvoice } from './finalize.ts';
import { issueCreditNote } from './issue-note.ts';
import { ISSUER_SETTING } from './issuer.ts';

let fixture: BillingFixture;
beforeAll(async () => {
  fixture = await createBillingFixture();
  // Audit events of the years that numbers are taken in.
  for (const month of ['2028-01-01', '2029-02-01']) {
    await fixture.worker.platform((tx) => tx.$queryRaw`SELECT ensure_month_partitions(${month}::date)::text`);
  }
});
afterAll(() => fixture?.close());

const AFTER = new Date(DECEMBER_MS + 60_000);

function sample(seed: number, options: Parameters<typeof anyEntries>[0] = {}): FixtureEntry[] {
  return fc.sample(anyEntries({ owners: ['operator'], livemodes: [true], size: 30, ...options }), {
    numRuns: 1,
    seed,
  })[0]!;
}

async function organizationWithUsage(entries: readonly FixtureEntry[], options = {}) {
  const organizationId = await fixture.createOrganization(options);
  await insertEntries(fixture.worker, organizationId, entries);
  await rollUpFully(fixture.worker, organizationId);
  const { data } = await listInvoices(fixture.console, { organizationId, limit: 10 });
  return { organizationId, invoices: data };
}

async function numbersOf(series: string): Promise<number[]> {
  const numbers: number[] = [];
  for (const { organizationId } of made) {
    const rows = await fixture.worker.tenant(organizationId, (tx) =>
      tx.invoice.findMany({ where: { series }, select: { number: true } }),
    );
    numbers.push(...rows.map(({ number }) => Number(number!.slice(-6))));
  }
  return numbers.toSorted((left, right) => left - right);
}
const made: { organizationId: string }[] = [];

/** Ends the connections of some who finalize just now, as the death of their processes does. */
async function killSomeFinalizers(killer: Database): Promise<number> {
  const [row] = await killer.platform(
    (tx) => tx.$queryRaw<{ killed: number }[]>`
      SELECT count(pg_terminate_backend(pid))::int AS killed FROM (
        SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user
          AND state <> 'idle' AND pid <> pg_backend_pid() AND xact_start IS NOT NULL ORDER BY random() LIMIT 2) AS chosen`,
  );
  return row?.killed ?? 0;
}

/** A database whose transactions end before one of their statements, as when their process dies there. */
function breakable(database: Database, beforeStatement: () => void): Database {
  const guarded = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(inner, name) {
        const value: unknown = Reflect.get(inner, name);
        if (typeof value === 'object' && value !== null) return guarded(value);
        if (typeof value !== 'function') return value;
        return (...parameters: unknown[]) => {
          beforeStatement();
          return (value as (...all: unknown[]) => unknown).apply(inner, parameters);
        };
      },
    });
  return {
    ...database,
    tenant: (id, run, options) => database.tenant(id, (tx) => run(guarded(tx)), options),
  };
}

describe('[M6] numbers', () => {
  it('have no gaps and no doubles under 50 concurrent finalizations of which many are killed at any statement', async () => {
    const now = new Date('2028-01-02T00:00:00Z');
    const drafts: Awaited<ReturnType<typeof organizationWithUsage>>[] = [];
    for (let index = 0; index < 50; index++) {
      const draft = await organizationWithUsage(sample(1_000 + index, { size: 2 }));
      if (draft.invoices.length > 0) drafts.push(draft);
    }
    made.push(...drafts);
    expect(drafts.length).toBeGreaterThan(40);
    const finalize = ({ organizationId, invoices }: (typeof drafts)[number]) =>
      finalizeInvoice(fixture.console, {
        organizationId,
        invoiceId: invoices[0]!.id,
        actor: CLOSE_ACTOR,
        now,
      });
    const assassin = fixture.openConsole();
    let running = true;
    let killed = 0;
    const killer = (async () => {
      while (running) killed += await killSomeFinalizers(assassin);
    })();
    const outcomes = await Promise.allSettled(drafts.map(finalize));
    running = false;
    await killer;
    const failed = outcomes.filter(({ status }) => status === 'rejected').length;
    expect(killed).toBeGreaterThan(0);
    expect(failed).toBeGreaterThan(0);
    const numbers = await numbersOf('TG-2028');
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => index + 1));
    // Whoever was killed comes again, and once more on a connection that ended late: nothing is numbered twice.
    const after = await waitFor(async () => {
      await Promise.allSettled(drafts.map(finalize));
      const found = await numbersOf('TG-2028');
      return found.length >= drafts.length && found;
    });
    expect(after).toEqual(Array.from({ length: drafts.length }, (_, index) => index + 1));
  }, 180_000);

  it('of test documents belong to the issuer as well, and a real series cannot look like theirs', async () => {
    const setIssuer = (value: object) =>
      fixture.console.platform((tx) =>
        tx.platformSetting.upsert({
          where: { key: ISSUER_SETTING },
          create: { key: ISSUER_SETTING, value },
          update: { value },
        }),
      );
    const finalizeOne = async (seed: number, livemode: boolean) => {
      const { organizationId, invoices } = await organizationWithUsage(
        sample(seed, { livemodes: [livemode], size: 4 }),
      );
      const step = {
        organizationId,
        invoiceId: invoices[0]!.id,
        actor: CLOSE_ACTOR,
        now: new Date('2029-02-01T00:00:00Z'),
      };
      return finalizeInvoice(fixture.console, step);
    };
    try {
      await setIssuer({ id: 'one', seriesPrefix: 'ONE' });
      expect((await finalizeOne(41, false)).number).toBe('TEST-ONE-2029-000001');
      await setIssuer({ id: 'two', seriesPrefix: 'TWO' });
      expect((await finalizeOne(42, false)).number).toBe('TEST-TWO-2029-000001');
      // The same prefix by another issuer would number two documents alike.
      await setIssuer({ id: 'three', seriesPrefix: 'ONE' });
      await expect(finalizeOne(43, false)).rejects.toMatchObject({ code: 'series-taken' });
      await setIssuer({ id: 'four', seriesPrefix: 'TEST' });
      await expect(finalizeOne(44, true)).rejects.toThrow(/prefix of test documents/);
    } finally {
      await setIssuer({});
    }
  });
});

describe('[M6] after finalization', () => {
  it('a thousand late, duplicate and corrected records change no byte of the invoice and make notes that equal an independent sum', async () => {
    const taxRates = [{ name: 'VAT', rateBasisPoints: 1900 }];
    const { organizationId, invoices } = await organizationWithUsage(sample(7, { size: 60 }), { taxRates });
    const invoiceId = invoices[0]!.id;
    await finalizeInvoice(fixture.console, { organizationId, invoiceId, actor: CLOSE_ACTOR, now: AFTER });
    const bytes = () =>
      fixture.worker.tenant(organizationId, async (tx) => {
        const rows = await tx.$queryRaw<Record<string, unknown>[]>`
          SELECT i.frozen::text AS frozen, i.frozen_sha256, i.total_pico_usd::text AS total, i.number, i.version,
            (SELECT jsonb_agg(to_jsonb(l) ORDER BY l.id)::text FROM invoice_lines l WHERE l.invoice_id = i.id) AS lines
          FROM invoices i WHERE i.id = ${invoiceId}`;
        return JSON.stringify(rows);
      });
    const before = await bytes();

    const late: FixtureEntry[] = [];
    for (let seed = 100; late.length < 700; seed++) late.push(...sample(seed, { size: 60 }));
    // Corrections of what is there: some take away, some add.
    const corrections = late.slice(0, 300).map((entry, index): FixtureEntry => {
      const amount = String((index % 3 === 0 ? 1n : -1n) * BigInt(1_000 + index) * 7n);
      return { ...entry, entry: 2 + (index % 5), components: [], costPicoUsd: amount, chargePicoUsd: amount };
    });
    const unique = [
      ...new Map(
        [...late, ...corrections].map((entry) => [
          `${entry.requestId}/${entry.attempt}/${entry.entry}`,
          entry,
        ]),
      ).values(),
    ];
    for (let start = 0; start < unique.length; start += 150) {
      const batch = unique.slice(start, start + 150);
      await insertEntries(fixture.worker, organizationId, batch);
      // Duplicates: the ledger has them already.
      await expect(insertEntries(fixture.worker, organizationId, batch.slice(0, 20))).rejects.toThrow();
      await rollUpFully(fixture.worker, organizationId);
    }
    expect(unique.length).toBeGreaterThan(950);
    expect(await bytes()).toBe(before);

    const [note] = (await listCreditNotes(fixture.console, { organizationId, limit: 10 })).data;
    const exact = unique.reduce((sum, entry) => sum + BigInt(entry.chargePicoUsd), 0n);
    expect(parseUsdSum(note!.subtotalUsd)).toBe(exact);
    // Independently: exact, to the cent away from zero, then the tax of the rounded sum, again to the cent.
    const CENT = 10_000_000_000n;
    const round = (amount: bigint) => {
      const magnitude = amount < 0n ? -amount : amount;
      const cents = ((magnitude * 2n + CENT) / (CENT * 2n)) * CENT;
      return amount < 0n ? -cents : cents;
    };
    const rounded = round(exact);
    const tax = round((rounded * 19n) / 100n);
    await issueCreditNote(fixture.console, {
      organizationId,
      creditNoteId: note!.id,
      actor: CLOSE_ACTOR,
      now: AFTER,
    });
    const issued = await getCreditNote(fixture.console, { organizationId, creditNoteId: note!.id });
    expect(issued.kind).toBe(exact < 0n ? 'credit' : 'debit');
    expect(parseUsdSum(issued.roundingUsd)).toBe(rounded - exact);
    expect(parseUsdSum(issued.taxUsd)).toBe(tax);
    expect(parseUsdSum(issued.totalUsd)).toBe(rounded + tax);
    // What a correction takes back stands before what it puts in its place.
    const given = new Set<string>();
    for (const { teamId, costCenter, provider, model, component, amountUsd } of issued.lines) {
      const what = JSON.stringify([teamId, costCenter, provider, model, component]);
      if (amountUsd.startsWith('-')) expect([...given]).not.toContain(what);
      else given.add(what);
    }
    // Every entry stands behind a line, page by page.
    const behind = new Set<string>();
    for (const line of issued.lines) {
      let cursor: string | undefined;
      do {
        const page = await listNoteLineRequests(fixture.console, {
          organizationId,
          creditNoteId: note!.id,
          lineId: line.id,
          limit: 200,
          cursor,
        });
        for (const { requestId, attempt, entry } of page.data) behind.add(`${requestId}/${attempt}/${entry}`);
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
    }
    const charged = unique
      .filter((entry) => entry.chargePicoUsd !== '0')
      .map((entry) => `${entry.requestId}/${entry.attempt}/${entry.entry}`);
    expect(charged.filter((key) => !behind.has(key))).toEqual([]);
    expect(await bytes()).toBe(before);
  }, 120_000);
});

describe('the close, killed at each of its steps', () => {
  it('[M6] leaves one invoice: whatever was killed is done by the next run, and nothing twice', async () => {
    const { organizationId } = await organizationWithUsage(sample(21), { graceDays: 0 });
    let count = 0;
    let failAt = Number.POSITIVE_INFINITY;
    // A connection that is lost before the n-th statement of a finalization.
    const breaking = breakable(fixture.worker, () => {
      count++;
      if (count === failAt) throw new Error('the process was killed here');
    });
    const now = new Date(DECEMBER_MS + 60_000);
    let steps = 0;
    for (failAt = 1; ; failAt++) {
      count = 0;
      const result = await closePeriods(breaking, { organizationId, now }).catch((error: Error) => error);
      if (!(result instanceof Error) && result.finalized.length > 0) break;
      steps++;
      expect(steps).toBeLessThan(300);
    }
    expect(steps).toBeGreaterThan(8);
    const invoices = await fixture.worker.tenant(organizationId, (tx) =>
      tx.invoice.findMany({ where: { kind: 'invoice' }, select: { number: true, state: true } }),
    );
    expect(invoices).toHaveLength(1);
    expect(invoices[0]!.state).toBe('open');
    const events = await fixture.worker.tenant(organizationId, (tx) =>
      tx.auditEvent.count({ where: { action: 'invoice-finalized' } }),
    );
    expect(events).toBe(1);
    expect((await closePeriods(fixture.worker, { organizationId, now })).finalized).toEqual([]);
  }, 60_000);
});

describe('getMonthClose()', () => {
  const actor = { kind: 'user' as const, id: 'usr_1', name: 'Finance' };
  const origin = { ipAddress: '', userAgent: '', requestId: '' };
  it('goes step by step, shows what changed after it was confirmed, and remembers who did what', async () => {
    const { organizationId, invoices } = await organizationWithUsage(sample(31));
    const scope = { organizationId, at: new Date(DECEMBER_MS - 1), livemode: true };
    const read = (now: Date) => fixture.console.tenant(organizationId, (tx) => getMonthClose(tx, scope, now));
    const stateOf = async (step: string, now = AFTER) =>
      (await read(now)).steps.find((each) => each.step === step)!;
    const confirm = (step: 'review' | 'unknown-prices' | 'late-usage') =>
      fixture.console.tenant(organizationId, (tx) =>
        confirmCloseStep(tx, { ...scope, step, note: 'ok', actor, origin, now: AFTER }),
      );

    expect((await stateOf('period-ended', new Date(DECEMBER_MS - 1_000))).state).toBe('waiting');
    expect((await stateOf('period-ended')).state).toBe('done');
    expect((await stateOf('usage-arrived')).state).toBe('done');
    expect((await stateOf('reconciliation')).state).toBe('done');
    for (const step of ['unknown-prices', 'late-usage'] as const) {
      if ((await stateOf(step)).state === 'attention') await confirm(step);
    }
    expect((await stateOf('finalize')).state).toBe('blocked');
    await confirm('review');
    expect(await stateOf('review')).toMatchObject({ state: 'done', doneBy: 'Finance', note: 'ok' });
    expect((await stateOf('finalize')).state).toBe('attention');

    await insertEntries(fixture.worker, organizationId, sample(32));
    expect((await stateOf('usage-arrived')).state).toBe('waiting');
    await rollUpFully(fixture.worker, organizationId);
    expect((await stateOf('review')).state).toBe('changed');
    expect((await stateOf('finalize')).state).toBe('blocked');
    await finalizeInvoice(fixture.console, { organizationId, invoiceId: invoices[0]!.id, actor, now: AFTER });
    expect(await stateOf('finalize')).toMatchObject({ state: 'done', doneBy: 'Finance' });
    expect((await stateOf('send')).state).toBe('attention');
  });

  it('waits for a gateway that says it has a request open from before the month’s end, and for no other', async () => {
    const { organizationId } = await organizationWithUsage(sample(33), { graceDays: 0 });
    const epoch = (id: string, oldestOpenAt: Date | null, openReportedAt: Date) =>
      fixture.worker.platform(async (tx) => {
        await tx.gateway.upsert({
          where: { id: 'gw_m' },
          create: { id: 'gw_m', name: 'edge-1' },
          update: {},
        });
        const data = {
          state: 'open',
          startedAt: new Date(DECEMBER_MS - 86_400_000),
          lastSeenAt: AFTER,
          oldestOpenAt,
          openReportedAt,
        };
        await tx.gatewayEpoch.upsert({
          where: { id },
          create: { id, gatewayId: 'gw_m', ...data },
          update: data,
        });
      });
    const read = () =>
      fixture.console.tenant(organizationId, (tx) =>
        getMonthClose(tx, { organizationId, at: new Date(DECEMBER_MS - 1), livemode: true }, AFTER),
      );
    const close = () => closePeriods(fixture.worker, { organizationId, now: AFTER });
    try {
      await epoch('gwe_m', new Date(DECEMBER_MS - 5_000), AFTER);
      expect((await read()).steps[1]).toMatchObject({
        step: 'usage-arrived',
        state: 'waiting',
        count: 1,
        details: [{ label: 'edge-1' }],
      });
      expect((await close()).waiting).toHaveLength(1);
      await epoch('gwe_m', null, new Date(DECEMBER_MS - 1));
      expect((await close()).waiting).toHaveLength(1);
      await epoch('gwe_m', new Date(DECEMBER_MS + 1_000), AFTER);
      expect((await read()).steps[1]).toMatchObject({ state: 'done', count: 0 });
      expect((await close()).finalized).toHaveLength(1);
    } finally {
      await fixture.worker.platform((tx) =>
        tx.gatewayEpoch.updateMany({ where: { id: 'gwe_m' }, data: { state: 'closed' } }),
      );
    }
  });
});
