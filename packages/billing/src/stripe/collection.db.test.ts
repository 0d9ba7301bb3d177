import { toBigInt } from '@tollgate/db';
import { PICO_USD_PER_USD } from '@tollgate/money';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { getCreditBalance } from '../credits/credit-ledger.ts';
import {
  CLOSE_MS,
  type CollectionFixture,
  Crash,
  createCollectionFixture,
  makeOwing,
  TEST_ACTOR,
} from '../fixtures/collection-fixture.ts';
import { collectionQuestions, USAGE } from '../fixtures/collection-questions.ts';
import { anyEntries, DECEMBER_MS, NOVEMBER_MS } from '../fixtures/ledger-fixture.ts';
import { FrozenInvoice } from '../lifecycle/frozen-invoice.ts';
import { markPaid, voidInvoice } from '../lifecycle/settle-invoice.ts';
import { smaller } from '../plans/charge-lines.ts';
import { refreshDrafts } from '../plans/ensure-drafts.ts';
import { changeSubscription, FREE_PLAN_ID } from '../plans/subscription.ts';

let fixture: CollectionFixture;
beforeAll(async () => {
  fixture = await createCollectionFixture();
});
afterAll(() => fixture?.close());
beforeEach(() => {
  fixture.clock.nowMs = CLOSE_MS;
  fixture.standIn.behave({});
});

const { onlyInvoice, theirs, charges, collection, assertCollectedOnce } = collectionQuestions(() => fixture);

/** Six at once: the machine has other work. */
async function inBatches<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += 6) {
    results.push(...(await Promise.all(items.slice(from, from + 6).map(run))));
  }
  return results;
}

describe('collecting an invoice', () => {
  it('[M5] plan, seats, included usage, credits and usage sum exactly; Stripe has the same total, paid once', async () => {
    const { organizationId, customerId } = await makeOwing(fixture, {
      entries: USAGE(1),
      creditsPicoUsd: 20n * PICO_USD_PER_USD,
      taxRates: [{ name: 'VAT', rateBasisPoints: 1_900 }],
    });
    await fixture.work(organizationId);
    await assertCollectedOnce(organizationId, customerId);
    const invoice = await onlyInvoice(organizationId);
    const frozen = FrozenInvoice.parse(invoice.frozen);
    const sum = (kind: string) =>
      frozen.lines
        .filter((line) => line.kind === kind)
        .reduce((total, line) => total + BigInt(line.amountPicoUsd), 0n);
    const usage = USAGE(1).reduce((total, entry) => total + BigInt(entry.chargePicoUsd), 0n);
    expect(sum('usage')).toBe(usage);
    expect(sum('fee')).toBe((99n + 2n * 15n) * PICO_USD_PER_USD);
    const included = smaller(usage, 50n * PICO_USD_PER_USD);
    expect(sum('credit')).toBe(-included - 20n * PICO_USD_PER_USD);
    expect(BigInt(frozen.subtotalPicoUsd)).toBe(sum('usage') + sum('fee') + sum('credit'));
    const balance = await fixture.worker.tenant(organizationId, (tx) => getCreditBalance(tx, organizationId));
    expect(balance).toBe(0n);
  });

  it('[M6] makes no invoice of nothing for months after a plan has ended', async () => {
    const { organizationId } = await makeOwing(fixture);
    const end = { organizationId, planId: FREE_PLAN_ID, seats: 1, actor: TEST_ACTOR };
    await fixture.worker.tenant(organizationId, (tx) =>
      changeSubscription(tx, { ...end, now: new Date(NOVEMBER_MS + 9 * 86_400_000) }),
    );
    await refreshDrafts(fixture.worker, organizationId, DECEMBER_MS + 86_400_000);
    await fixture.work(organizationId);
    await refreshDrafts(fixture.worker, organizationId, DECEMBER_MS + 40 * 86_400_000);
    const invoices = await fixture.worker.tenant(organizationId, (tx) =>
      tx.invoice.findMany({ where: { organizationId, kind: 'invoice' }, select: { periodStart: true } }),
    );
    expect(invoices).toEqual([{ periodStart: new Date(NOVEMBER_MS) }]);
  });

  it('[M5] credits never exceed what is owed, and drafts of two months share one balance', async () => {
    const { organizationId } = await makeOwing(fixture, { creditsPicoUsd: 150n * PICO_USD_PER_USD });
    await refreshDrafts(fixture.worker, organizationId, DECEMBER_MS + 86_400_000);
    const drafts = await fixture.worker.tenant(organizationId, (tx) =>
      tx.invoice.findMany({ where: { organizationId, state: 'draft' }, orderBy: { periodStart: 'asc' } }),
    );
    // 129 USD in November; of December's 129 the remaining 21 are covered.
    expect(drafts.map(({ totalPicoUsd }) => toBigInt(totalPicoUsd))).toEqual([0n, 108n * PICO_USD_PER_USD]);
    await fixture.work(organizationId);
    expect((await onlyInvoice(organizationId)).state).toBe('paid');
    expect(await fixture.worker.tenant(organizationId, (tx) => getCreditBalance(tx, organizationId))).toBe(
      21n * PICO_USD_PER_USD,
    );
  });

  it('a kill at any step of close and of push leaves one invoice, one Stripe invoice, one payment', async () => {
    const owing = () => makeOwing(fixture, { creditsPicoUsd: 5n * PICO_USD_PER_USD });
    const doomed = (crash: Crash) => ({
      database: crash.database(fixture.worker),
      processor: fixture.openProcessor(crash.fetch),
    });
    // Its own steps: how many events there are to apply besides depends on how many have come.
    const alone = new Crash(0);
    fixture.standIn.behave({ hold: true });
    await fixture.work((await owing()).organizationId, doomed(alone));
    fixture.standIn.behave({});
    const whole = await owing();
    const counting = new Crash(0);
    await fixture.work(whole.organizationId, doomed(counting));
    await assertCollectedOnce(whole.organizationId, whole.customerId);
    expect(counting.points).toBeGreaterThan(40);
    const points = Array.from({ length: counting.points }, (_, index) => index + 1);
    const killed = await inBatches(points, async (at) => {
      const made = await owing();
      const crash = new Crash(at);
      await fixture.work(made.organizationId, doomed(crash)).catch(() => undefined);
      return { ...made, died: crash.dead };
    });
    // Events that are applied on the way are of all organizations, so a few ways are shorter than the first.
    expect(killed.filter(({ died }) => died).length).toBeGreaterThan(alone.points * 0.8);
    const resume = async ({ organizationId, customerId }: { organizationId: string; customerId: string }) => {
      await fixture.work(organizationId);
      await assertCollectedOnce(organizationId, customerId);
      const balance = await fixture.worker.tenant(organizationId, (tx) =>
        getCreditBalance(tx, organizationId),
      );
      expect(balance).toBe(0n);
    };
    fixture.clock.nowMs = CLOSE_MS + 6 * 60_000;
    await inBatches(
      killed.filter((_, index) => index % 2 === 0),
      resume,
    );
    // The others so much later that Stripe has forgotten the idempotency keys.
    fixture.standIn.forgetIdempotencyKeys();
    fixture.clock.nowMs = CLOSE_MS + 30 * 3_600_000;
    await inBatches(
      killed.filter((_, index) => index % 2 === 1),
      resume,
    );
  }, 300_000);

  it('two workers at once push one invoice once', async () => {
    const { organizationId, customerId } = await makeOwing(fixture);
    await Promise.all([fixture.work(organizationId), fixture.work(organizationId)]);
    fixture.clock.nowMs += 6 * 60_000;
    await fixture.work(organizationId);
    await assertCollectedOnce(organizationId, customerId);
  });

  it('never sends test traffic, and the database refuses it to every role', async () => {
    const test = fc.sample(anyEntries({ owners: ['operator'], livemodes: [false], size: 5 }), {
      numRuns: 1,
      seed: 3,
    })[0]!;
    const { organizationId } = await makeOwing(fixture, { entries: test, plan: false });
    const before = fixture.standIn.calls.length;
    await fixture.work(organizationId);
    const invoice = await onlyInvoice(organizationId, false);
    expect(invoice.state).toBe('open');
    expect(fixture.standIn.calls.slice(before).filter((call) => call.includes('/v1/invoices'))).toEqual([]);
    for (const database of [fixture.worker, fixture.console]) {
      await expect(
        database.tenant(organizationId, (tx) =>
          tx.stripePush.create({
            data: {
              id: `push_${Math.random()}`,
              organizationId,
              kind: 'invoice',
              targetId: invoice.id,
              version: 1,
            },
          }),
        ),
      ).rejects.toThrow();
    }
  });

  it('leaves a declined invoice open, with the failed payment; a person pays on its page', async () => {
    const { organizationId } = await makeOwing(fixture, { card: 'declines-later' });
    await fixture.work(organizationId);
    const invoice = await onlyInvoice(organizationId);
    expect(invoice.state).toBe('open');
    expect((await collection(organizationId, invoice.id)).payments).toMatchObject([
      { state: 'failed', failureCode: 'generic_decline' },
    ]);
    const [stripeInvoice] = theirs(invoice.id);
    await fetch(stripeInvoice!.hosted_invoice_url!, {
      method: 'POST',
      body: new URLSearchParams({ action: 'pay' }),
    });
    await fixture.standIn.webhooksSettled();
    await fixture.work(organizationId);
    expect((await onlyInvoice(organizationId)).state).toBe('paid');
    expect((await collection(organizationId, invoice.id)).payments).toMatchObject([
      { state: 'succeeded', method: 'card', reference: 'visa •••• 4242' },
    ]);
  });

  it('sends an invoice to be paid where there is no payment method', async () => {
    const { organizationId } = await makeOwing(fixture, { card: 'none' });
    await fixture.work(organizationId);
    const [stripeInvoice] = theirs((await onlyInvoice(organizationId)).id);
    expect(stripeInvoice).toMatchObject({ status: 'open', collection_method: 'send_invoice' });
  });
});

describe('what happens by hand', () => {
  it('a payment by transfer is told to Stripe, which charges nobody', async () => {
    const { organizationId, customerId } = await makeOwing(fixture, { card: 'none' });
    await fixture.work(organizationId);
    const { id } = await onlyInvoice(organizationId);
    const step = { organizationId, invoiceId: id, actor: TEST_ACTOR, now: new Date(fixture.clock.nowMs) };
    await markPaid(fixture.console, { ...step, reference: 'SEPA 4711', paidAt: new Date(CLOSE_MS - 1_000) });
    await fixture.work(organizationId);
    expect(theirs(id)).toMatchObject([{ status: 'paid' }]);
    expect(charges(customerId)).toEqual([]);
    const { payments } = await collection(organizationId, id);
    expect(payments).toMatchObject([{ method: 'manual', reference: 'SEPA 4711', state: 'succeeded' }]);
  });

  it('void gives the credits back and voids the invoice in Stripe', async () => {
    const { organizationId } = await makeOwing(fixture, {
      card: 'none',
      creditsPicoUsd: 9n * PICO_USD_PER_USD,
    });
    await fixture.work(organizationId);
    const { id } = await onlyInvoice(organizationId);
    await voidInvoice(fixture.console, {
      organizationId,
      invoiceId: id,
      actor: TEST_ACTOR,
      now: new Date(CLOSE_MS),
    });
    await fixture.work(organizationId);
    expect(theirs(id)).toMatchObject([{ status: 'void' }]);
    expect(await fixture.worker.tenant(organizationId, (tx) => getCreditBalance(tx, organizationId))).toBe(
      9n * PICO_USD_PER_USD,
    );
  });

  it('what was paid before Stripe ever heard of it is not told', async () => {
    const { organizationId } = await makeOwing(fixture);
    fixture.standIn.fault({ fail: 100 });
    await fixture.work(organizationId);
    fixture.standIn.fault({ fail: 0 });
    const { id } = await onlyInvoice(organizationId);
    await markPaid(fixture.console, {
      organizationId,
      invoiceId: id,
      actor: TEST_ACTOR,
      now: new Date(CLOSE_MS),
    });
    fixture.clock.nowMs += 2 * 3_600_000;
    await fixture.work(organizationId);
    expect(theirs(id)).toEqual([]);
  });
});
