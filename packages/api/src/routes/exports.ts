/**
 * Exports: of usage at once or as a job, and of an invoice. Rules live in packages/billing; the files of jobs lie where
 * the worker writes them. Those that are made by themselves: export-schedules.ts.
 */
import { z } from '@hono/zod-openapi';
import {
  countUsageEntries,
  EXPORT_FORMATS,
  getExport,
  INVOICE_VIEWS,
  JOB_FORMATS,
  listExports,
  NOTE_VIEWS,
  type OpenedExport,
  openCreditNoteExport,
  openExportFile,
  openInvoiceExport,
  openUsageExport,
  requestExport,
  USAGE_VIEWS,
} from '@tollgate/billing';
import { auditActor, can } from '@tollgate/identity';
import { definedOnly, id, idParam, instant, queryFlag, text, timestamp, usd } from '../framework/field.ts';
import { fileAnswer } from '../framework/file-answer.ts';
import { pageOf, pageShape } from '../framework/pagination.ts';
import { ApiProblem, invalidField } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { billingAnswer } from './billing-answer.ts';
import { recordExportEvent } from './export-event.ts';

/** More than this is a job: nobody holds a connection for minutes. */
const MAX_ENTRIES_AT_ONCE = 200_000;
const DAY_MS = 86_400_000;
const MAX_RANGE_MS = 400 * DAY_MS;

const format = z.enum(EXPORT_FORMATS);
const jobFormat = z.enum(JOB_FORMATS);

const usageFilters = {
  livemode: queryFlag.exactOptional(),
  teamId: id.exactOptional(),
  keyId: id.exactOptional(),
  model: text(256).exactOptional(),
  provider: text(64).exactOptional(),
  costCenter: text(100).exactOptional(),
};

export const DataExport = z
  .object({
    id,
    format: jobFormat,
    state: z.enum(['waiting', 'running', 'done', 'failed', 'expired']),
    from: timestamp,
    to: timestamp,
    rows: z.string(),
    bytes: z.string(),
    sha256: z.string(),
    fileName: z.string(),
    /** Of the entries’ charges, or of the billed costs. */
    totalUsd: usd,
    error: z.string(),
    scheduleId: z.string().nullable(),
    createdBy: z.string(),
    createdAt: timestamp,
    finishedAt: timestamp.nullable(),
    /** Until then the file can be fetched. */
    expiresAt: timestamp.nullable(),
  })
  .openapi('DataExport');

export const exportRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    report: true,
    path: '/usage/export',
    tag: 'exports',
    summary: 'The ledger’s entries of a range as a file, or FOCUS 1.2 by the hour',
    description: `At most ${MAX_ENTRIES_AT_ONCE} entries; more is a job: \`POST /exports\`.`,
    access: 'requests:read',
    detached: true,
    query: z.strictObject({
      from: instant,
      to: instant,
      view: z.enum(USAGE_VIEWS).default('entries'),
      format: format.default('csv'),
      gzip: queryFlag.exactOptional(),
      ...usageFilters,
    }),
    contentType: 'application/octet-stream',
    run: ({ context, organizationId, query }) =>
      billingAnswer(async () => {
        const { view, format: asked, gzip, from, to, ...filters } = query;
        assertRange(from, to);
        const question = { organizationId, from, to, ...definedOnly(filters) };
        const entries = await countUsageEntries(context.database, question);
        if (entries > MAX_ENTRIES_AT_ONCE) {
          throw invalidField(
            'query.from',
            `must make a range of at most ${MAX_ENTRIES_AT_ONCE} entries, got ${entries}: make it an export job`,
            'range_too_long',
          );
        }
        return sent(
          await openUsageExport(context.database, question, { view, format: asked, gzip: gzip === true }),
        );
      }),
  }),
  route({
    method: 'get',
    report: true,
    path: '/invoices/{id}/export',
    tag: 'invoices',
    summary: 'The invoice as a file: its lines, its ledger entries, or FOCUS 1.2',
    description: 'Ledger entries need `requests:read` as well.',
    access: 'invoices:read',
    detached: true,
    params: idParam,
    query: z.strictObject({
      view: z.enum(INVOICE_VIEWS).default('lines'),
      format: format.default('csv'),
      gzip: queryFlag.exactOptional(),
    }),
    contentType: 'application/octet-stream',
    run: ({ context, organizationId, actor, params, query }) =>
      billingAnswer(async () => {
        if (query.view === 'entries' && !can(actor, 'requests:read')) {
          throw new ApiProblem(
            'permission_denied',
            'Cannot do this: the permission requests:read is missing',
          );
        }
        const scope = { organizationId, invoiceId: params.id, view: query.view, format: query.format };
        return sent(await openInvoiceExport(context.database, { ...scope, gzip: query.gzip === true }));
      }),
  }),
  route({
    method: 'get',
    report: true,
    path: '/invoices/{id}/focus',
    tag: 'invoices',
    summary: 'The invoice in FOCUS 1.2: billed costs sum to its total',
    access: 'invoices:read',
    detached: true,
    params: idParam,
    query: z.strictObject({ format: z.enum(['csv', 'parquet']).default('csv') }),
    contentType: 'text/csv',
    run: ({ context, organizationId, params, query }) =>
      billingAnswer(async () => {
        const scope = { organizationId, invoiceId: params.id, view: 'focus' as const, format: query.format };
        return sent(await openInvoiceExport(context.database, scope));
      }),
  }),
  route({
    method: 'get',
    report: true,
    path: '/credit-notes/{id}/export',
    tag: 'invoices',
    summary: 'The note as a file: its lines, rounding, tax and total, or FOCUS 1.2 as corrections',
    access: 'invoices:read',
    detached: true,
    params: idParam,
    query: z.strictObject({
      view: z.enum(NOTE_VIEWS).default('lines'),
      format: format.default('csv'),
      gzip: queryFlag.exactOptional(),
    }),
    contentType: 'application/octet-stream',
    run: ({ context, organizationId, params, query }) =>
      billingAnswer(async () => {
        const { view, format: asked } = query;
        const scope = { organizationId, creditNoteId: params.id, view, format: asked };
        return sent(await openCreditNoteExport(context.database, { ...scope, gzip: query.gzip === true }));
      }),
  }),
  route({
    method: 'get',
    path: '/exports',
    tag: 'exports',
    summary: 'Export jobs, newest first',
    access: 'requests:read',
    query: z.strictObject(pageShape),
    response: pageOf(DataExport),
    run: ({ tx, organizationId, query }) =>
      billingAnswer(async () => {
        const page = await listExports(tx, { organizationId, ...query });
        return { data: [...page.data], nextCursor: page.nextCursor };
      }),
  }),
  route({
    method: 'post',
    path: '/exports',
    tag: 'exports',
    summary: 'Have an export made; fetch it when it is done',
    access: 'requests:read',
    idempotent: true,
    body: z.strictObject({
      from: instant,
      to: instant,
      format: jobFormat,
      gzip: z.boolean().default(true),
      livemode: z.boolean().exactOptional(),
      teamId: id.exactOptional(),
      keyId: id.exactOptional(),
      model: text(256).exactOptional(),
      provider: text(64).exactOptional(),
      costCenter: text(100).exactOptional(),
    }),
    response: DataExport,
    run: (call) =>
      billingAnswer(async () => {
        const { tx, organizationId, body, actor, nowMs } = call;
        assertRange(body.from, body.to, 'body');
        const asked = { ...definedOnly(body), organizationId, now: new Date(nowMs) };
        const made = await requestExport(tx, { ...asked, actor: auditActor(actor.actor) });
        const { id: exportId, format: asFormat, from, to } = made;
        await recordExportEvent(
          call,
          'export-requested',
          { id: exportId, kind: 'export' },
          { format: asFormat, from, to },
        );
        return made;
      }),
  }),
  route({
    method: 'get',
    path: '/exports/{id}',
    tag: 'exports',
    summary: 'One export job',
    access: 'requests:read',
    params: idParam,
    response: DataExport,
    run: ({ tx, organizationId, params }) =>
      billingAnswer(() => getExport(tx, { organizationId, exportId: params.id })),
  }),
  route({
    method: 'get',
    path: '/exports/{id}/download',
    tag: 'exports',
    summary: 'The file of an export job, until it expires',
    access: 'requests:read',
    detached: true,
    params: idParam,
    contentType: 'application/octet-stream',
    run: (call) =>
      billingAnswer(async () => {
        const { context, organizationId, params, nowMs } = call;
        const folder = context.exportsFolder;
        await call.tenant((tx) => getExport(tx, { organizationId, exportId: params.id }));
        if (folder === undefined) {
          throw new ApiProblem(
            'not_enforced',
            'Cannot fetch exports: this installation has no folder for them',
          );
        }
        const scope = { organizationId, exportId: params.id, folder, now: new Date(nowMs) };
        const file = await openExportFile(context.database, scope);
        return fileAnswer({ ...file, contentType: 'application/octet-stream' });
      }),
  }),
];

function assertRange(from: Date, to: Date, part: 'query' | 'body' = 'query'): void {
  if (to <= from) throw invalidField(`${part}.to`, 'must lie after the beginning');
  if (to.getTime() - from.getTime() > MAX_RANGE_MS) {
    throw invalidField(
      `${part}.from`,
      `must lie at most ${MAX_RANGE_MS / DAY_MS} days before the end`,
      'range_too_long',
    );
  }
}

function sent({ stream, fileName, contentType }: OpenedExport): Response {
  return fileAnswer({ stream, fileName, contentType });
}
