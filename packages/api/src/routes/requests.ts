/** The request explorer. */
import { z } from '@hono/zod-openapi';
import { parseId } from '@tollgate/ids';
import { definedOnly, idParam, instant, timestamp } from '../framework/field.ts';
import { decodeTimeCursor, encodeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { invalidField, notFound } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { presentRequest, RequestDetail, RequestSummary } from '../requests/present-request.ts';
import { parseRequestQuery, type RequestFilter, RequestQueryError } from '../requests/request-query.ts';
import { findRequestRow, findRequests, listEntries } from '../requests/request-store.ts';

const DEFAULT_RANGE_MS = 30 * 86_400_000;
const FUTURE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Each day is a partition that may have to be read. */
const MAX_RANGE_DAYS = 400;

export const requestRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/requests',
    tag: 'requests',
    summary: 'Requests, newest first; the last 30 days unless told',
    description:
      '`q` joins terms by AND: `key:` (id or name), `team:` (id, slug or name), `member:`, `model:`, `provider:`, `user:`, `session:`, `endpoint:`, `format:` (what the provider speaks), `unsupported:` (a parameter it could not be told), `error:`, `id:`, with `*` for any characters; `status:>=400`, `latency:>1000` (ms), `attempts:>1`, `cost:>0.01` (USD); `tag:NAME` or `tag:NAME=VALUE`; `streamed:true`, `livemode:false`, `estimated:true`, `translated:true`. A `-` turns a term around. A page looks at so many requests at most: where it ends early, `searchedTo` says how far back, and `nextCursor` goes on from there.',
    access: 'requests:read',
    report: true,
    query: z.strictObject({
      ...pageShape,
      q: z.string().max(1_000).exactOptional(),
      from: instant.exactOptional(),
      to: instant.exactOptional(),
    }),
    response: pageOf(RequestSummary).extend({
      /** How far back this page looked, where it ended before it was full: ask on with `nextCursor`. */
      searchedTo: timestamp.nullable(),
    }),
    run: async ({ tx, organizationId, query, nowMs }) => {
      const to = query.to ?? new Date(nowMs + FUTURE_MS);
      const from = query.from ?? new Date(to.getTime() - DEFAULT_RANGE_MS);
      if (to.getTime() - from.getTime() > MAX_RANGE_DAYS * DAY_MS) {
        const rule = `must lie at most ${MAX_RANGE_DAYS} days before the end`;
        throw invalidField('query.from', rule, 'range_too_long');
      }
      const { rows, scannedTo } = await findRequests(tx, organizationId, {
        from,
        to,
        filters: readFilters(query.q ?? ''),
        ...definedOnly({ after: decodeTimeCursor(query.cursor) }),
        limit: query.limit + 1,
      });
      const entries = Map.groupBy(await listEntries(tx, organizationId, rows), (entry) => entry.requestId);
      const found = toPage(
        rows,
        query.limit,
        (row) => [row.startedAt.toISOString(), row.id],
        (row) => presentRequest(row, entries.get(row.id) ?? []),
      );
      if (scannedTo === undefined) return { ...found, searchedTo: null };
      const nextCursor = encodeCursor([scannedTo.at.toISOString(), scannedTo.id]);
      return { ...found, nextCursor, searchedTo: scannedTo.at.toISOString() };
    },
  }),
  route({
    method: 'get',
    path: '/requests/{id}',
    tag: 'requests',
    summary: 'One request with its attempts and what each part of it cost',
    access: 'requests:read',
    params: idParam,
    response: RequestDetail,
    run: async ({ tx, organizationId, params }) => {
      // The id names its time, and the time its partition.
      const parsed = parseId('request', params.id);
      if (parsed === undefined) throw notFound('request');
      const startedAt = new Date(parsed.timeMs);
      const row = await findRequestRow(tx, organizationId, startedAt, params.id);
      if (row === undefined) throw notFound('request');
      return presentRequest(row, await listEntries(tx, organizationId, [{ startedAt, id: params.id }]));
    },
  }),
];

function readFilters(text: string): RequestFilter[] {
  try {
    return parseRequestQuery(text);
  } catch (error) {
    if (!(error instanceof RequestQueryError)) throw error;
    throw invalidField('query.q', error.message);
  }
}
