/**
 * Where a provider's bill and the ledger differ, and what is decided about it.
 *
 * Not here: the bill itself (reconciliations.ts), booking what was decided, which the worker does (packages/reconciliation).
 */
import { z } from '@hono/zod-openapi';
import { decideDifferences, getBill, listDifferences } from '@tollgate/reconciliation';
import { whoOf } from '../audit/who-of.ts';
import { idParam, instant, text, timestamp, usd } from '../framework/field.ts';
import { decodeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { invalidField } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { day } from '../reconciliation/file-fields.ts';
import { reconciliationAnswer } from '../reconciliation/reconciliation-answer.ts';

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

/** As the database keeps it. */
const MAX_POSITION = 2 ** 31 - 1;

export const billDifferenceRoutes: readonly AnyRoute[] = [
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
      reconciliationAnswer(async () => {
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
      reconciliationAnswer(async () => {
        const scope = { organizationId: call.organizationId, billId: call.params.id };
        await getBill(call.tx, scope);
        return { decided: await decideDifferences(call.tx, { ...scope, ...call.body, ...whoOf(call) }) };
      }),
  }),
];

function positionOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const position = Number(decodeCursor(cursor, 1)[0]);
  if (Number.isSafeInteger(position) && position >= 0 && position <= MAX_POSITION) return position;
  throw invalidField('query.cursor', 'is not a cursor of this list');
}
