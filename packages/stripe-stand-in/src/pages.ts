/** The pages that Stripe would show to a person: checkout, an invoice to pay, the portal. Small, and plainly no bank. */
import type Stripe from 'stripe';
import {
  attachCard,
  completeSession,
  get,
  getCustomer,
  getInvoice,
  getMethod,
  payInvoice,
  type World,
} from './billing-rules.ts';
import type { Card } from './objects/customer.ts';
import { StandInError } from './stripe-error.ts';

export interface PageAnswer {
  readonly status: number;
  readonly html?: string;
  readonly location?: string;
}

const escapeHtml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const usd = (cents: number) => (cents / 100).toLocaleString('en-US', { style: 'currency', currency: 'USD' });

const STYLE = `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:0;background:Canvas;color:CanvasText}
main{max-width:26rem;margin:8vh auto;padding:0 1.25rem}h1{font-size:1.4rem;margin:0 0 .25rem}.sum{font-size:2rem;font-weight:600;margin:.5rem 0 1rem}
.note{border:1px solid #b45309;border-radius:8px;padding:.6rem .8rem;margin:0 0 1.5rem;font-size:.85rem}
form{display:grid;gap:.6rem;margin:0 0 1rem}label{display:flex;gap:.5rem;align-items:center}
button{font:inherit;padding:.65rem 1rem;border-radius:8px;border:1px solid currentColor;background:none;color:inherit;cursor:pointer}
button.primary{background:#4338ca;border-color:#4338ca;color:#fff}.error{color:#dc2626}a{color:inherit}table{width:100%;border-collapse:collapse}td{padding:.2rem 0}td:last-child{text-align:right;font-variant-numeric:tabular-nums}`;

function page(title: string, body: string): PageAnswer {
  return {
    status: 200,
    html: `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><main>
<p class="note">Stand-in for Stripe: no money moves here.</p><h1>${escapeHtml(title)}</h1>${body}</main></body></html>`,
  };
}

const CARDS = `<label><input type="radio" name="card" value="works" checked> Card •••• 4242, works</label>
<label><input type="radio" name="card" value="declines-later"> Card •••• 0341, declined when it is charged</label>`;

const error = (message: string | undefined) =>
  message === undefined ? '' : `<p class="error" role="alert">${escapeHtml(message)}</p>`;

/** Answers a page, and what a person did on it. @returns Undefined: no such page. */
export function servePage(
  world: World,
  path: readonly string[],
  posted: URLSearchParams | undefined,
): PageAnswer | undefined {
  const [kind, id = ''] = path;
  if (kind === 'checkout') return serveCheckout(world, id, posted);
  if (kind === 'invoice') return serveInvoice(world, id, posted);
  if (kind === 'portal') return servePortal(world, id, posted);
  return undefined;
}

function cardOf(posted: URLSearchParams): Card {
  return posted.get('card') === 'declines-later' ? 'declines-later' : 'works';
}

/** What a declined card says; anything else is a fault. */
function attempt(run: () => void): string | undefined {
  try {
    run();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof StandInError) return thrown.message;
    throw thrown;
  }
}

function serveCheckout(world: World, id: string, posted: URLSearchParams | undefined): PageAnswer {
  const session = get<Stripe.Checkout.Session>(world, 'checkout.session', id);
  let problem: string | undefined;
  if (posted?.get('action') === 'cancel') return { status: 303, location: session.cancel_url ?? '/' };
  if (posted !== undefined) {
    const card = posted.get('action') === 'fail' ? 'declined' : cardOf(posted);
    problem = attempt(() => completeSession(world, session, card));
    if (problem === undefined) return { status: 303, location: session.success_url ?? '/' };
  }
  if (session.status !== 'open') return page('This checkout is over', '');
  const pays = session.mode === 'payment';
  const title = pays ? 'Pay' : 'Add a payment method';
  const verb = pays ? `Pay ${usd(session.amount_total ?? 0)}` : 'Save card';
  return page(
    title,
    `${pays ? `<p class="sum">${usd(session.amount_total ?? 0)}</p>` : ''}${error(problem)}<form method="post">${CARDS}
<button class="primary" name="action" value="pay">${verb}</button><button name="action" value="fail">Decline the card</button>
<button name="action" value="cancel">Cancel</button></form>`,
  );
}

function serveInvoice(world: World, id: string, posted: URLSearchParams | undefined): PageAnswer {
  const invoice = getInvoice(world, id);
  let problem: string | undefined;
  if (posted !== undefined && invoice.status !== 'paid') {
    const card = posted.get('action') === 'fail' ? 'declines-later' : cardOf(posted);
    const method = attachCard(world, invoice.customer as string, card);
    problem = attempt(() => payInvoice(world, invoice, { methodId: method.id }));
  }
  const rows = invoice.lines.data
    .map((line) => `<tr><td>${escapeHtml(line.description ?? '')}</td><td>${usd(line.amount)}</td></tr>`)
    .join('');
  const sum = `<table>${rows}</table><p class="sum">${usd(invoice.amount_due)}</p>`;
  const title = `Invoice ${invoice.number ?? ''}`;
  if (invoice.status === 'paid') return page(title, `${sum}<p role="status">Invoice paid</p>`);
  if (invoice.status !== 'open') return page(title, `${sum}<p role="status">Invoice ${invoice.status}</p>`);
  return page(
    title,
    `${sum}${error(problem)}<form method="post">${CARDS}<button class="primary" name="action" value="pay">Pay ${usd(invoice.amount_remaining)}</button>
<button name="action" value="fail">Decline the card</button></form>`,
  );
}

function servePortal(world: World, id: string, posted: URLSearchParams | undefined): PageAnswer {
  const session = get<Stripe.BillingPortal.Session>(world, 'billing_portal.session', id);
  const customer = getCustomer(world, session.customer);
  const settings = customer.invoice_settings;
  if (posted !== undefined) {
    settings.default_payment_method =
      posted.get('action') === 'remove' ? null : attachCard(world, customer.id, cardOf(posted)).id;
    world.webhooks.emit('customer.updated', customer);
  }
  const current = settings.default_payment_method;
  const shown =
    typeof current === 'string'
      ? `Card •••• ${getMethod(world, current).card?.last4 ?? ''}`
      : 'No payment method';
  const invoices = world.store
    .list<Stripe.Invoice>('invoice', (each) => each.customer === customer.id && each.status !== 'draft')
    .map(
      (each) =>
        `<tr><td><a href="/pages/invoice/${each.id}">${escapeHtml(each.number ?? each.id)}</a>, ${each.status}</td><td>${usd(each.total)}</td></tr>`,
    )
    .join('');
  const back =
    session.return_url === null
      ? ''
      : `<p><a href="${escapeHtml(session.return_url)}">Back to the console</a></p>`;
  return page(
    'Billing portal',
    `<p>${escapeHtml(shown)}</p><form method="post">${CARDS}<button class="primary" name="action" value="save">Use this card</button>
<button name="action" value="remove">Remove the card</button></form><h2>Invoices</h2><table>${invoices}</table>${back}`,
  );
}
