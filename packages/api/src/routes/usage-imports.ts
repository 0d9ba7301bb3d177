/**
 * Other gateways' spend beside the ledger: importing it, setting it side by side, forgetting it.
 *
 * It never enters the ledger. The file is the body itself. Not here: providers' bills (reconciliations.ts), how files are read
 * (packages/reconciliation).
 */
import { z } from '@hono/zod-openapi';
import {
  compareGatewaySpend,
  deleteGatewayImport,
  GATEWAY_SOURCES,
  importGatewaySpend,
  listGatewayImports,
  MAX_FILE_BYTES,
} from '@tollgate/reconciliation';
import { whoOf } from '../audit/who-of.ts';
import { id, idParam, instant, queryFlag, timestamp, usd } from '../framework/field.ts';
import { pageOf } from '../framework/pagination.ts';
import { invalidField } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { day, fileName, UPLOAD_THROTTLE } from '../reconciliation/file-fields.ts';
import { reconciliationAnswer } from '../reconciliation/reconciliation-answer.ts';

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

export const usageImportRoutes: readonly AnyRoute[] = [
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
    throttle: UPLOAD_THROTTLE,
    uploadMaxBytes: MAX_FILE_BYTES,
    query: z.strictObject({ source: z.enum(GATEWAY_SOURCES), fileName }),
    response: UsageImport,
    status: 200,
    run: (call) =>
      reconciliationAnswer(async () => {
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
      reconciliationAnswer(async () => {
        const { tx, organizationId, params } = call;
        await deleteGatewayImport(tx, { organizationId, importId: params.id, ...whoOf(call) });
        return undefined;
      }),
  }),
];
