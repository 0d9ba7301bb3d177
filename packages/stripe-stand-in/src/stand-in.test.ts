import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { afterEach, describe, expect, it } from 'vitest';
import { type StripeStandIn, type StripeStandInOptions, startStripeStandIn } from './index.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function start(
  options: StripeStandInOptions = {},
): Promise<{ standIn: StripeStandIn; stripe: Stripe }> {
  const standIn = await startStripeStandIn(options);
  open.push(standIn);
  const { hostname, port } = new URL(standIn.url);
  const stripe = new Stripe(standIn.apiKey, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0 });
  return { standIn, stripe };
}

const SECRET = 'whsec_stand_in_test_secret';

/** Takes events, and says which signatures were good. */
async function startReceiver(): Promise<{ url: string; received: Stripe.Event[]; close(): Promise<void> }> {
  const received: Stripe.Event[] = [];
  const { webhooks } = new Stripe('sk_test_x');
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const signature = request.headers['stripe-signature'] as string;
    received.push(webhooks.constructEvent(Buffer.concat(chunks), signature, SECRET));
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
  open.push(receiver);
  return receiver;
}

async function openInvoice(
  stripe: Stripe,
  standIn: StripeStandIn,
  card: 'works' | 'declines-later' = 'works',
) {
  const customer = await stripe.customers.create({});
  standIn.addCard(customer.id, card);
  const invoice = await stripe.invoices.create({ customer: customer.id });
  await stripe.invoices.addLines(invoice.id, { lines: [{ amount: 1_234, description: 'Usage' }] });
  return stripe.invoices.finalizeInvoice(invoice.id);
}

describe('idempotency keys', () => {
  it('replay the first answer, refuse another body, and carry out nothing twice', async () => {
    const { standIn, stripe } = await start();
    const options = { idempotencyKey: 'one' };
    const made = await stripe.customers.create({ name: 'A' }, options);
    const again = await stripe.customers.create({ name: 'A' }, options);
    expect(again.id).toBe(made.id);
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
    await expect(stripe.customers.create({ name: 'B' }, options)).rejects.toBeInstanceOf(
      Stripe.errors.StripeIdempotencyError,
    );
    expect(standIn.list('customer')).toHaveLength(1);
  });

  it('replay a declined card as well', async () => {
    const { standIn, stripe } = await start();
    const invoice = await openInvoice(stripe, standIn, 'declines-later');
    const pay = () => stripe.invoices.pay(invoice.id, {}, { idempotencyKey: 'pay' });
    await expect(pay()).rejects.toMatchObject({ type: 'StripeCardError', decline_code: 'generic_decline' });
    await expect(pay()).rejects.toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(standIn.list('charge')).toHaveLength(1);
  });
});

describe('an invoice', () => {
  it('is paid once, by one payment, and can be refunded no more than it was paid', async () => {
    const { standIn, stripe } = await start();
    const invoice = await openInvoice(stripe, standIn);
    const paid = await stripe.invoices.pay(invoice.id, {}, { idempotencyKey: 'a' });
    expect(paid).toMatchObject({ status: 'paid', amount_paid: 1_234, amount_remaining: 0 });
    await expect(stripe.invoices.pay(invoice.id, {}, { idempotencyKey: 'b' })).rejects.toMatchObject({
      code: 'invoice_already_paid',
    });
    const [intent] = standIn.list<Stripe.PaymentIntent>('payment_intent');
    await stripe.refunds.create({ payment_intent: intent!.id, amount: 1_000 });
    await expect(stripe.refunds.create({ payment_intent: intent!.id, amount: 235 })).rejects.toThrow();
  });

  it('can be paid by a person on its page, also after a declined card', async () => {
    const { standIn, stripe } = await start();
    const invoice = await openInvoice(stripe, standIn);
    const post = (action: string) =>
      fetch(invoice.hosted_invoice_url!, {
        method: 'POST',
        body: new URLSearchParams({ action, card: 'works' }),
      });
    expect(await (await post('fail')).text()).toContain('Your card was declined.');
    expect((await stripe.invoices.retrieve(invoice.id)).status).toBe('open');
    expect(await (await post('pay')).text()).toContain('Invoice paid');
    expect((await stripe.invoices.retrieve(invoice.id)).status).toBe('paid');
    expect(standIn.list('payment_intent')).toHaveLength(1);
  });
});

describe('webhooks', () => {
  it('come signed, twice and in reverse where that is asked for, and again when they were lost', async () => {
    const receiver = await startReceiver();
    const { standIn, stripe } = await start({ webhook: { url: receiver.url, secret: SECRET } });
    standIn.behave({ hold: true, copies: 2 });
    await stripe.customers.create({});
    const customer = await stripe.customers.create({});
    await stripe.customers.update(customer.id, { name: 'B' });
    expect(receiver.received).toEqual([]);
    await standIn.flush('reversed');
    expect(receiver.received.map(({ type }) => type)).toEqual([
      ...['customer.updated', 'customer.updated'],
      ...['customer.created', 'customer.created', 'customer.created', 'customer.created'],
    ]);
    standIn.behave({ lose: 1 });
    await stripe.customers.create({});
    await standIn.webhooksSettled();
    expect(receiver.received).toHaveLength(7);
  });
});

describe('faults', () => {
  it('can refuse a call, or carry it out and lose the answer', async () => {
    const { standIn, stripe } = await start();
    standIn.fault({ fail: 1 });
    await expect(stripe.customers.create({})).rejects.toMatchObject({ statusCode: 500 });
    standIn.fault({ drop: 1 });
    // The SDK asks again on a lost connection, with the same idempotency key.
    await stripe.customers.create({}, { idempotencyKey: 'lost' }).catch(() => undefined);
    await stripe.customers.create({}, { idempotencyKey: 'lost' });
    expect(standIn.list('customer')).toHaveLength(1);
  });

  it('a wrong key opens nothing', async () => {
    const { standIn } = await start();
    const answer = await fetch(`${standIn.url}/v1/customers`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk' },
    });
    expect(answer.status).toBe(401);
  });
});

it('forgets nothing over a restart where it has a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stand-in-'));
  try {
    const stateFile = join(folder, 'state.json');
    const { standIn, stripe } = await start({ stateFile });
    const customer = await stripe.customers.create({ name: 'Kept' }, { idempotencyKey: 'k' });
    await standIn.close();
    const { stripe: later } = await start({ stateFile });
    expect((await later.customers.retrieve(customer.id)) as Stripe.Customer).toMatchObject({ name: 'Kept' });
    expect((await later.customers.create({ name: 'Kept' }, { idempotencyKey: 'k' })).id).toBe(customer.id);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
