/** The API's paths, as far as the product (and a person who looks) uses them. */
import type Stripe from 'stripe';
import {
  chargeIntent,
  closeDispute,
  createCreditNote,
  disputeCharge,
  finalizeInvoice,
  get,
  getCharge,
  getCustomer,
  getIntent,
  getInvoice,
  getMethod,
  payInvoice,
  refundCharge,
  sumInvoice,
  type World,
} from './billing-rules.ts';
import { type Form, formOf, listOf, metadataOf, numberOf, textOf } from './form.ts';
import { makePortalSession, makeSession, makeSetupIntent } from './objects/checkout.ts';
import { toList } from './objects/common.ts';
import { makeCustomer } from './objects/customer.ts';
import { makeInvoice, makeInvoiceLine } from './objects/invoice.ts';
import { makePaymentIntent } from './objects/payment.ts';
import type { StoredObject } from './store.ts';
import { invalid, missing } from './stripe-error.ts';

export interface ApiCall {
  readonly world: World;
  readonly params: readonly string[];
  readonly form: Form;
}

interface ApiRoute {
  readonly method: 'GET' | 'POST';
  readonly pattern: RegExp;
  run(call: ApiCall): unknown;
}

const route = (method: 'GET' | 'POST', path: string, run: ApiRoute['run']): ApiRoute => ({
  method,
  pattern: new RegExp(`^/v1${path.replaceAll('{id}', '([A-Za-z0-9_]+)')}$`),
  run,
});

const first = ({ params }: ApiCall) => params[0] ?? '';

export const ROUTES: readonly ApiRoute[] = [
  route('POST', '/customers', ({ world, form }) => {
    const customer = world.store.put(makeCustomer(world.nowSeconds(), metadataOf(form)));
    changeCustomer(customer, form);
    world.webhooks.emit('customer.created', customer);
    return customer;
  }),
  route('GET', '/customers/search', ({ world, form }) => {
    const wanted = /^metadata\['([^']+)'\]:'([^']+)'$/.exec(textOf(form, 'query') ?? '');
    if (wanted === null) throw invalid('We were unable to parse your search query.');
    const data = world.store.list<Stripe.Customer>(
      'customer',
      ({ metadata }) => metadata[wanted[1]!] === wanted[2],
    );
    return { object: 'search_result', data, has_more: false, next_page: null, url: '/v1/customers/search' };
  }),
  route('GET', '/customers/{id}', (call) => {
    const customer = getCustomer(call.world, first(call));
    const method = customer.invoice_settings.default_payment_method;
    if (!wants(call, 'invoice_settings.default_payment_method') || typeof method !== 'string')
      return customer;
    const settings = { ...customer.invoice_settings, default_payment_method: getMethod(call.world, method) };
    return { ...customer, invoice_settings: settings };
  }),
  route('POST', '/customers/{id}', (call) => {
    const customer = getCustomer(call.world, first(call));
    changeCustomer(customer, call.form);
    call.world.webhooks.emit('customer.updated', customer);
    return customer;
  }),
  route('GET', '/payment_methods/{id}', (call) => getMethod(call.world, first(call))),
  route('POST', '/payment_methods/{id}/detach', (call) => {
    const method = getMethod(call.world, first(call));
    const customer = method.customer as string | null;
    method.customer = null;
    if (customer !== null) {
      const settings = getCustomer(call.world, customer).invoice_settings;
      if (settings.default_payment_method === method.id) settings.default_payment_method = null;
    }
    call.world.webhooks.emit('payment_method.detached', method, { customer });
    return method;
  }),
  route('POST', '/invoices', ({ world, form }) => {
    const customer = getCustomer(world, textOf(form, 'customer') ?? '');
    const number = textOf(form, 'number') || null;
    if (
      number !== null &&
      world.store.list<Stripe.Invoice>('invoice', (each) => each.number === number).length > 0
    ) {
      throw invalid(`An invoice with the number ${number} exists already.`);
    }
    const days = numberOf(form, 'days_until_due');
    const collectionMethod = textOf(form, 'collection_method') ?? 'charge_automatically';
    if (collectionMethod === 'send_invoice' && days === undefined) {
      throw invalid(
        "If invoice collection method is 'send_invoice', you must specify 'days_until_due' or 'due_date'.",
      );
    }
    const created = world.nowSeconds();
    const invoice = makeInvoice({
      created,
      customer,
      collectionMethod,
      number,
      dueDate: days === undefined ? null : created + days * 86_400,
      description: textOf(form, 'description') ?? null,
      metadata: metadataOf(form),
    });
    world.webhooks.emit('invoice.created', invoice);
    return world.store.put(invoice);
  }),
  route('GET', '/invoices', (call) => {
    const { world, form } = call;
    const customer = textOf(form, 'customer');
    const since = numberOf(formOf(form, 'created') ?? {}, 'gte') ?? 0;
    const matches = (each: Stripe.Invoice) =>
      (customer === undefined || each.customer === customer) && each.created >= since;
    return page(call, world.store.list('invoice', matches), '/v1/invoices');
  }),
  route('GET', '/invoices/{id}', (call) => {
    const invoice = getInvoice(call.world, first(call));
    if (!wants(call, 'payments')) return invoice;
    const payments = call.world.store.list<Stripe.InvoicePayment>(
      'invoice_payment',
      (each) => each.invoice === invoice.id,
    );
    return { ...invoice, payments: toList(payments, `/v1/invoice_payments?invoice=${invoice.id}`) };
  }),
  route('GET', '/invoices/{id}/lines', (call) => {
    const invoice = getInvoice(call.world, first(call));
    return page(call, invoice.lines.data, `/v1/invoices/${invoice.id}/lines`);
  }),
  route('POST', '/invoices/{id}/add_lines', (call) => {
    const invoice = getInvoice(call.world, first(call));
    if (invoice.status !== 'draft')
      throw invalid('This invoice is no longer editable.', 'invoice_not_editable');
    for (const line of listOf(call.form, 'lines')) {
      if (typeof line !== 'object' || Array.isArray(line)) throw invalid('Invalid line.');
      const amount = numberOf(line, 'amount');
      if (amount === undefined) throw invalid('Invalid integer: lines[amount]');
      const made = { amount, description: textOf(line, 'description') ?? '', metadata: metadataOf(line) };
      invoice.lines.data.push(makeInvoiceLine(invoice, made));
    }
    sumInvoice(invoice);
    return invoice;
  }),
  step('finalize', ({ world }, invoice) => finalizeInvoice(world, invoice)),
  step('pay', ({ world, form }, invoice) =>
    payInvoice(world, invoice, {
      outOfBand: textOf(form, 'paid_out_of_band') === 'true',
      methodId: textOf(form, 'payment_method'),
    }),
  ),
  step('send', ({ world }, invoice) => world.webhooks.emit('invoice.sent', invoice)),
  step('void', ({ world }, invoice) => {
    if (invoice.status !== 'open' && invoice.status !== 'uncollectible')
      throw invalid('You can only pass in open invoices. This invoice isn’t open.', 'invoice_not_editable');
    invoice.status = 'void';
    invoice.status_transitions.voided_at = world.nowSeconds();
    world.webhooks.emit('invoice.voided', invoice);
  }),
  step('mark_uncollectible', ({ world }, invoice) => {
    if (invoice.status !== 'open') throw invalid('This invoice isn’t open.', 'invoice_not_editable');
    invoice.status = 'uncollectible';
    invoice.status_transitions.marked_uncollectible_at = world.nowSeconds();
    world.webhooks.emit('invoice.marked_uncollectible', invoice);
  }),
  route('GET', '/invoice_payments', (call) => {
    const intent = textOf(formOf(call.form, 'payment') ?? {}, 'payment_intent');
    const invoice = textOf(call.form, 'invoice');
    const matches = (each: Stripe.InvoicePayment) =>
      (intent === undefined || each.payment.payment_intent === intent) &&
      (invoice === undefined || each.invoice === invoice);
    return page(call, call.world.store.list('invoice_payment', matches), '/v1/invoice_payments');
  }),
  route('POST', '/payment_intents', ({ world, form }) => {
    const amount = numberOf(form, 'amount') ?? 0;
    if (amount < 50) throw invalid('Amount must be at least $0.50 usd', 'amount_too_small');
    const customer = textOf(form, 'customer') ?? null;
    const description = textOf(form, 'description') ?? null;
    const created = world.nowSeconds();
    const intent = world.store.put(
      makePaymentIntent({ created, amount, customer, description, metadata: metadataOf(form) }),
    );
    world.webhooks.emit('payment_intent.created', intent);
    if (textOf(form, 'confirm') === 'true') {
      chargeIntent(world, intent, getMethod(world, textOf(form, 'payment_method') ?? ''));
    }
    return intent;
  }),
  route('GET', '/payment_intents/{id}', (call) => {
    const intent = getIntent(call.world, first(call));
    const charge = intent.latest_charge;
    if (!wants(call, 'latest_charge') || typeof charge !== 'string') return intent;
    return { ...intent, latest_charge: getCharge(call.world, charge) };
  }),
  route('GET', '/charges/{id}', (call) => getCharge(call.world, first(call))),
  route('POST', '/refunds', ({ world, form }) => {
    const intentId = textOf(form, 'payment_intent');
    const chargeId =
      textOf(form, 'charge') ??
      (intentId === undefined ? undefined : (getIntent(world, intentId).latest_charge as string | null));
    if (chargeId == null) throw missing('charge', '');
    const charge = getCharge(world, chargeId);
    const amount = numberOf(form, 'amount') ?? charge.amount_captured - charge.amount_refunded;
    return refundCharge(world, charge, amount, textOf(form, 'reason') ?? null);
  }),
  route('GET', '/refunds', (call) => listByIntent(call, 'refund', '/v1/refunds')),
  route('GET', '/refunds/{id}', (call) => get(call.world, 'refund', first(call))),
  route('GET', '/disputes', (call) => listByIntent(call, 'dispute', '/v1/disputes')),
  route('GET', '/disputes/{id}', (call) => get(call.world, 'dispute', first(call))),
  route('POST', '/credit_notes', ({ world, form }) => {
    const line = listOf(form, 'lines')[0];
    if (typeof line !== 'object' || Array.isArray(line)) throw invalid('Missing required param: lines.');
    const amount = (numberOf(line, 'unit_amount') ?? 0) * (numberOf(line, 'quantity') ?? 1);
    if (amount <= 0) throw invalid('The credit note must be greater than zero.');
    return createCreditNote(world, getInvoice(world, textOf(form, 'invoice') ?? ''), {
      amount,
      creditAmount: numberOf(form, 'credit_amount') ?? 0,
      description: textOf(line, 'description') ?? '',
      metadata: metadataOf(form),
    });
  }),
  route('GET', '/credit_notes', (call) => {
    const invoice = textOf(call.form, 'invoice');
    const matches = (each: Stripe.CreditNote) => invoice === undefined || each.invoice === invoice;
    return page(call, call.world.store.list('credit_note', matches), '/v1/credit_notes');
  }),
  route('GET', '/credit_notes/{id}', (call) => get(call.world, 'credit_note', first(call))),
  route('GET', '/setup_intents/{id}', (call) => get(call.world, 'setup_intent', first(call))),
  route('POST', '/checkout/sessions', createSession),
  route('GET', '/checkout/sessions/{id}', (call) => {
    const session = get<Stripe.Checkout.Session>(call.world, 'checkout.session', first(call));
    const setup = session.setup_intent;
    if (!wants(call, 'setup_intent') || typeof setup !== 'string') return session;
    return { ...session, setup_intent: get<Stripe.SetupIntent>(call.world, 'setup_intent', setup) };
  }),
  route('POST', '/checkout/sessions/{id}/expire', (call) => {
    const session = get<Stripe.Checkout.Session>(call.world, 'checkout.session', first(call));
    if (session.status !== 'open') throw invalid('Only open sessions can be expired.');
    session.status = 'expired';
    session.url = null;
    call.world.webhooks.emit('checkout.session.expired', session);
    return session;
  }),
  route('POST', '/billing_portal/sessions', ({ world, form }) => {
    const customer = getCustomer(world, textOf(form, 'customer') ?? '');
    const urlOf = (id: string) => `${world.url}/pages/portal/${id}`;
    const returnUrl = textOf(form, 'return_url') ?? null;
    return world.store.put(makePortalSession(world.nowSeconds(), customer.id, returnUrl, urlOf));
  }),
  route('GET', '/events', (call) => page(call, call.world.webhooks.events.toReversed(), '/v1/events')),
  // What only a bank does, on demand; Stripe has no such calls.
  route('POST', '/stand_in/disputes', ({ world, form }) => {
    const intent = getIntent(world, textOf(form, 'payment_intent') ?? '');
    return disputeCharge(
      world,
      getCharge(world, intent.latest_charge as string),
      textOf(form, 'reason') ?? 'fraudulent',
    );
  }),
  route('POST', '/stand_in/disputes/{id}/close', (call) => {
    const dispute = get<Stripe.Dispute>(call.world, 'dispute', first(call));
    closeDispute(call.world, dispute, textOf(call.form, 'status') === 'won' ? 'won' : 'lost');
    return dispute;
  }),
];

function step(name: string, run: (call: ApiCall, invoice: Stripe.Invoice) => void): ApiRoute {
  return route('POST', `/invoices/{id}/${name}`, (call) => {
    const invoice = getInvoice(call.world, first(call));
    run(call, invoice);
    return invoice;
  });
}

function createSession({ world, form }: ApiCall): unknown {
  const customer = getCustomer(world, textOf(form, 'customer') ?? '').id;
  const created = world.nowSeconds();
  const mode = textOf(form, 'mode') === 'payment' ? 'payment' : 'setup';
  const item = listOf(form, 'line_items')[0];
  const price = typeof item === 'object' && !Array.isArray(item) ? formOf(item, 'price_data') : undefined;
  const amount = mode === 'payment' ? (numberOf(price ?? {}, 'unit_amount') ?? 0) : null;
  const setup = mode === 'setup' ? world.store.put(makeSetupIntent(created, customer)) : undefined;
  const session = makeSession({
    created,
    mode,
    customer,
    amount,
    successUrl: textOf(form, 'success_url') ?? '',
    cancelUrl: textOf(form, 'cancel_url') ?? '',
    setupIntent: setup?.id ?? null,
    metadata: metadataOf(form),
    urlOf: (id) => `${world.url}/pages/checkout/${id}`,
  });
  if (amount !== null) {
    const metadata = metadataOf(formOf(form, 'payment_intent_data') ?? {});
    const intent = makePaymentIntent({ created, amount, customer, description: null, metadata });
    session.payment_intent = world.store.put(intent).id;
  }
  return world.store.put(session);
}

function changeCustomer(customer: Stripe.Customer, form: Form): void {
  for (const name of ['name', 'email', 'description', 'phone'] as const) {
    const text = textOf(form, name);
    if (text !== undefined) customer[name] = text;
  }
  const address = formOf(form, 'address');
  if (address !== undefined) {
    const part = (name: string) => textOf(address, name) || null;
    customer.address = {
      city: part('city'),
      country: part('country'),
      line1: part('line1'),
      line2: part('line2'),
      postal_code: part('postal_code'),
      state: part('state'),
    };
  }
  const method = textOf(formOf(form, 'invoice_settings') ?? {}, 'default_payment_method');
  if (method !== undefined) customer.invoice_settings.default_payment_method = method || null;
  const exempt = textOf(form, 'tax_exempt');
  if (exempt !== undefined) customer.tax_exempt = exempt as Stripe.Customer.TaxExempt;
}

function listByIntent(call: ApiCall, kind: 'refund' | 'dispute', url: string): unknown {
  const intent = textOf(call.form, 'payment_intent');
  const matches = (each: StoredObject) =>
    intent === undefined || (each as unknown as { payment_intent: string | null }).payment_intent === intent;
  return page(call, call.world.store.list<StoredObject>(kind, matches), url);
}

function page<T extends { readonly id: string }>({ form }: ApiCall, all: readonly T[], url: string) {
  const after = textOf(form, 'starting_after');
  const from = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
  const limit = Math.min(100, numberOf(form, 'limit') ?? 10);
  return toList(all.slice(from, from + limit), url, all.length > from + limit);
}

function wants({ form }: ApiCall, name: string): boolean {
  return listOf(form, 'expand').includes(name);
}
