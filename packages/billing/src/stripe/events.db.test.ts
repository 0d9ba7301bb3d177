/** What Stripe tells us, and what it has that we have not. */
import type Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  CLOSE_MS,
  type CollectionFixture,
  createCollectionFixture,
  makeOwing,
} from '../fixtures/collection-fixture.ts';
import { collectionQuestions, USAGE } from '../fixtures/collection-questions.ts';
import { applyStripeEvents } from './apply-event.ts';
import { compareWithStripe } from './compare.ts';
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

const { onlyInvoice, theirs, collection } = collectionQuestions(() => fixture);

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
    await fixture.standIn.webhooksSettled();
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
    // What others left on its way.
    await fixture.standIn.webhooksSettled();
    await applyStripeEvents(fixture.worker, fixture.processor, { now });
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
