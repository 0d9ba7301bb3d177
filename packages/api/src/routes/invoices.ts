/**
 * Invoices, their lines, the requests behind a line, their documents; notes. Rules live in packages/billing.
 *
 * The routes are detached: each of billing's functions is one transaction of its own.
 */
import { z } from '@hono/zod-openapi';
import {
  BillingError,
  type BillingErrorCode,
  type DocumentKind,
  finalizeInvoice,
  getCreditNote,
  getInvoice,
  getInvoiceDocument,
  InvalidCursorError,
  type InvoiceStep,
  issueCreditNote,
  listCreditNotes,
  listInvoiceLines,
  listInvoices,
  listLineRequests,
  listNoteLineRequests,
  markPaid,
  markUncollectible,
  voidInvoice,
} from '@tollgate/billing';
import type { Database } from '@tollgate/db';
import { auditActor } from '@tollgate/identity';
import { assertIssuer } from '../billing/issuer.ts';
import { id, idParam, instant, queryFlag, text, timestamp, usd } from '../framework/field.ts';
import { pageOf, pageShape } from '../framework/pagination.ts';
import { ApiProblem, invalidField, type ProblemCode } from '../framework/problem.ts';
import { type AnyRoute, type DetachedCall, route } from '../framework/route.ts';

const state = z.enum(['draft', 'open', 'paid', 'void', 'uncollectible']);
const kind = z.enum(['invoice', 'showback']);

const invoiceFields = {
  id,
  kind,
  state,
  livemode: z.boolean(),
  number: z.string().nullable(),
  currency: z.string(),
  periodStart: timestamp,
  periodEnd: timestamp,
  timeZone: z.string(),
  subtotalUsd: usd,
  roundingUsd: usd,
  taxUsd: usd,
  totalUsd: usd,
  dueAt: timestamp.nullable(),
  finalizedAt: timestamp.nullable(),
  paidAt: timestamp.nullable(),
  voidedAt: timestamp.nullable(),
  uncollectibleAt: timestamp.nullable(),
  /** Of the frozen content; null on a draft. */
  frozenSha256: z.string().nullable(),
  version: z.number(),
  updatedAt: timestamp,
};

export const InvoiceListItem = z.object(invoiceFields).openapi('InvoiceListItem');

export const Invoice = z
  .object({
    ...invoiceFields,
    taxes: z.array(z.object({ name: z.string(), rateBasisPoints: z.number(), amountUsd: usd })),
  })
  .openapi('Invoice');

export const InvoiceLine = z
  .object({
    id,
    /** usage, fee, credit: together they are the subtotal, exactly. */
    kind: z.string(),
    description: z.string(),
    teamId: z.string(),
    teamName: z.string(),
    costCenter: z.string(),
    provider: z.string(),
    model: z.string(),
    component: z.string(),
    quantity: z.string(),
    unitPriceUsd: usd,
    listUnitPriceUsd: usd,
    markupBasisPoints: z.number(),
    costUsd: usd,
    amountUsd: usd,
  })
  .openapi('InvoiceLine');

export const LineRequest = z
  .object({
    requestId: id,
    startedAt: timestamp,
    attempt: z.number(),
    /** 0 is the usage; above: an adjustment, with its reason. */
    entry: z.number(),
    reason: z.string(),
    keyId: z.string(),
    teamId: z.string(),
    model: z.string(),
    provider: z.string(),
    status: z.string(),
    estimated: z.boolean(),
    quantity: z.string(),
    costUsd: usd,
    amountUsd: usd,
  })
  .openapi('LineRequest');

const noteFields = {
  id,
  invoiceId: id,
  invoiceNumber: z.string().nullable(),
  livemode: z.boolean(),
  kind: z.enum(['credit', 'debit']),
  state: z.enum(['draft', 'issued', 'void']),
  number: z.string().nullable(),
  reason: z.string(),
  subtotalUsd: usd,
  roundingUsd: usd,
  taxUsd: usd,
  totalUsd: usd,
  createdAt: timestamp,
  issuedAt: timestamp.nullable(),
};

export const CreditNoteListItem = z.object(noteFields).openapi('CreditNoteListItem');

export const CreditNote = z
  .object({
    ...noteFields,
    lines: z.array(
      z.object({
        id,
        invoiceLineId: z.string().nullable(),
        /** usage, credit; of a draft the credits that it would use if it were issued now. */
        kind: z.string(),
        description: z.string(),
        teamId: z.string(),
        costCenter: z.string(),
        provider: z.string(),
        model: z.string(),
        component: z.string(),
        quantity: z.string(),
        amountUsd: usd,
        /** How many ledger entries stand behind it. */
        entryCount: z.number(),
      }),
    ),
  })
  .openapi('CreditNote');

export const NoteLineRequest = z
  .object({
    requestId: id,
    startedAt: timestamp,
    attempt: z.number(),
    entry: z.number(),
    reason: z.string(),
    quantity: z.string(),
    amountUsd: usd,
  })
  .openapi('NoteLineRequest');

const lineParams = idParam.extend({ lineId: id });

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
      state: state.exactOptional(),
      livemode: queryFlag.exactOptional(),
      /** `showback`: statements of cost, own credentials included. */
      kind: kind.exactOptional(),
    }),
    response: pageOf(InvoiceListItem),
    run: ({ context, organizationId, query }) =>
      answered(async () => {
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
    run: (call) => answered(() => present(call.context.database, call.organizationId, call.params.id)),
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
      answered(async () => {
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
    params: lineParams,
    query: z.strictObject(pageShape),
    response: pageOf(LineRequest),
    run: ({ context, organizationId, params, query }) =>
      answered(async () => {
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
      answered(async () => {
        await assertMayForgive(call);
        await markPaid(call.context.database, { ...stepOf(call), ...call.body, invoiceId: call.params.id });
        return present(call.context.database, call.organizationId, call.params.id);
      }),
  }),
  step('mark-uncollectible', 'Note that an invoice will not be paid', issuersOnly(markUncollectible)),
  document('pdf', 'application/pdf'),
  document('csv', 'text/csv'),
  route({
    method: 'get',
    path: '/credit-notes',
    tag: 'invoices',
    summary: 'Credit and debit notes, newest first',
    access: 'invoices:read',
    detached: true,
    query: z.strictObject({ ...pageShape, invoiceId: id.exactOptional() }),
    response: pageOf(CreditNoteListItem),
    run: ({ context, organizationId, query }) =>
      answered(async () => {
        const page = await listCreditNotes(context.database, { organizationId, ...query });
        return { data: [...page.data], nextCursor: page.nextCursor };
      }),
  }),
  route({
    method: 'get',
    path: '/credit-notes/{id}',
    tag: 'invoices',
    summary: 'One note with the ledger entries behind it',
    access: 'invoices:read',
    detached: true,
    params: idParam,
    response: CreditNote,
    run: (call) => answered(() => presentNote(call.context.database, call.organizationId, call.params.id)),
  }),
  route({
    method: 'get',
    report: true,
    path: '/credit-notes/{id}/lines/{lineId}/requests',
    tag: 'invoices',
    summary: 'The ledger entries behind a line of a note; they sum to the line exactly',
    access: 'invoices:read',
    alsoNeeds: ['requests:read'],
    detached: true,
    params: lineParams,
    query: z.strictObject(pageShape),
    response: pageOf(NoteLineRequest),
    run: ({ context, organizationId, params, query }) =>
      answered(async () => {
        const scope = { organizationId, creditNoteId: params.id, lineId: params.lineId };
        const page = await listNoteLineRequests(context.database, { ...scope, ...query });
        return { data: [...page.data], nextCursor: page.nextCursor };
      }),
  }),
  route({
    method: 'post',
    path: '/credit-notes/{id}/issue',
    tag: 'invoices',
    summary: 'Number and freeze a note',
    access: 'invoices:write',
    detached: true,
    params: idParam,
    response: CreditNote,
    status: 200,
    run: (call) =>
      answered(async () => {
        await issueCreditNote(call.context.database, { ...stepOf(call), creditNoteId: call.params.id });
        return presentNote(call.context.database, call.organizationId, call.params.id);
      }),
  }),
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
      answered(async () => {
        if (isGuarded) await assertMayForgive(call);
        await run(call.context.database, { ...stepOf(call), invoiceId: call.params.id });
        return present(call.context.database, call.organizationId, call.params.id);
      }),
  });
}

/** `GET /invoices/{id}/KIND`: a draft comes as a preview that says so. */
function document(documentKind: DocumentKind, contentType: string): AnyRoute {
  return route({
    method: 'get',
    report: true,
    path: `/invoices/{id}/${documentKind}`,
    tag: 'invoices',
    summary: `The invoice as ${documentKind.toUpperCase()}`,
    access: 'invoices:read',
    detached: true,
    params: idParam,
    contentType,
    run: ({ context, organizationId, params }) =>
      answered(async () => {
        const scope = { organizationId, invoiceId: params.id, kind: documentKind };
        const found = await getInvoiceDocument(context.database, scope);
        return new Response(found.content, {
          headers: {
            'content-type': found.contentType,
            'content-disposition': `attachment; filename="${found.fileName}"`,
            'content-length': String(found.content.byteLength),
            etag: `"${found.sha256}"`,
            'cache-control': 'private, no-store',
            'x-content-type-options': 'nosniff',
          },
        });
      }),
  });
}

function stepOf(call: DetachedCall<unknown, unknown, unknown>) {
  return {
    organizationId: call.organizationId,
    actor: auditActor(call.actor.actor),
    origin: call.origin,
    now: new Date(call.nowMs),
    collectsByStripe: call.context.payments !== undefined,
  };
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

async function presentNote(database: Database, organizationId: string, creditNoteId: string) {
  const note = await getCreditNote(database, { organizationId, creditNoteId });
  return { ...note, lines: [...note.lines] };
}

const PROBLEM_OF: Readonly<Record<BillingErrorCode, ProblemCode>> = {
  'not-found': 'not_found',
  'period-running': 'conflict',
  'wrong-state': 'conflict',
  'usage-arriving': 'conflict',
  'disagrees-with-ledger': 'conflict',
  'series-taken': 'conflict',
  'place-taken': 'conflict',
  'secret-needed': 'conflict',
};

const USAGE_RETRY_MS = 5_000;

/** Runs one of billing's functions and tells its refusals in the API's words. */
async function answered<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof BillingError) {
      const retry = error.code === 'usage-arriving' ? { retryAfterMs: USAGE_RETRY_MS } : {};
      throw new ApiProblem(PROBLEM_OF[error.code], error.message, { cause: error, ...retry });
    }
    if (error instanceof InvalidCursorError)
      throw invalidField('query.cursor', 'is not a cursor of this list');
    throw error;
  }
}
