/**
 * Providers' bills against the ledger, and other gateways' spend beside it. Rules live in packages/reconciliation.
 *
 * Files are the body itself; what is to be known about them stands in the query.
 */
import { z } from '@hono/zod-openapi';
import type { AuditActor } from '@tollgate/audit';
import { auditActor } from '@tollgate/identity';
import {
  BILL_PROVIDERS,
  compareAgain,
  compareGatewaySpend,
  decideDifferences,
  deleteBill,
  deleteGatewayImport,
  GATEWAY_SOURCES,
  getBill,
  ImportError,
  importBill,
  importGatewaySpend,
  listBills,
  listDifferences,
  listGatewayImports,
  MAX_FILE_BYTES,
  ReconciliationError,
  type ReconciliationErrorCode,
} from '@tollgate/reconciliation';
import { id, idParam, instant, queryFlag, text, timestamp, timeZone, usd } from '../framework/field.ts';
import { decodeCursor, decodeTimeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { ApiProblem, invalidField } from '../framework/problem.ts';
import type { ProblemReason } from '../framework/problem-codes.ts';
import { type AnyRoute, route } from '../framework/route.ts';

const day = z.string().openapi({ description: 'A calendar day', example: '2026-11-01' });
const fileName = text(200).default('upload');

const billFields = {
  id,
  provider: z.enum(BILL_PROVIDERS),
  fileName: z.string(),
  fileSha256: z.string(),
  rows: z.number(),
  /** Rows of the file that are about something else. */
  ignoredRows: z.number(),
  /** Empty: every credential of the provider. */
  credentialId: z.string(),
  credentialName: z.string().openapi({ description: 'Empty: none, or one that is gone.' }),
  timeZone: z.string(),
  firstDay: day,
  lastDay: day,
  billUsd: usd,
  ledgerUsd: usd,
  /** Bill less ledger: the sum of all differences, exactly. */
  differenceUsd: usd,
  openDifferences: z.number(),
  comparedAt: timestamp,
  createdBy: z.string(),
  createdAt: timestamp,
};

export const ReconciliationListItem = z.object(billFields).openapi('ReconciliationListItem');

export const Reconciliation = z
  .object({
    ...billFields,
    reasons: z.array(z.object({ reason: z.string(), count: z.number(), differenceUsd: usd })),
    states: z
      .object({ open: z.number(), accepted: z.number(), booking: z.number(), booked: z.number() })
      .openapi({ description: 'Differences by state. While some are booked, the bill stays as it is.' }),
  })
  .openapi('Reconciliation');

export const ImportedReconciliation = Reconciliation.extend({
  isNew: z.boolean().openapi({ description: 'False: the file was there already, and nothing was imported.' }),
}).openapi('ImportedReconciliation');

export const ComparedReconciliation = Reconciliation.extend({
  decisions: z
    .object({ kept: z.number(), dropped: z.number() })
    .openapi({ description: 'Earlier decisions: those that still hold, and those about what has changed.' }),
}).openapi('ComparedReconciliation');

export const BillDifference = z
  .object({
    position: z.number(),
    day,
    from: timestamp.openapi({ description: 'When the day begins where the bill counts days.' }),
    to: timestamp.openapi({ description: 'When it ends.' }),
    model: z.string(),
    reason: z.string(),
    billUsd: usd,
    ledgerUsd: usd,
    differenceUsd: usd,
    detail: z.record(z.string(), z.string()),
    /** booking: decided, and carried out by the worker in seconds. */
    state: z.enum(['open', 'accepted', 'booking', 'booked']),
    note: z.string(),
    decidedBy: z.string(),
    decidedAt: timestamp.nullable(),
  })
  .openapi('BillDifference');

export const UsageImport = z
  .object({
    id,
    source: z.enum(GATEWAY_SOURCES),
    fileName: z.string(),
    rows: z.number(),
    firstDay: day,
    lastDay: day,
    costUsd: usd,
    createdBy: z.string(),
    createdAt: timestamp,
  })
  .openapi('UsageImport');

export const SpendRow = z
  .object({
    day: day.nullable(),
    model: z.string(),
    /** `tollgate`, or the other gateway. */
    source: z.string(),
    requests: z.string(),
    tokens: z.string(),
    costUsd: usd,
  })
  .openapi('GatewaySpendRow');

/** As the database keeps it. */
const MAX_POSITION = 2 ** 31 - 1;
const uploadThrottle = { limit: 60, windowSeconds: 3_600 };

export const reconciliationRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/reconciliations',
    tag: 'reconciliation',
    summary: 'Imported bills of providers, newest first',
    access: 'invoices:read',
    query: z.strictObject(pageShape),
    response: pageOf(ReconciliationListItem),
    run: async ({ tx, organizationId, query }) => {
      const before = decodeTimeCursor(query.cursor);
      const rows = await listBills(tx, { organizationId, limit: query.limit + 1, before });
      return toPage(
        rows,
        query.limit,
        (row) => [row.createdAt, row.id],
        (row) => row,
      );
    },
  }),
  route({
    method: 'post',
    report: true,
    path: '/reconciliations',
    tag: 'reconciliation',
    summary: 'Import a provider’s cost export and compare it with the ledger',
    description: `The body is the file: CSV, JSON as the provider’s API answers it, or Parquet; at most ${MAX_FILE_BYTES} bytes. The same file is imported once; for another provider or time zone than it is there with, it is refused (\`imported_otherwise\`) until the earlier bill is deleted.`,
    access: 'invoices:write',
    detached: true,
    throttle: uploadThrottle,
    uploadMaxBytes: MAX_FILE_BYTES,
    query: z.strictObject({
      provider: z.enum(BILL_PROVIDERS),
      credentialId: id.exactOptional(),
      /** In whose days the bill counts. */
      timeZone: timeZone.default('UTC'),
      fileName,
    }),
    response: ImportedReconciliation,
    status: 200,
    run: (call) =>
      answered(async () => {
        const { context, organizationId, query } = call;
        const credentialId = query.credentialId ?? '';
        if (credentialId !== '') {
          const known = await call.tenant((tx) =>
            tx.providerCredential.findFirst({
              where: { organizationId, id: credentialId },
              select: { id: true },
            }),
          );
          if (known === null)
            throw invalidField('query.credentialId', 'does not exist here', 'unknown_reference');
        }
        const { billId, isNew } = await importBill(context.database, {
          organizationId,
          provider: query.provider,
          credentialId,
          timeZone: query.timeZone,
          fileName: query.fileName,
          file: call.upload,
          ...whoOf(call),
        });
        return call.tenant(async (tx) => ({
          ...present(await getBill(tx, { organizationId, billId })),
          isNew,
        }));
      }),
  }),
  route({
    method: 'get',
    path: '/reconciliations/{id}',
    tag: 'reconciliation',
    summary: 'One bill with its reasons',
    access: 'invoices:read',
    params: idParam,
    response: Reconciliation,
    run: ({ tx, organizationId, params }) =>
      answered(async () => present(await getBill(tx, { organizationId, billId: params.id }))),
  }),
  route({
    method: 'get',
    path: '/reconciliations/{id}/differences',
    tag: 'reconciliation',
    summary: 'Every difference with its likely reason; they sum to the difference of the totals',
    access: 'invoices:read',
    params: idParam,
    query: z.strictObject({
      ...pageShape,
      state: BillDifference.shape.state.exactOptional(),
      position: z.coerce.number().int().min(0).max(MAX_POSITION).exactOptional(),
    }),
    response: pageOf(BillDifference),
    run: ({ tx, organizationId, params, query }) =>
      answered(async () => {
        await getBill(tx, { organizationId, billId: params.id });
        const rows = await listDifferences(tx, {
          organizationId,
          billId: params.id,
          limit: query.limit + 1,
          afterPosition: positionOf(query.cursor),
          state: query.state,
          position: query.position,
        });
        return toPage(
          rows,
          query.limit,
          (row) => [String(row.position)],
          (row) => ({ ...row, detail: { ...row.detail } }),
        );
      }),
  }),
  route({
    method: 'post',
    report: true,
    path: '/reconciliations/{id}/compare',
    tag: 'reconciliation',
    summary: 'Compare again with the ledger as it is now',
    description:
      'Decisions hold while their difference is still the same: day, model and both amounts. Those about differences that changed are dropped; where they are more than `mayDrop`, nothing is done and the refusal (`drops_decisions`) says how many they are.',
    access: 'invoices:write',
    detached: true,
    params: idParam,
    body: z.strictObject({
      mayDrop: z
        .int()
        .min(0)
        .default(0)
        .openapi({ description: 'How many decisions may be lost because their difference changed.' }),
    }),
    response: ComparedReconciliation,
    status: 200,
    run: (call) =>
      answered(async () => {
        const scope = { organizationId: call.organizationId, billId: call.params.id };
        const comparison = { ...scope, mayDrop: call.body.mayDrop, ...whoOf(call) };
        const decisions = await compareAgain(call.context.database, comparison);
        return call.tenant(async (tx) => ({ ...present(await getBill(tx, scope)), decisions }));
      }),
  }),
  route({
    method: 'post',
    path: '/reconciliations/{id}/decide',
    tag: 'reconciliation',
    summary: 'Accept differences, book them into the ledger as adjustments, or open them again',
    access: 'invoices:write',
    params: idParam,
    body: z.strictObject({
      positions: z.array(z.int().min(0)).min(1).max(5_000),
      decision: z.enum(['accept', 'book', 'reopen']),
      note: text(500)
        .exactOptional()
        .openapi({ description: 'Left out, the note of an earlier decision stays.' }),
      comparedAt: instant.exactOptional().openapi({
        description:
          'Of the bill whose differences were looked at. Refused (`compared_since`) after a newer comparison: its positions are those of other differences.',
      }),
    }),
    response: z.object({ decided: z.number() }),
    run: (call) =>
      answered(async () => {
        const scope = { organizationId: call.organizationId, billId: call.params.id };
        await getBill(call.tx, scope);
        return { decided: await decideDifferences(call.tx, { ...scope, ...call.body, ...whoOf(call) }) };
      }),
  }),
  route({
    method: 'delete',
    path: '/reconciliations/{id}',
    tag: 'reconciliation',
    summary: 'Forget a bill of which nothing was booked',
    access: 'invoices:write',
    params: idParam,
    run: (call) =>
      answered(async () => {
        await deleteBill(call.tx, {
          organizationId: call.organizationId,
          billId: call.params.id,
          ...whoOf(call),
        });
        return undefined;
      }),
  }),
  route({
    method: 'get',
    path: '/usage-imports',
    tag: 'reconciliation',
    summary: 'Imported spend of other gateways, newest first',
    access: 'usage:read',
    response: pageOf(UsageImport),
    run: async ({ tx, organizationId }) => ({
      data: await listGatewayImports(tx, organizationId),
      nextCursor: null,
    }),
  }),
  route({
    method: 'get',
    report: true,
    path: '/usage-imports/comparison',
    tag: 'reconciliation',
    summary: 'Spend by gateway, model and (where asked) day, in UTC',
    access: 'usage:read',
    query: z.strictObject({ from: instant, to: instant, byDay: queryFlag.exactOptional() }),
    response: z.object({ data: z.array(SpendRow) }),
    run: async ({ tx, organizationId, query }) => {
      if (query.to <= query.from) throw invalidField('query.to', 'must lie after the beginning');
      const { from, to } = query;
      return {
        data: await compareGatewaySpend(tx, { organizationId, from, to, byDay: query.byDay === true }),
      };
    },
  }),
  route({
    method: 'post',
    report: true,
    path: '/usage-imports',
    tag: 'reconciliation',
    summary: 'Import another gateway’s spend export',
    description: `LiteLLM’s SpendLogs, OpenRouter’s activity, Helicone’s requests, Portkey’s logs: CSV, JSON, JSON Lines or Parquet as the body, at most ${MAX_FILE_BYTES} bytes.`,
    access: 'invoices:write',
    detached: true,
    throttle: uploadThrottle,
    uploadMaxBytes: MAX_FILE_BYTES,
    query: z.strictObject({ source: z.enum(GATEWAY_SOURCES), fileName }),
    response: UsageImport,
    status: 200,
    run: (call) =>
      answered(async () => {
        const { organizationId, query, upload: file } = call;
        return importGatewaySpend(call.context.database, { organizationId, ...query, file, ...whoOf(call) });
      }),
  }),
  route({
    method: 'delete',
    path: '/usage-imports/{id}',
    tag: 'reconciliation',
    summary: 'Forget an import',
    access: 'invoices:write',
    params: idParam,
    run: (call) =>
      answered(async () => {
        const { tx, organizationId, params } = call;
        await deleteGatewayImport(tx, { organizationId, importId: params.id, ...whoOf(call) });
        return undefined;
      }),
  }),
];

type Who = Parameters<typeof auditActor>[0];

function whoOf<O>(call: {
  readonly actor: { readonly actor: Who };
  readonly origin: O;
  readonly nowMs: number;
}): {
  actor: AuditActor;
  origin: O;
  now: Date;
} {
  return { actor: auditActor(call.actor.actor), origin: call.origin, now: new Date(call.nowMs) };
}

function positionOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const position = Number(decodeCursor(cursor, 1)[0]);
  if (Number.isSafeInteger(position) && position >= 0 && position <= MAX_POSITION) return position;
  throw invalidField('query.cursor', 'is not a cursor of this list');
}

function present<B extends { readonly reasons: readonly unknown[] }>(bill: B) {
  return { ...bill, reasons: [...bill.reasons] as B['reasons'][number][] };
}

/** Runs a function of packages/reconciliation and tells its refusals in the API's words. */
async function answered<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ImportError) {
      const path =
        error.row > 0 ? `body.rows.${error.row}${error.column === '' ? '' : `.${error.column}`}` : 'body';
      throw new ApiProblem('invalid_request', error.message, {
        cause: error,
        errors: [{ path, message: error.message, code: 'invalid' }],
      });
    }
    throw error instanceof ReconciliationError ? toProblem(error) : error;
  }
}

const REASON = {
  'wrong-state': 'bill_booked',
  'drops-decisions': 'drops_decisions',
  'compared-since': 'compared_since',
  'imported-otherwise': 'imported_otherwise',
} as const satisfies Record<Exclude<ReconciliationErrorCode, 'not-found'>, ProblemReason>;

function toProblem(error: ReconciliationError): ApiProblem {
  const { code, message, facts } = error;
  if (code === 'not-found') return new ApiProblem('not_found', message, { cause: error });
  return new ApiProblem('conflict', message, {
    reason: REASON[code],
    ...(facts.decisions === undefined ? {} : { counts: { decisions: facts.decisions } }),
    ...(facts.earlier === undefined ? {} : { names: facts.earlier }),
    cause: error,
  });
}
