/**
 * Invoices, their lines, the requests behind a line, their documents, and the steps of an invoice's life. Rules live in
 * packages/billing; notes are in credit-notes.ts.
 *
 * The routes are detached: each of billing's functions is one transaction of its own.
 */
import { z } from '@hono/zod-openapi';
import {
  type DocumentKind,
  finalizeInvoice,
  getInvoice,
  getInvoiceDocument,
  type InvoiceStep,
  listInvoiceLines,
  listInvoices,
  listLineRequests,
  markPaid,
  markUncollectible,
  voidInvoice,
} from '@tollgate/billing';
import type { Database } from '@tollgate/db';
import { billingStepOf } from '../billing/billing-step.ts';
import { documentAnswer } from '../billing/document-answer.ts';
import {
  Invoice,
  InvoiceLine,
  InvoiceListItem,
  invoiceKind,
  invoiceState,
  LineRequest,
} from '../billing/invoice-shapes.ts';
import { assertIssuer } from '../billing/issuer.ts';
import { id, idParam, instant, queryFlag, text } from '../framework/field.ts';
import { pageOf, pageShape } from '../framework/pagination.ts';
import { type AnyRoute, type DetachedCall, route } from '../framework/route.ts';
import { billingAnswer } from './billing-answer.ts';

export const invoiceRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/invoices',
    tag: 'invoices',
    summary: 'Invoices, newest period first; drafts are always current',
    access: 'invoices:read',
    detached: true,
    query: z.strictObject({
      ...pageShape,
      state: invoiceState.exactOptional(),
      livemode: queryFlag.exactOptional(),
      /** `showback`: statements of cost, own credentials included. */
      kind: invoiceKind.exactOptional(),
    }),
    response: pageOf(InvoiceListItem),
    run: ({ context, organizationId, query }) =>
      billingAnswer(async () => {
        const page = await listInvoices(context.database, { organizationId, ...query });
        return { data: [...page.data], nextCursor: page.nextCursor };
      }),
  }),
  route({
    method: 'get',
    path: '/invoices/{id}',
    tag: 'invoices',
    summary: 'One invoice',
    access: 'invoices:read',
    detached: true,
    params: idParam,
    response: Invoice,
    run: (call) => billingAnswer(() => present(call.context.database, call.organizationId, call.params.id)),
  }),
  route({
    method: 'get',
    report: true,
    path: '/invoices/{id}/lines',
    tag: 'invoices',
    summary: 'Lines by team, cost centre and model; they sum to the subtotal exactly',
    access: 'invoices:read',
    detached: true,
    params: idParam,
    query: z.strictObject(pageShape),
    response: pageOf(InvoiceLine),
    run: ({ context, organizationId, params, query }) =>
      billingAnswer(async () => {
        const page = await listInvoiceLines(context.database, {
          organizationId,
          invoiceId: params.id,
          ...query,
        });
        return { data: [...page.data], nextCursor: page.nextCursor };
      }),
  }),
  route({
    method: 'get',
    report: true,
    path: '/invoices/{id}/lines/{lineId}/requests',
    tag: 'invoices',
    summary: 'The requests behind a line; they sum to the line exactly',
    access: 'invoices:read',
    alsoNeeds: ['requests:read'],
    detached: true,
    params: idParam.extend({ lineId: id }),
    query: z.strictObject(pageShape),
    response: pageOf(LineRequest),
    run: ({ context, organizationId, params, query }) =>
      billingAnswer(async () => {
        const scope = { organizationId, invoiceId: params.id, lineId: params.lineId };
        const page = await listLineRequests(context.database, { ...scope, ...query });
        return { data: [...page.data], nextCursor: page.nextCursor };
      }),
  }),
  step('finalize', 'Number and freeze an invoice whose period has ended', finalizeInvoice),
  step('void', 'Void a finalized invoice; its number stays taken', issuersOnly(voidInvoice)),
  route({
    method: 'post',
    path: '/invoices/{id}/mark-paid',
    tag: 'invoices',
    summary: 'Note that an invoice was paid outside of Stripe',
    access: 'invoices:write',
    detached: true,
    params: idParam,
    body: z.strictObject({
      /** As the bank statement says it. */
      reference: text(140).exactOptional(),
      paidAt: instant.exactOptional(),
    }),
    response: Invoice,
    status: 200,
    run: (call) =>
      billingAnswer(async () => {
        await assertMayForgive(call);
        await markPaid(call.context.database, {
          ...billingStepOf(call),
          ...call.body,
          invoiceId: call.params.id,
        });
        return present(call.context.database, call.organizationId, call.params.id);
      }),
  }),
  step('mark-uncollectible', 'Note that an invoice will not be paid', issuersOnly(markUncollectible)),
  document('pdf', 'application/pdf'),
  document('csv', 'text/csv'),
];

type Step = (database: Database, step: InvoiceStep) => Promise<unknown>;

/**
 * A step that says something about money received or forgiven: a live invoice is the issuer's claim on the
 * organization, so its debtor cannot take it. On invoices of test traffic anybody with the permission may try it.
 */
function issuersOnly(run: Step): GuardedStep {
  return { run, issuersOnly: true };
}

interface GuardedStep {
  readonly run: Step;
  readonly issuersOnly: true;
}

/** `POST /invoices/{id}/NAME`: answers the invoice as it is afterwards. */
function step(name: string, summary: string, taken: Step | GuardedStep): AnyRoute {
  const { run, issuersOnly: isGuarded } =
    typeof taken === 'function' ? { run: taken, issuersOnly: false } : taken;
  return route({
    method: 'post',
    path: `/invoices/{id}/${name}`,
    tag: 'invoices',
    summary,
    access: 'invoices:write',
    detached: true,
    params: idParam,
    response: Invoice,
    status: 200,
    run: (call) =>
      billingAnswer(async () => {
        if (isGuarded) await assertMayForgive(call);
        await run(call.context.database, { ...billingStepOf(call), invoiceId: call.params.id });
        return present(call.context.database, call.organizationId, call.params.id);
      }),
  });
}

/** `GET /invoices/{id}/KIND`: a draft comes as a preview that says so; a showback statement also by team and cost centre. */
function document(documentKind: DocumentKind, contentType: string): AnyRoute {
  return route({
    method: 'get',
    report: true,
    path: `/invoices/{id}/${documentKind}`,
    tag: 'invoices',
    summary: `The invoice as ${documentKind.toUpperCase()}; of a showback statement also that of one team or cost centre`,
    access: 'invoices:read',
    detached: true,
    params: idParam,
    query: z.strictObject({
      /** Empty: usage of no team. */
      teamId: text(100).exactOptional(),
      /** Empty: usage of no cost centre. */
      costCenter: text(100).exactOptional(),
    }),
    contentType,
    run: ({ context, organizationId, params, query }) =>
      billingAnswer(async () => {
        const scope = { organizationId, invoiceId: params.id, kind: documentKind, part: query };
        return documentAnswer(await getInvoiceDocument(context.database, scope));
      }),
  });
}

async function assertMayForgive({
  context,
  organizationId,
  params,
  actor,
}: DetachedCall<unknown, unknown, { id: string }>) {
  const { livemode } = await getInvoice(context.database, { organizationId, invoiceId: params.id });
  if (livemode) assertIssuer(actor, 'change what is owed');
}

async function present(database: Database, organizationId: string, invoiceId: string) {
  const invoice = await getInvoice(database, { organizationId, invoiceId });
  return { ...invoice, taxes: [...invoice.taxes] };
}
