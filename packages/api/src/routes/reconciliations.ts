/**
 * Providers' bills against the ledger: importing one, comparing it again, forgetting it.
 *
 * The file is the body itself; what is to be known about it stands in the query. Not here: its differences and what is decided
 * about them (bill-differences.ts), other gateways' spend (usage-imports.ts), the rules (packages/reconciliation).
 */
import { z } from '@hono/zod-openapi';
import {
  BILL_PROVIDERS,
  compareAgain,
  deleteBill,
  getBill,
  importBill,
  listBills,
  MAX_FILE_BYTES,
} from '@tollgate/reconciliation';
import { whoOf } from '../audit/who-of.ts';
import { id, idParam, timestamp, timeZone, usd } from '../framework/field.ts';
import { decodeTimeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { invalidField } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { day, fileName, UPLOAD_THROTTLE } from '../reconciliation/file-fields.ts';
import { reconciliationAnswer } from '../reconciliation/reconciliation-answer.ts';

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
    throttle: UPLOAD_THROTTLE,
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
      reconciliationAnswer(async () => {
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
      reconciliationAnswer(async () => present(await getBill(tx, { organizationId, billId: params.id }))),
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
      reconciliationAnswer(async () => {
        const scope = { organizationId: call.organizationId, billId: call.params.id };
        const comparison = { ...scope, mayDrop: call.body.mayDrop, ...whoOf(call) };
        const decisions = await compareAgain(call.context.database, comparison);
        return call.tenant(async (tx) => ({ ...present(await getBill(tx, scope)), decisions }));
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
      reconciliationAnswer(async () => {
        await deleteBill(call.tx, {
          organizationId: call.organizationId,
          billId: call.params.id,
          ...whoOf(call),
        });
        return undefined;
      }),
  }),
];

function present<B extends { readonly reasons: readonly unknown[] }>(bill: B) {
  return { ...bill, reasons: [...bill.reasons] as B['reasons'][number][] };
}
