import { randomBytes } from 'node:crypto';
import { parseKeyRing } from '@tollgate/config';
import { deliverPendingMail, type OutgoingMail } from '@tollgate/mail';
import { PICO_USD_PER_USD } from '@tollgate/money';
import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addCreditEntry, getCreditBalance } from '../credits/credit-ledger.ts';
import { watchBalance } from '../credits/low-balance.ts';
import { topUpAutomatically } from '../credits/top-up.ts';
import {
  CLOSE_MS,
  type CollectionFixture,
  createCollectionFixture,
  makeOwing,
  TEST_ACTOR,
} from '../fixtures/collection-fixture.ts';
import { DECEMBER_MS } from '../fixtures/ledger-fixture.ts';
import { closePeriods } from '../lifecycle/close-periods.ts';
import { FrozenInvoice } from '../lifecycle/frozen-invoice.ts';
import { markPaid } from '../lifecycle/settle-invoice.ts';
import { refreshDrafts } from '../plans/ensure-drafts.ts';
import { applyStripeEvents } from '../stripe/apply-event.ts';
import { startTopUpCheckout } from '../stripe/checkout.ts';
import { runDunning } from './run-dunning.ts';

let fixture: CollectionFixture;
beforeAll(async () => {
  fixture = await createCollectionFixture();
});
afterAll(() => fixture?.close());

const DAY_MS = 86_400_000;
const ring = parseKeyRing(`1:${randomBytes(32).toString('base64url')}`);

describe('runDunning()', () => {
  it('reminds, then limits, then stops, each once; and gives everything back when the invoice is paid', async () => {
    const { organizationId } = await makeOwing(fixture, { card: 'none' });
    await fixture.work(organizationId);
    const policy = {
      reminderDays: [3],
      grace: { afterDays: 5 },
      softLimit: { afterDays: 10, requestsPerMinute: 30 },
      stop: { afterDays: 20 },
    };
    const invoice = await fixture.worker.tenant(organizationId, async (tx) => {
      await tx.billingProfile.update({
        where: { organizationId },
        data: { dunningPolicy: policy, email: 'finance@example.com' },
      });
      return tx.invoice.findFirstOrThrow({ where: { organizationId, state: 'open', livemode: true } });
    });
    const run = async (days: number) => {
      const now = new Date(invoice.dueAt!.getTime() + days * DAY_MS);
      const { taken } = await runDunning(fixture.worker, {
        organizationId,
        now,
        ring,
        consoleUrl: 'https://c',
      });
      return taken.map(({ step }) => step);
    };
    const state = () =>
      fixture.worker.tenant(organizationId, async (tx) => ({
        suspended:
          (await tx.organization.findFirstOrThrow({ where: { id: organizationId } })).suspendedAt !== null,
        limits: (await tx.rateLimit.findMany({ where: { organizationId } })).map(
          ({ limitValue }) => limitValue,
        ),
      }));
    expect(await run(0)).toEqual([]);
    expect([await run(4), await run(4.5), await run(6)]).toEqual([['reminder-1'], [], ['grace']]);
    expect(await state()).toEqual({ suspended: false, limits: [] });
    expect(await run(11)).toEqual(['soft-limit']);
    expect(await state()).toEqual({ suspended: false, limits: [30n] });
    expect(await run(21)).toEqual(['stop']);
    expect(await state()).toEqual({ suspended: true, limits: [30n] });
    const mails = await fixture.worker.platform((tx) =>
      tx.mailMessage.count({ where: { template: 'invoice-overdue', recipient: 'finance@example.com' } }),
    );
    expect(mails).toBe(4);
    const now = new Date(invoice.dueAt!.getTime() + 22 * DAY_MS);
    await markPaid(fixture.console, { organizationId, invoiceId: invoice.id, actor: TEST_ACTOR, now });
    expect(await run(23)).toEqual([]);
    expect(await state()).toEqual({ suspended: false, limits: [] });
    const actions = await fixture.worker.tenant(organizationId, (tx) =>
      tx.auditEvent.findMany({ where: { organizationId, action: { startsWith: 'dunning' } } }),
    );
    expect(actions).toHaveLength(6);
  });
});

describe('the mail of a step', () => {
  it('names the day that stands on the invoice, in the invoice’s time zone', async () => {
    const timeZone = 'America/Los_Angeles';
    const { organizationId } = await makeOwing(fixture, { card: 'none', timeZone });
    await fixture.work(organizationId);
    const recipient = 'westcoast@example.com';
    const invoice = await fixture.worker.tenant(organizationId, async (tx) => {
      const dunningPolicy = { reminderDays: [3] };
      await tx.billingProfile.update({
        where: { organizationId },
        data: { dunningPolicy, email: recipient },
      });
      return tx.invoice.findFirstOrThrow({
        where: { organizationId, state: 'open', livemode: true },
        orderBy: { periodStart: 'desc' },
      });
    });
    const { dueOn } = FrozenInvoice.parse(invoice.frozen);
    expect(dueOn).not.toBe(invoice.dueAt!.toISOString().slice(0, 10));
    const now = new Date(invoice.dueAt!.getTime() + 4 * DAY_MS);
    await runDunning(fixture.worker, { organizationId, now, ring, consoleUrl: 'https://c' });
    const mails: OutgoingMail[] = [];
    const transport = { send: async (mail: OutgoingMail) => void mails.push(mail) };
    await deliverPendingMail(fixture.worker, transport, { ring, nowMs: now.getTime(), limit: 1_000 });
    const told = mails.filter((mail) => mail.recipient === recipient && mail.text.includes(invoice.number!));
    expect(told.map(({ text }) => text)).toEqual([expect.stringContaining(`were due on ${dueOn}`)]);
  });
});

describe('two overdue invoices', () => {
  it('suspend once, and nothing stays suspended when both are paid between two rounds', async () => {
    const { organizationId } = await makeOwing(fixture, { card: 'none' });
    await refreshDrafts(fixture.worker, organizationId, DECEMBER_MS + DAY_MS);
    await fixture.worker.tenant(organizationId, (tx) =>
      tx.billingProfile.update({ where: { organizationId }, data: { paymentTermDays: 1 } }),
    );
    const january = new Date(CLOSE_MS + 32 * DAY_MS);
    await closePeriods(fixture.worker, { organizationId, now: january });
    const ids = await fixture.worker.tenant(organizationId, async (tx) => {
      const dunningPolicy = { reminderDays: [], stop: { afterDays: 1 } };
      await tx.billingProfile.update({ where: { organizationId }, data: { dunningPolicy } });
      return (await tx.invoice.findMany({ where: { organizationId, state: 'open', kind: 'invoice' } })).map(
        ({ id }) => id,
      );
    });
    expect(ids).toHaveLength(2);
    const now = new Date(january.getTime() + 3 * DAY_MS);
    const run = () => runDunning(fixture.worker, { organizationId, now, consoleUrl: '' });
    const isSuspended = async () => {
      const found = await fixture.worker.tenant(organizationId, (tx) =>
        tx.organization.findFirstOrThrow({ where: { id: organizationId } }),
      );
      return found.suspendedAt !== null;
    };
    expect((await run()).taken.map(({ step }) => step)).toEqual(['stop', 'stop']);
    expect(await isSuspended()).toBe(true);
    for (const invoiceId of ids) {
      await markPaid(fixture.console, { organizationId, invoiceId, actor: TEST_ACTOR, now });
    }
    expect((await run()).undone).toBe(2);
    expect(await isSuspended()).toBe(false);
  });
});

describe('prepaid credits', () => {
  const balance = (organizationId: string) =>
    fixture.worker.tenant(organizationId, (tx) => getCreditBalance(tx, organizationId));

  it('are there once when a top-up was paid, and gone again by its refund, however often events come', async () => {
    const { organizationId, customerId } = await makeOwing(fixture, { card: 'none', plan: false });
    fixture.standIn.behave({ copies: 2 });
    const now = new Date(fixture.clock.nowMs);
    const url = await startTopUpCheckout(fixture.console, fixture.processor, {
      organizationId,
      amountPicoUsd: 25n * PICO_USD_PER_USD,
      returnUrl: 'http://localhost:3000/settings/billing',
      now,
    });
    await fetch(url, { method: 'POST', body: new URLSearchParams({ action: 'pay' }), redirect: 'manual' });
    const apply = async () => {
      await fixture.standIn.webhooksSettled();
      await applyStripeEvents(fixture.worker, fixture.processor, { now });
    };
    await apply();
    expect(await balance(organizationId)).toBe(25n * PICO_USD_PER_USD);
    const [intent] = fixture.standIn
      .list<Stripe.PaymentIntent>('payment_intent')
      .filter(({ customer }) => customer === customerId);
    await fixture.processor.stripe.refunds.create({ payment_intent: intent!.id, amount: 500 });
    await apply();
    expect(await balance(organizationId)).toBe(20n * PICO_USD_PER_USD);
    // The bank sends it back, as it may for weeks: Stripe says so with the next news.
    const [refund] = fixture.standIn
      .list<Stripe.Refund>('refund')
      .filter(({ payment_intent }) => payment_intent === intent!.id);
    const processor = fixture.openProcessor(async (input, init) => {
      const response = await fetch(input, init);
      if (new URL(String(input)).pathname !== '/v1/refunds') return response;
      const list = (await response.json()) as { data: Stripe.Refund[] };
      const data = list.data.map((each) => (each.id === refund!.id ? { ...each, status: 'failed' } : each));
      return Response.json({ ...list, data }, { headers: response.headers });
    });
    await fixture.processor.stripe.refunds.create({ payment_intent: intent!.id, amount: 100 });
    await fixture.standIn.webhooksSettled();
    await applyStripeEvents(fixture.worker, processor, { now });
    expect(await balance(organizationId)).toBe(24n * PICO_USD_PER_USD);
    fixture.standIn.behave({});
  });

  it('say once that they are low, top up by themselves once, and say that they recovered', async () => {
    const { organizationId } = await makeOwing(fixture, { plan: false });
    const now = new Date(CLOSE_MS);
    await fixture.worker.tenant(organizationId, async (tx) => {
      await addCreditEntry(tx, {
        organizationId,
        kind: 'grant',
        causeId: 'x',
        amountPicoUsd: 4n * PICO_USD_PER_USD,
        nowMs: CLOSE_MS,
      });
      await tx.billingProfile.update({
        where: { organizationId },
        data: {
          lowBalancePicoUsd: String(10n * PICO_USD_PER_USD),
          autoTopUpBelowPicoUsd: String(5n * PICO_USD_PER_USD),
          autoTopUpAmountPicoUsd: String(50n * PICO_USD_PER_USD),
        },
      });
    });
    const events = () =>
      fixture.worker.tenant(organizationId, async (tx) =>
        (
          await tx.outboxEvent.findMany({
            where: { organizationId, kind: { startsWith: 'credits.' } },
            orderBy: { createdAt: 'asc' },
          })
        ).map(({ kind }) => kind),
      );
    await watchBalance(fixture.worker, organizationId, now);
    await watchBalance(fixture.worker, organizationId, now);
    expect(await events()).toEqual(['credits.low']);
    const topUp = () => topUpAutomatically(fixture.worker, fixture.processor, { organizationId, now });
    // At once, and by one that looked at the balance before.
    const results = [...(await Promise.all([topUp(), topUp()])), await topUp()];
    expect(results).toContain('charged');
    expect(await balance(organizationId)).toBe(54n * PICO_USD_PER_USD);
    await watchBalance(fixture.worker, organizationId, now);
    expect((await events()).toSorted()).toEqual(['credits.low', 'credits.recovered']);
  });

  it('charge once where the bank takes days, and not again before it has answered', async () => {
    const { organizationId, customerId } = await makeOwing(fixture, { plan: false });
    const data = { autoTopUpBelowPicoUsd: '1', autoTopUpAmountPicoUsd: String(50n * PICO_USD_PER_USD) };
    await fixture.worker.tenant(organizationId, (tx) =>
      tx.billingProfile.update({ where: { organizationId }, data }),
    );
    // A debit of a bank account, as Stripe shows it until the bank has answered.
    let status = 'processing';
    const processor = fixture.openProcessor(async (input, init) => {
      const response = await fetch(input, init);
      if (!new URL(String(input)).pathname.startsWith('/v1/payment_intents') || status === '')
        return response;
      const intent = { ...((await response.json()) as object), status, amount_received: 0 };
      return Response.json(intent, { headers: response.headers });
    });
    const topUp = (hours: number) =>
      topUpAutomatically(fixture.worker, processor, {
        organizationId,
        now: new Date(CLOSE_MS + hours * 3_600_000),
      });
    const intents = () =>
      fixture.standIn
        .list<Stripe.PaymentIntent>('payment_intent')
        .filter(({ customer }) => customer === customerId);
    for (const hours of [0, 1, 21, 26, 50]) {
      expect(await topUp(hours)).not.toBe('failed');
      if (hours === 1) fixture.standIn.forgetIdempotencyKeys();
    }
    expect(intents()).toHaveLength(1);
    expect(await balance(organizationId)).toBe(0n);
    status = '';
    expect(await topUp(74)).toBe('charged');
    expect(await balance(organizationId)).toBe(50n * PICO_USD_PER_USD);
    expect(intents()).toHaveLength(1);
  });

  it('do not try a declined card again before a day has passed', async () => {
    const { organizationId } = await makeOwing(fixture, { plan: false, card: 'declines-later' });
    const data = { autoTopUpBelowPicoUsd: '1', autoTopUpAmountPicoUsd: String(50n * PICO_USD_PER_USD) };
    await fixture.worker.tenant(organizationId, (tx) =>
      tx.billingProfile.update({ where: { organizationId }, data }),
    );
    const topUp = (ms: number) =>
      topUpAutomatically(fixture.worker, fixture.processor, {
        organizationId,
        now: new Date(ms),
      });
    expect(await topUp(CLOSE_MS)).toBe('failed');
    expect(await topUp(CLOSE_MS + 3_600_000)).toBe('not-needed');
    expect(await topUp(CLOSE_MS + 25 * 3_600_000)).toBe('failed');
    expect(await balance(organizationId)).toBe(0n);
  });
});
