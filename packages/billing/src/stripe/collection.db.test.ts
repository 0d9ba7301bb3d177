import { toBigInt } from '@tollgate/db';
import { PICO_USD_PER_CENT, PICO_USD_PER_USD, parseUsdSum } from '@tollgate/money';
import fc from 'fast-check';
import type Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addCreditEntry, getCreditBalance } from '../credits/credit-ledger.ts';
import {
  CLOSE_MS,
  type CollectionFixture,
  Crash,
  createCollectionFixture,
  makeOwing,
  TEST_ACTOR,
} from '../fixtures/collection-fixture.ts';
import {
  anyEntries,
  DECEMBER_MS,
  type FixtureEntry,
  insertEntries,
  NOVEMBER_MS,
  rollUpFully,
} from '../fixtures/ledger-fixture.ts';
import { FrozenInvoice } from '../lifecycle/frozen-invoice.ts';
import { issueCreditNote } from '../lifecycle/issue-note.ts';
import { markPaid, voidInvoice } from '../lifecycle/settle-invoice.ts';
import { getCollection } from '../payments/collection-view.ts';
import { smaller } from '../plans/charge-lines.ts';
import { refreshDrafts } from '../plans/ensure-drafts.ts';
import { changeSubscription, FREE_PLAN_ID } from '../plans/subscription.ts';
import { getCreditNote } from '../queries/credit-notes.ts';
import { applyStripeEvents } from './apply-event.ts';
import { compareWithStripe } from './compare.ts';
import { TARGET_METADATA } from './customer.ts';
import { retryPushes } from './push-queue.ts';
import { runPushes } from './run-pushes.ts';
import type { StripeFetch } from './stripe-client.ts';
import { SignatureError, storeEvent, verifyEvent } from './webhook.ts';

let fixture: CollectionFixture;
beforeAll(async () => {
  fixture = await createCollectionFixture();
});
afterAll(() => fixture?.close());
beforeEach(() => {
  fixture.clock.nowMs = CLOSE_MS;
  fixture.standIn.behave({});
});

const USAGE = (seed: number): FixtureEntry[] =>
  fc.sample(anyEntries({ owners: ['operator'], livemodes: [true], size: 12 }), { numRuns: 1, seed })[0]!;

async function onlyInvoice(organizationId: string, livemode = true) {
  const invoices = await fixture.worker.tenant(organizationId, (tx) =>
    tx.invoice.findMany({
      where: { organizationId, kind: 'invoice', livemode, periodStart: new Date(NOVEMBER_MS) },
    }),
  );
  expect(invoices).toHaveLength(1);
  return invoices[0]!;
}

/** Six at once: the machine has other work. */
async function inBatches<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += 6) {
    results.push(...(await Promise.all(items.slice(from, from + 6).map(run))));
  }
  return results;
}

const theirs = (invoiceId: string) =>
  fixture.standIn
    .list<Stripe.Invoice>('invoice')
    .filter(({ metadata }) => metadata?.[TARGET_METADATA] === invoiceId);

const charges = (customerId: string) =>
  fixture.standIn
    .list<Stripe.Charge>('charge')
    .filter(({ customer, status }) => customer === customerId && status === 'succeeded');

const collection = (organizationId: string, invoiceId: string) =>
  fixture.worker.tenant(organizationId, (tx) => getCollection(tx, organizationId, invoiceId));

async function assertCollectedOnce(organizationId: string, customerId: string): Promise<void> {
  const invoice = await onlyInvoice(organizationId);
  expect(invoice.state).toBe('paid');
  const [stripeInvoice, ...more] = theirs(invoice.id);
  expect(more).toEqual([]);
  const total = toBigInt(invoice.totalPicoUsd);
  expect(BigInt(stripeInvoice!.total) * PICO_USD_PER_CENT).toBe(total);
  expect(stripeInvoice!.number).toBe(invoice.number);
  expect(charges(customerId).map(({ amount }) => BigInt(amount) * PICO_USD_PER_CENT)).toEqual([total]);
  const { payments, pushes } = await collection(organizationId, invoice.id);
  expect(payments.map(({ kind, state }) => `${kind} ${state}`)).toEqual(['payment succeeded']);
  expect(pushes.map(({ state }) => state)).toEqual(['done']);
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
    expect(killed.filter(({ died }) => died).length).toBeGreaterThan(counting.points * 0.8);
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

describe('a note', () => {
  const LATE = (chargePicoUsd: bigint, at: number): FixtureEntry => {
    const [first] = USAGE(1);
    const amount = String(chargePicoUsd);
    return {
      ...first!,
      requestId: `req_late_${at}`,
      startedAtMs: NOVEMBER_MS + at,
      attempt: 1,
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
    };
  };
  /** The draft note, as it is shown. */
  const late = async (organizationId: string, amount: bigint, at: number) => {
    await insertEntries(fixture.worker, organizationId, [LATE(amount, at)]);
    await rollUpFully(fixture.worker, organizationId);
    const note = await fixture.worker.tenant(organizationId, (tx) =>
      tx.creditNote.findFirstOrThrow({ where: { organizationId, state: 'draft' } }),
    );
    return getCreditNote(fixture.console, { organizationId, creditNoteId: note.id });
  };
  const issue = async (organizationId: string, creditNoteId: string) => {
    const now = new Date(fixture.clock.nowMs);
    await issueCreditNote(fixture.console, { organizationId, creditNoteId, actor: TEST_ACTOR, now });
    const issued = await fixture.worker.tenant(organizationId, (tx) =>
      tx.creditNote.findFirstOrThrow({ where: { organizationId, id: creditNoteId } }),
    );
    return toBigInt(issued.totalPicoUsd) / PICO_USD_PER_USD;
  };
  const correct = async (organizationId: string, amount: bigint, at: number) =>
    issue(organizationId, (await late(organizationId, amount, at)).id);
  const balance = async (organizationId: string) =>
    (await fixture.worker.tenant(organizationId, (tx) => getCreditBalance(tx, organizationId))) /
    PICO_USD_PER_USD;
  const USD = PICO_USD_PER_USD;

  it('[M6] gives prepaid credits back to the balance, and only what was paid to Stripe', async () => {
    const { organizationId } = await makeOwing(fixture, {
      plan: false,
      entries: [LATE(110n * USD, 1)],
      creditsPicoUsd: 100n * USD,
    });
    await fixture.work(organizationId);
    expect((await onlyInvoice(organizationId)).state).toBe('paid');
    // Ten were paid by card, so of forty thirty come back as credits.
    expect(await correct(organizationId, -40n * USD, 2)).toBe(-10n);
    expect(await balance(organizationId)).toBe(30n);
    expect(await correct(organizationId, -20n * USD, 3)).toBe(0n);
    expect(await balance(organizationId)).toBe(50n);
    await fixture.work(organizationId);
    const { id } = await onlyInvoice(organizationId);
    const stripeId = theirs(id)[0]!.id;
    const notes = fixture.standIn
      .list<Stripe.CreditNote>('credit_note')
      .filter(({ invoice }) => invoice === stripeId);
    expect(notes.map(({ total }) => total)).toEqual([1_000]);
  });

  it('[M6] draws prepaid credits for late usage as its invoice would have, and shows them before it is issued', async () => {
    const { organizationId } = await makeOwing(fixture, {
      plan: false,
      entries: [LATE(60n * USD, 1)],
      creditsPicoUsd: 100n * USD,
    });
    await fixture.work(organizationId);
    expect(await balance(organizationId)).toBe(40n);
    const foreseen = await late(organizationId, 25n * USD, 2);
    expect(foreseen.lines.map(({ kind, component, amountUsd }) => [kind, component, amountUsd])).toEqual([
      ['usage', 'input', '25.00'],
      ['credit', 'prepaid', '-25.00'],
    ]);
    expect([foreseen.subtotalUsd, foreseen.totalUsd]).toEqual(['0.00', '0.00']);
    expect(await issue(organizationId, foreseen.id)).toBe(0n);
    expect(await balance(organizationId)).toBe(15n);
    // More than is left: the rest is owed. A correction then returns credits before it pays anything out.
    expect(await correct(organizationId, 20n * USD, 3)).toBe(5n);
    expect(await balance(organizationId)).toBe(0n);
    expect(await correct(organizationId, -12n * USD, 4)).toBe(-5n);
    expect(await balance(organizationId)).toBe(7n);
  });

  it('[M6] is as if its usage had been on the invoice, whatever comes in whichever order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.bigInt({ min: 1n, max: 120n }),
        fc.bigInt({ min: 0n, max: 150n }),
        fc.array(
          fc.bigInt({ min: -60n, max: 60n }).filter((amount) => amount !== 0n),
          { minLength: 1, maxLength: 4 },
        ),
        async (first, credits, changes) => {
          const { organizationId } = await makeOwing(fixture, {
            plan: false,
            entries: [LATE(first * USD, 1)],
            creditsPicoUsd: credits * USD,
          });
          await fixture.work(organizationId);
          let [usage, left, used] = [0n, credits, 0n];
          const owe = (more: bigint) => {
            const owed = usage + more > 0n ? usage + more : 0n;
            const back = used > owed ? used - owed : 0n;
            const room = more < owed - used ? more : owed - used;
            const drawn = back > 0n ? 0n : smaller(room, left);
            [usage, left, used] = [usage + more, left + back - drawn, used - back + drawn];
            return more + back - drawn;
          };
          owe(first);
          expect(await balance(organizationId)).toBe(left);
          for (const [index, change] of changes.entries()) {
            const expected = owe(change);
            const foreseen = await late(organizationId, change * USD, index + 2);
            const total = await issue(organizationId, foreseen.id);
            expect([total, parseUsdSum(foreseen.totalUsd) / USD]).toEqual([expected, expected]);
            expect(await balance(organizationId)).toBe(left);
          }
        },
      ),
      { numRuns: 6 },
    );
  }, 120_000);

  it('[M6] of a void invoice is refused where it gives back, and stands alone where it asks', async () => {
    const { organizationId } = await makeOwing(fixture, {
      card: 'none',
      entries: [LATE(60n * USD, 1)],
      creditsPicoUsd: 8n * USD,
    });
    await fixture.work(organizationId);
    const { id: invoiceId } = await onlyInvoice(organizationId);
    const now = new Date(fixture.clock.nowMs);
    await voidInvoice(fixture.console, { organizationId, invoiceId, actor: TEST_ACTOR, now });
    expect(await balance(organizationId)).toBe(8n);
    const note = await late(organizationId, -5n * USD, 2);
    expect(note.lines.filter(({ kind }) => kind === 'credit')).toEqual([]);
    await expect(issue(organizationId, note.id)).rejects.toMatchObject({
      code: 'wrong-state',
      message: expect.stringContaining('its invoice must not be void'),
    });
    // The same draft grows into a debit note: the plan's usage went with the invoice, the balance did not.
    expect(await correct(organizationId, 15n * USD, 3)).toBe(2n);
    expect(await balance(organizationId)).toBe(0n);
  });

  it('[M6] keeps of the balance what it drew itself when its invoice is void: nobody pays for what is void', async () => {
    const { organizationId } = await makeOwing(fixture, {
      plan: false,
      card: 'none',
      entries: [LATE(60n * USD, 1)],
      creditsPicoUsd: 50n * USD,
    });
    await fixture.work(organizationId);
    const now = new Date(fixture.clock.nowMs);
    const grant = { kind: 'grant', causeId: 'more', amountPicoUsd: 40n * USD, nowMs: now.getTime() } as const;
    await fixture.console.tenant(organizationId, (tx) => addCreditEntry(tx, { organizationId, ...grant }));
    expect(await correct(organizationId, 40n * USD, 2)).toBe(0n);
    expect(await correct(organizationId, -30n * USD, 3)).toBe(-10n);
    expect(await balance(organizationId)).toBe(20n);
    const { id: invoiceId } = await onlyInvoice(organizationId);
    await voidInvoice(fixture.console, { organizationId, invoiceId, actor: TEST_ACTOR, now });
    // The notes stand: 10 of usage, for which 20 was drawn and 10 is paid back.
    expect(await balance(organizationId)).toBe(70n);
  });

  it('[M6] neither bills late usage that the plan includes nor pays out what it had included', async () => {
    // The plan includes 50 USD of usage.
    const { organizationId } = await makeOwing(fixture, { entries: [LATE(40n * USD, 1)] });
    await fixture.work(organizationId);
    expect(await correct(organizationId, 15n * USD, 2)).toBe(5n);
    expect(await correct(organizationId, -25n * USD, 3)).toBe(-5n);
    expect(await correct(organizationId, -10n * USD, 4)).toBe(0n);
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

describe('events', () => {
  it('twice, in reverse and late lead to the same state: paid, refunded, disputed', async () => {
    const { organizationId, customerId } = await makeOwing(fixture);
    fixture.standIn.behave({ hold: true, copies: 3 });
    await fixture.work(organizationId);
    const { id } = await onlyInvoice(organizationId);
    const [intent] = fixture.standIn
      .list<Stripe.PaymentIntent>('payment_intent')
      .filter(({ customer }) => customer === customerId);
    await fixture.processor.stripe.refunds.create({ payment_intent: intent!.id, amount: 1_000 });
    const dispute = fixture.standIn.dispute(intent!.id);
    fixture.standIn.closeDispute(dispute, 'won');
    await fixture.standIn.flush('reversed');
    const now = new Date(fixture.clock.nowMs);
    await applyStripeEvents(fixture.worker, fixture.processor, { now });
    const { payments } = await collection(organizationId, id);
    // They happened in one second.
    const rows = payments.map(({ kind, state, amountUsd }) => [kind, state, amountUsd]);
    expect(rows.toSorted()).toEqual([
      ['dispute', 'won', '129.00'],
      ['payment', 'succeeded', '129.00'],
      ['refund', 'succeeded', '10.00'],
    ]);
    expect((await onlyInvoice(organizationId)).state).toBe('paid');
    const waiting = await fixture.worker.platform((tx) =>
      tx.stripeEvent.count({ where: { appliedAt: null } }),
    );
    expect(waiting).toBe(0);
  });

  it('are applied with what the audit log tells of them, as Stripe’s doing, or not at all', async () => {
    const { organizationId } = await makeOwing(fixture, { card: 'none' });
    await fixture.work(organizationId);
    const { id } = await onlyInvoice(organizationId);
    await fixture.processor.stripe.invoices.voidInvoice(theirs(id)[0]!.id);
    const apply = () =>
      applyStripeEvents(fixture.worker, fixture.processor, { now: new Date(fixture.clock.nowMs) });
    await fixture.withoutAudit(apply);
    expect((await onlyInvoice(organizationId)).state).toBe('open');
    fixture.clock.nowMs += 3_600_000;
    await apply();
    expect((await onlyInvoice(organizationId)).state).toBe('void');
    const told = await fixture.worker.tenant(organizationId, (tx) =>
      tx.auditEvent.findMany({ where: { targetId: id, action: 'invoice-voided' } }),
    );
    expect(told).toMatchObject([
      { actorKind: 'system', actorId: 'stripe', before: { state: 'open' }, after: { state: 'void' } },
    ]);
  });

  it('are refused unsigned, altered, and too old; taken with an older secret while a rotation runs', async () => {
    const { stripe } = fixture.processor;
    const payload = JSON.stringify({
      id: 'evt_x',
      object: 'event',
      type: 'nothing.we.know',
      data: { object: {} },
    });
    const timestamp = Math.floor(CLOSE_MS / 1_000);
    const sign = (secret: string, at = timestamp) =>
      stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: at });
    const verify = (body: string, header: string) => verifyEvent(fixture.processor, body, header, CLOSE_MS);
    expect(verify(payload, sign('whsec_of_before_the_rotation')).id).toBe('evt_x');
    for (const [body, header] of [
      [payload, ''],
      [payload, sign('whsec_of_somebody')],
      [payload.replace('evt_x', 'evt_y'), sign('whsec_the_newest_one')],
      [payload, sign('whsec_the_newest_one', timestamp - 301)],
    ] as const) {
      expect(() => verify(body, header)).toThrow(SignatureError);
    }
  });

  it('of unknown kinds and of nobody here are stored, and change nothing', async () => {
    const now = new Date(CLOSE_MS);
    for (const object of [
      {},
      { object: 'tax_code', id: 'txcd_1' },
      { object: 'invoice', id: 'in_of_nobody' },
    ]) {
      const id = `evt_${Math.random().toString(36).slice(2)}`;
      const event = { id, object: 'event', type: 'odd', data: { object } } as unknown as Stripe.Event;
      expect(await storeEvent(fixture.console, event, CLOSE_MS)).toBe(true);
      expect(await storeEvent(fixture.console, event, CLOSE_MS)).toBe(false);
    }
    expect(await applyStripeEvents(fixture.worker, fixture.processor, { now })).toBe(3);
  });
});

describe('the nightly comparison', () => {
  it('finds nothing where nothing differs, and each planted difference', async () => {
    const { organizationId, customerId } = await makeOwing(fixture, { entries: USAGE(5) });
    await fixture.work(organizationId);
    const now = new Date(CLOSE_MS + 3_600_000);
    const compare = () => compareWithStripe(fixture.worker, fixture.processor, { organizationId, now });
    expect(await compare()).toEqual([]);
    const invoice = await onlyInvoice(organizationId);
    const [stripeInvoice] = theirs(invoice.id);
    await fixture.processor.stripe.invoices.create({ customer: customerId }).then(async ({ id }) => {
      await fixture.processor.stripe.invoices.addLines(id, {
        lines: [{ amount: 77, description: 'By hand' }],
      });
      await fixture.processor.stripe.invoices.finalizeInvoice(id);
    });
    Object.assign(stripeInvoice!, { total: stripeInvoice!.total + 1, status: 'open' });
    expect((await compare()).map(({ kind }) => kind).toSorted()).toEqual(['state', 'total', 'unknown-here']);
    Object.assign(stripeInvoice!, { metadata: {} });
    expect((await compare()).map(({ kind }) => kind)).toContain('missing-in-stripe');
  });
});

/** The way to Stripe, on which the first call of a kind is lost: on its way there, or its answer on the way back. */
function losing(method: string, path: RegExp, which: 'call' | 'answer'): StripeFetch {
  let left = 1;
  return async (input, init) => {
    const isIt = init?.method === method && path.test(new URL(String(input)).pathname) && left > 0;
    if (isIt) left -= 1;
    if (isIt && which === 'call') throw new TypeError('the call is lost');
    const response = await fetch(input, init);
    if (isIt) throw new TypeError('the answer is lost');
    return response;
  };
}

describe('a fault of Stripe', () => {
  it('and finance that begins anew days later make one invoice in Stripe', async () => {
    const { organizationId, customerId } = await makeOwing(fixture);
    const lossy = fixture.openProcessor(losing('POST', /\/v1\/invoices$/, 'answer'));
    await fixture.work(organizationId, { processor: lossy });
    const { id } = await onlyInvoice(organizationId);
    expect(theirs(id)).toHaveLength(1);
    fixture.standIn.forgetIdempotencyKeys();
    fixture.clock.nowMs += 4 * 86_400_000;
    await fixture.worker.tenant(organizationId, (tx) =>
      retryPushes(tx, organizationId, id, fixture.clock.nowMs),
    );
    await fixture.work(organizationId);
    await assertCollectedOnce(organizationId, customerId);
  });

  it('on the first call does not keep an invoice without a payment method from being sent', async () => {
    const { organizationId } = await makeOwing(fixture, { card: 'none' });
    const lossy = fixture.openProcessor(losing('GET', /\/v1\/customers\//, 'call'));
    await fixture.work(organizationId, { processor: lossy });
    fixture.clock.nowMs += 3_600_000;
    await fixture.work(organizationId);
    const { id } = await onlyInvoice(organizationId);
    expect(theirs(id)).toMatchObject([{ status: 'open', collection_method: 'send_invoice' }]);
    expect((await collection(organizationId, id)).pushes).toMatchObject([{ state: 'done' }]);
  });

  it('is tried again until it is done; what can never succeed is told', async () => {
    const { organizationId, customerId } = await makeOwing(fixture);
    fixture.standIn.fault({ fail: 6 });
    const errors: string[] = [];
    const run = () =>
      runPushes(fixture.worker, fixture.processor, {
        organizationId,
        nowMs: fixture.clock.nowMs,
        onError: (_, { state }) => errors.push(state),
      });
    await fixture.work(organizationId);
    for (let round = 0; round < 8; round += 1) {
      fixture.clock.nowMs += 3_600_000;
      await run();
    }
    await fixture.work(organizationId);
    await assertCollectedOnce(organizationId, customerId);
    expect(errors.every((state) => state === 'pending')).toBe(true);
  });
});
