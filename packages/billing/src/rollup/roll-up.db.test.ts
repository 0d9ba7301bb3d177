import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '@tollgate/db';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  anyEntries,
  type BillingFixture,
  countUnrolled,
  createBillingFixture,
  DECEMBER_MS,
  type FixtureEntry,
  insertEntries,
  NOVEMBER_MS,
  rollUpFully,
} from '../fixtures/ledger-fixture.ts';
import { compareSums, derived, expectEqualSums } from '../fixtures/ledger-sums.ts';
import { rebuildDraft, rebuildRollups } from './rebuild.ts';
import { rollUp } from './roll-up.ts';

let fixture: BillingFixture;
beforeAll(async () => {
  fixture = await createBillingFixture();
});
afterAll(() => fixture?.close());

function split<T>(items: readonly T[], parts: number): T[][] {
  return Array.from({ length: parts }, (_, part) => items.filter((_item, index) => index % parts === part));
}

describe('rollUp()', () => {
  it('[M5] makes cubes, invoice and showback lines that sum to the ledger, and rebuilding them changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(anyEntries(), fc.integer({ min: 1, max: 4 }), async (entries, batches) => {
        const organizationId = await fixture.createOrganization();
        for (const batch of split(entries, batches)) {
          await insertEntries(fixture.worker, organizationId, batch);
          await rollUpFully(fixture.worker, organizationId);
        }
        expectEqualSums(await compareSums(fixture.worker, organizationId));
        const incremental = await derived(fixture.worker, organizationId);
        await rebuildRollups(fixture.worker, {
          organizationId,
          from: new Date(NOVEMBER_MS),
          to: new Date(DECEMBER_MS),
        });
        for (const { id } of await fixture.worker.tenant(organizationId, (tx) =>
          tx.invoice.findMany({ select: { id: true } }),
        )) {
          await rebuildDraft(fixture.worker, { organizationId, invoiceId: id, nowMs: NOVEMBER_MS });
        }
        expect(await derived(fixture.worker, organizationId)).toEqual(incremental);
      }),
      { numRuns: 12 },
    );
  });

  it('[M2] counts each entry once with writers and five workers at once, and windows cut anywhere', async () => {
    const organizationId = await fixture.createOrganization();
    const entries = fc.sample(anyEntries({ size: 80 }), { numRuns: 6, seed: 7 }).flat();
    const batches = split(entries, 24);
    const others = Array.from({ length: 5 }, () => fixture.openWorker());
    let writing = true;
    const readers = others.map(async (database, index) => {
      while (writing) {
        await rollUp(database, { organizationId, nowMs: NOVEMBER_MS, maxEntries: 3 + index * 7 });
        await delay(1);
      }
    });
    await Promise.all(batches.map((batch) => insertEntries(fixture.worker, organizationId, batch)));
    writing = false;
    await Promise.all(readers);
    await rollUpFully(fixture.worker, organizationId);
    expectEqualSums(await compareSums(fixture.worker, organizationId));
  });

  it('[M2] waits for a writer that started first and commits last', async () => {
    const organizationId = await fixture.createOrganization();
    const [early, late] = split(fc.sample(anyEntries({ size: 10 }), { numRuns: 1, seed: 3 })[0]!, 2) as [
      FixtureEntry[],
      FixtureEntry[],
    ];
    const release = Promise.withResolvers<void>();
    const hasXid = Promise.withResolvers<void>();
    const slow = fixture.worker.tenant(
      organizationId,
      async (tx) => {
        await tx.$queryRaw`SELECT pg_current_xact_id()::text`;
        hasXid.resolve();
        await release.promise;
        // Written late, under the early transaction id.
        await insertWithin(tx, organizationId, early);
      },
      { timeoutMs: 30_000 },
    );
    await hasXid.promise;
    await insertEntries(fixture.worker, organizationId, late);
    await rollUp(fixture.worker, { organizationId, nowMs: NOVEMBER_MS });
    expect(await countUnrolled(fixture.worker, organizationId)).toBe(late.length);
    release.resolve();
    await slow;
    await rollUpFully(fixture.worker, organizationId);
    expectEqualSums(await compareSums(fixture.worker, organizationId));
  });

  it('[M2] leaves all or nothing when its session is killed in the middle', async () => {
    const organizationId = await fixture.createOrganization();
    const entries = fc.sample(anyEntries({ size: 60 }), { numRuns: 3, seed: 11 }).flat();
    await insertEntries(fixture.worker, organizationId, entries);
    for (let round = 0; round < 6; round++) {
      const victim = fixture.openWorker();
      const running = rollUp(victim, { organizationId, nowMs: NOVEMBER_MS, maxEntries: 20 }).catch(
        (error: unknown) => error,
      );
      // Between any two statements: each round a little later.
      await delay(round * 4);
      await killRollUps(fixture.worker);
      await running;
    }
    await rollUpFully(fixture.worker, organizationId);
    expectEqualSums(await compareSums(fixture.worker, organizationId));
  });

  it('takes all rows of one transaction that is larger than a window', async () => {
    const organizationId = await fixture.createOrganization();
    const entries = fc.sample(anyEntries({ size: 40 }), { numRuns: 2, seed: 5 }).flat();
    await insertEntries(fixture.worker, organizationId, entries);
    await rollUpFully(fixture.worker, organizationId);
    expectEqualSums(await compareSums(fixture.worker, organizationId));
  });
});

describe('summaries by day', () => {
  it('[M5] hold a day with two midnights as a whole, and are made again to the same', async () => {
    const organizationId = await fixture.createOrganization({ timeZone: 'America/Havana' });
    const [template] = fc.sample(anyEntries({ size: 1, owners: ['operator'] }), { numRuns: 1, seed: 2 })[0]!;
    // On 1 November 2026 clocks show 00:00 at 04:00 UTC, and again at 05:00.
    const times = ['2026-11-01T04:15:00Z', '2026-11-01T05:15:00Z', '2026-11-02T12:00:00Z'];
    const entries = times.map((time, index) => ({
      ...template!,
      startedAtMs: Date.parse(time),
      requestId: `req_${index}`,
      attempt: 1,
      entry: 0,
    }));
    await insertEntries(fixture.worker, organizationId, entries);
    await rollUpFully(fixture.worker, organizationId);
    const days = () =>
      fixture.worker.tenant(
        organizationId,
        (tx) =>
          tx.$queryRaw`SELECT bucket_start AS start, requests::integer FROM usage_summaries
          WHERE grain = 'day' AND dimension = '' ORDER BY 1`,
      );
    const expected = [
      { start: new Date('2026-11-01T04:00:00Z'), requests: 2 },
      { start: new Date('2026-11-02T05:00:00Z'), requests: 1 },
    ];
    expect(await days()).toEqual(expected);
    const span = { from: new Date(NOVEMBER_MS), to: new Date(NOVEMBER_MS + 3 * 86_400_000) };
    await rebuildRollups(fixture.worker, { organizationId, ...span });
    expect(await days()).toEqual(expected);
  });
});

describe('the documents of a period', () => {
  it('[M5] are divided at midnight of the organization, and between live and test', async () => {
    const organizationId = await fixture.createOrganization({ timeZone: 'Asia/Tokyo' });
    const boundary = Date.parse('2026-10-31T15:00:00Z');
    const [template] = fc.sample(anyEntries({ size: 1, owners: ['operator'] }), { numRuns: 1, seed: 2 })[0]!;
    const charge = {
      component: 'input',
      quantity: 10,
      unitPricePicoUsd: '5',
      costPicoUsd: '50',
      chargePicoUsd: '50',
    };
    const entryAt = (startedAtMs: number, livemode: boolean, requestId: string): FixtureEntry => ({
      ...template!,
      startedAtMs,
      livemode,
      requestId,
      attempt: 1,
      entry: 0,
      components: [charge],
      costPicoUsd: '50',
      chargePicoUsd: '50',
      markupBasisPoints: 0,
    });
    await insertEntries(fixture.worker, organizationId, [
      entryAt(boundary - 1, true, 'req_before'),
      entryAt(boundary, true, 'req_after'),
      entryAt(boundary, false, 'req_test'),
    ]);
    await rollUpFully(fixture.worker, organizationId);
    const invoices = await fixture.worker.tenant(organizationId, (tx) =>
      tx.invoice.findMany({
        where: { kind: 'invoice' },
        orderBy: [{ periodStart: 'asc' }, { livemode: 'asc' }],
        include: { lines: true },
      }),
    );
    expect(
      invoices.map((invoice) => [
        invoice.periodStart.toISOString(),
        invoice.livemode,
        invoice.subtotalPicoUsd.toFixed(0),
      ]),
    ).toEqual([
      ['2026-09-30T15:00:00.000Z', true, '50'],
      ['2026-10-31T15:00:00.000Z', false, '50'],
      ['2026-10-31T15:00:00.000Z', true, '50'],
    ]);
  });

  it("[M5] have no usage line for usage on the organization's own credential, which showback shows at cost", async () => {
    const organizationId = await fixture.createOrganization();
    const entries = fc.sample(anyEntries({ size: 20, owners: ['organization'] }), {
      numRuns: 1,
      seed: 9,
    })[0]!;
    await insertEntries(fixture.worker, organizationId, entries);
    await rollUpFully(fixture.worker, organizationId);
    const sums = await compareSums(fixture.worker, organizationId);
    expectEqualSums(sums);
    expect(sums.documents.showback).not.toBe('0');
    expect(
      await fixture.worker.tenant(organizationId, (tx) => tx.invoice.count({ where: { kind: 'invoice' } })),
    ).toBe(0);
  });

  it('[M4] round the subtotal and each tax once, halves away from zero', async () => {
    const organizationId = await fixture.createOrganization({
      taxRates: [
        { name: 'VAT', rateBasisPoints: 1900 },
        { name: 'City', rateBasisPoints: 50 },
      ],
    });
    const [template] = fc.sample(anyEntries({ size: 1, owners: ['operator'], livemodes: [true] }), {
      numRuns: 1,
      seed: 2,
    })[0]!;
    const amount = '1005000000000';
    await insertEntries(fixture.worker, organizationId, [
      {
        ...template!,
        entry: 0,
        components: [
          {
            component: 'input',
            quantity: 1,
            unitPricePicoUsd: amount,
            costPicoUsd: amount,
            chargePicoUsd: amount,
          },
        ],
        costPicoUsd: amount,
        chargePicoUsd: amount,
      },
    ]);
    await rollUpFully(fixture.worker, organizationId);
    const invoice = await fixture.worker.tenant(organizationId, (tx) =>
      tx.invoice.findFirstOrThrow({ where: { kind: 'invoice' } }),
    );
    // 1.005 → 1.01; 19 % of 1.01 = 0.1919 → 0.19; 0.5 % of 1.01 = 0.00505 → 0.01.
    expect(
      [invoice.subtotalPicoUsd, invoice.roundingPicoUsd, invoice.taxPicoUsd, invoice.totalPicoUsd].map(
        (value) => value.toFixed(0),
      ),
    ).toEqual(['1005000000000', '5000000000', '200000000000', '1210000000000']);
  });
});

async function killRollUps(database: Database): Promise<void> {
  await database.platform(
    (tx) => tx.$queryRaw`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE usename = current_user AND pid <> pg_backend_pid() AND datname = current_database() AND state IN ('active', 'idle in transaction')`,
  );
}

async function insertWithin(
  tx: Parameters<Parameters<Database['tenant']>[1]>[0],
  organizationId: string,
  entries: readonly FixtureEntry[],
): Promise<void> {
  const within = {
    tenant: (_organizationId: string, run: (inner: typeof tx) => Promise<unknown>) => run(tx),
  } as unknown as Database;
  await insertEntries(within, organizationId, entries);
}
