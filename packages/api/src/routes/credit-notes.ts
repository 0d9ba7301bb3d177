/** Credit and debit notes, and the ledger entries behind their lines. Rules live in packages/billing. */
import { z } from '@hono/zod-openapi';
import {
  getCreditNote,
  getNoteDocument,
  issueCreditNote,
  listCreditNotes,
  listNoteLineRequests,
} from '@tollgate/billing';
import type { Database } from '@tollgate/db';
import { billingStepOf } from '../billing/billing-step.ts';
import { documentAnswer } from '../billing/document-answer.ts';
import { CreditNote, CreditNoteListItem, NoteLineRequest } from '../billing/invoice-shapes.ts';
import { id, idParam, instant, queryFlag } from '../framework/field.ts';
import { pageOf, pageShape } from '../framework/pagination.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { billingAnswer } from './billing-answer.ts';

export const creditNoteRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/credit-notes',
    tag: 'invoices',
    summary: 'Credit and debit notes: drafts first, then those issued, newest first',
    access: 'invoices:read',
    detached: true,
    query: z.strictObject({
      ...pageShape,
      invoiceId: id.exactOptional(),
      state: z.enum(['draft', 'issued', 'void']).exactOptional(),
      waiting: queryFlag
        .exactOptional()
        .openapi({ description: 'true: drafts that are to be issued, so no credit on a void invoice' }),
      livemode: queryFlag.exactOptional(),
      before: instant.exactOptional().openapi({ description: 'Of invoices whose period began before then' }),
    }),
    response: pageOf(CreditNoteListItem),
    run: ({ context, organizationId, query }) =>
      billingAnswer(async () => {
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
    run: (call) =>
      billingAnswer(() => presentNote(call.context.database, call.organizationId, call.params.id)),
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
    params: idParam.extend({ lineId: id }),
    query: z.strictObject(pageShape),
    response: pageOf(NoteLineRequest),
    run: ({ context, organizationId, params, query }) =>
      billingAnswer(async () => {
        const scope = { organizationId, creditNoteId: params.id, lineId: params.lineId };
        const page = await listNoteLineRequests(context.database, { ...scope, ...query });
        return { data: [...page.data], nextCursor: page.nextCursor };
      }),
  }),
  route({
    method: 'get',
    report: true,
    path: '/credit-notes/{id}/pdf',
    tag: 'invoices',
    summary: 'The note as PDF; a draft as it would be issued now',
    access: 'invoices:read',
    detached: true,
    params: idParam,
    contentType: 'application/pdf',
    run: ({ context, organizationId, params }) =>
      billingAnswer(async () => {
        const scope = { organizationId, creditNoteId: params.id };
        return documentAnswer(await getNoteDocument(context.database, scope));
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
      billingAnswer(async () => {
        await issueCreditNote(call.context.database, {
          ...billingStepOf(call),
          creditNoteId: call.params.id,
        });
        return presentNote(call.context.database, call.organizationId, call.params.id);
      }),
  }),
];

async function presentNote(database: Database, organizationId: string, creditNoteId: string) {
  const note = await getCreditNote(database, { organizationId, creditNoteId });
  return { ...note, lines: [...note.lines] };
}
