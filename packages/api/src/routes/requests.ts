/** The request explorer: a list, what it looks like as a whole, what comes in, and one request. */
import { z } from '@hono/zod-openapi';
import type { Transaction } from '@tollgate/db';
import { can } from '@tollgate/identity';
import { parseId } from '@tollgate/ids';
import { findPayloadExpiry } from '@tollgate/payloads';
import { findProvider } from '@tollgate/providers';
import { definedOnly, idParam, instant, iso, timestamp } from '../framework/field.ts';
import {
  decodeCursor,
  decodeTimeCursor,
  encodeCursor,
  pageOf,
  pageShape,
  toPage,
} from '../framework/pagination.ts';
import { invalidField, notFound } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { presentRequest, RequestDetail, RequestSummary } from '../requests/present-request.ts';
import { readFilters } from '../requests/read-filters.ts';
import { findCredentialNames, findQueryTerms, findRequestNames } from '../requests/request-names.ts';
import { findRequestRow, findRequests, listEntries, type RequestRow } from '../requests/request-store.ts';
import { FACETS, OUTCOMES, summarizeRequests } from '../requests/request-summary.ts';
import { readTail } from '../requests/request-tail.ts';
import { findNamesOfKeys } from '../virtual-keys/key-names.ts';

const DEFAULT_RANGE_MS = 30 * 86_400_000;
const FUTURE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Each day is a partition that may have to be read. */
const MAX_RANGE_DAYS = 400;
const LOOK_DEFAULT = 50_000;
const LOOK_MAX = 500_000;

const q = z.string().max(1_000).exactOptional();
const range = { from: instant.exactOptional(), to: instant.exactOptional() };

const FacetValue = z.object({
  value: z.string(),
  /** What people call it, where it is an id. */
  name: z.string().nullable(),
  term: z.string().openapi({
    description:
      'What a query asks for exactly these requests by: in `served:` a model, elsewhere in the field of the same name. The id of a key or team whose name others have as well.',
  }),
  requests: z.int(),
});

export const RequestsSummary = z
  .object({
    from: timestamp,
    to: timestamp,
    bucketSeconds: z.int(),
    /** Only those that have requests. */
    buckets: z.array(
      z.object({
        start: timestamp,
        ...(Object.fromEntries(OUTCOMES.map((one) => [one, z.int()])) as Record<
          (typeof OUTCOMES)[number],
          z.ZodInt
        >),
      }),
    ),
    /** The most frequent values. */
    facets: z.object(
      Object.fromEntries(FACETS.map((one) => [one, z.array(FacetValue)])) as Record<
        (typeof FACETS)[number],
        z.ZodArray<typeof FacetValue>
      >,
    ),
    /** How many were found among those that were looked at. */
    matched: z.int(),
    looked: z.int(),
    /** Set where the range holds more: what is before this was not looked at. */
    lookedTo: timestamp.nullable(),
  })
  .openapi('RequestsSummary');

export const requestRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/requests',
    tag: 'requests',
    summary: 'Requests, newest first; the last 30 days unless told',
    description:
      '`q` joins terms by AND: `key:` (id or name), `team:` (id, slug or name), `member:`, `model:` (asked for or used in the end), `served:` (used in the end; where none was, asked for), `provider:` (in the end), `user:`, `session:`, `endpoint:`, `dialect:` (what the client speaks), `format:` (what the provider speaks), `unsupported:` (a parameter it could not be told), `error:`, `outcome:`, `attemptModel:`, `attemptProvider:`, `credential:`, `costCenter:` (all of the same attempt; one that is asked again may be of another), `ip:`, `id:`, with `*` for any characters; `status:` (`>=400`, `4xx`, `400..499`), `latency:` and `ttft:` (ms, or `2s`), `attempts:`, `tokens:`, `cost:` (USD, what the organization pays: `spentUsd`), each as a number, a comparison or a range with either end open; `tag:NAME` or `tag:NAME=VALUE`; `streamed:true`, `livemode:false`, `estimated:true`, `translated:true`, `refused:true`. Several values of a term, `model:gpt-5*,claude-*`, are joined by OR; quotes hold spaces and commas; a `-` turns a term around. A page looks at so many requests at most: where it ends early, `searchedTo` says how far back, and `nextCursor` goes on from there.',
    access: 'requests:read',
    report: true,
    query: z.strictObject({
      ...pageShape,
      q,
      ...range,
    }),
    response: pageOf(RequestSummary).extend({
      /** How far back this page looked, where it ended before it was full: ask on with `nextCursor`. */
      searchedTo: timestamp.nullable(),
    }),
    run: async ({ tx, organizationId, query, nowMs }) => {
      const { from, to } = rangeOf(query, nowMs);
      const { rows, scannedTo } = await findRequests(tx, organizationId, {
        from,
        to,
        filters: readFilters(query.q ?? ''),
        ...definedOnly({ after: decodeTimeCursor(query.cursor) }),
        limit: query.limit + 1,
      });
      const present = await presenter(tx, organizationId, rows);
      const found = toPage(rows, query.limit, (row) => [row.startedAt.toISOString(), row.id], present);
      if (scannedTo === undefined) return { ...found, searchedTo: null };
      const nextCursor = encodeCursor([scannedTo.at.toISOString(), scannedTo.id]);
      return { ...found, nextCursor, searchedTo: scannedTo.at.toISOString() };
    },
  }),
  route({
    method: 'get',
    path: '/requests/summary',
    tag: 'requests',
    summary: 'Requests over time by outcome, and the most frequent models, keys, errors and so on',
    description: `Of the newest \`look\` requests of the range that an index leads to (${LOOK_DEFAULT} unless told, ${LOOK_MAX} at most); \`lookedTo\` says how far back that came. Where a term is about cost, tokens or what an attempt was, fewer are looked at.`,
    access: 'requests:read',
    report: true,
    query: z.strictObject({
      q,
      ...range,
      look: z.coerce.number().int().min(1).max(LOOK_MAX).default(LOOK_DEFAULT),
    }),
    response: RequestsSummary,
    run: async ({ tx, organizationId, query, nowMs }) => {
      const { from, to } = rangeOf(query, nowMs);
      const filters = readFilters(query.q ?? '');
      const summary = await summarizeRequests(tx, organizationId, { from, to, filters, scanMax: query.look });
      const idsOf = (name: 'key' | 'team') => summary.facets[name].map(({ value }) => value);
      const names = await findRequestNames(tx, organizationId, {
        keyIds: idsOf('key'),
        teamIds: idsOf('team'),
      });
      const terms = new Map([
        ...(await findQueryTerms(tx, organizationId, 'key', idsOf('key'))),
        ...(await findQueryTerms(tx, organizationId, 'team', idsOf('team'))),
      ]);
      const nameOf: Readonly<Partial<Record<(typeof FACETS)[number], (id: string) => string | undefined>>> = {
        key: (id) => names.keys.get(id),
        team: (id) => names.teams.get(id),
        provider: (id) => findProvider(id)?.displayName,
      };
      const facet = (name: (typeof FACETS)[number]) =>
        summary.facets[name].map(({ value, requests }) => ({
          value,
          name: nameOf[name]?.(value) ?? null,
          term: terms.get(value) ?? value,
          requests,
        }));
      const byStart = Map.groupBy(summary.buckets, ({ start }) => start.getTime());
      return {
        from: iso(from),
        to: iso(to),
        bucketSeconds: summary.bucketSeconds,
        buckets: [...byStart].map(([startMs, counts]) => {
          const countOf = (outcome: (typeof OUTCOMES)[number]) =>
            counts.find((each) => each.outcome === outcome)?.requests ?? 0;
          return {
            start: new Date(startMs).toISOString(),
            succeeded: countOf('succeeded'),
            refused: countOf('refused'),
            failed: countOf('failed'),
            aborted: countOf('aborted'),
          };
        }),
        facets: {
          status: facet('status'),
          model: facet('model'),
          provider: facet('provider'),
          key: facet('key'),
          team: facet('team'),
          error: facet('error'),
          endpoint: facet('endpoint'),
        },
        matched: summary.matched,
        looked: summary.looked,
        lookedTo: iso(summary.lookedTo ?? null),
      };
    },
  }),
  route({
    method: 'get',
    path: '/requests/tail',
    tag: 'requests',
    summary: 'What was logged since `cursor`, newest first; without one, where to begin',
    description:
      'For live views: ask again with `nextCursor` after a second or two. Of a flood the newest are told, and `skipped` says so.',
    access: 'requests:read',
    report: true,
    query: z.strictObject({
      q,
      cursor: pageShape.cursor,
      limit: z.coerce.number().int().min(1).max(100).default(100),
    }),
    response: z.object({
      data: z.array(RequestSummary),
      nextCursor: z.string(),
      skipped: z.boolean(),
    }),
    run: async ({ tx, organizationId, query, nowMs }) => {
      const tail = await readTail(tx, organizationId, {
        cursor: decodeTailCursor(query.cursor),
        filters: readFilters(query.q ?? ''),
        limit: query.limit,
        nowMs,
      });
      const present = await presenter(tx, organizationId, tail.rows);
      return { data: tail.rows.map(present), nextCursor: encodeCursor([tail.cursor]), skipped: tail.skipped };
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
    run: async ({ tx, organizationId, actor, params, nowMs }) => {
      // The id names its time, and the time its partition.
      const parsed = parseId('request', params.id);
      if (parsed === undefined) throw notFound('request');
      const startedAt = new Date(parsed.timeMs);
      const row = await findRequestRow(tx, organizationId, startedAt, params.id);
      if (row === undefined) throw notFound('request');
      const shown = (await presenter(tx, organizationId, [row]))(row);
      const owner = { memberId: row.memberId || null, serviceAccountId: row.serviceAccountId || null };
      const { ownerName } = await findNamesOfKeys(tx, actor, [{ ...owner, teamId: null }]);
      const credentialIds = shown.attempts.map(({ credentialId }) => credentialId);
      const place = { organizationId, requestId: params.id };
      const keptUntil = can(actor, 'payloads:read') ? await findPayloadExpiry(tx, place, nowMs) : undefined;
      return {
        ...shown,
        ownerName: ownerName(owner),
        credentialNames: await findCredentialNames(tx, actor, credentialIds),
        payloadKeptUntil: iso(keptUntil ?? null),
      };
    },
  }),
];

function rangeOf(
  query: { from?: Date; to?: Date },
  nowMs: number,
): { readonly from: Date; readonly to: Date } {
  const to = query.to ?? new Date(nowMs + FUTURE_MS);
  const from = query.from ?? new Date(to.getTime() - DEFAULT_RANGE_MS);
  if (to.getTime() - from.getTime() > MAX_RANGE_DAYS * DAY_MS) {
    const rule = `must lie at most ${MAX_RANGE_DAYS} days before the end`;
    throw invalidField('query.from', rule, 'range_too_long');
  }
  return { from, to };
}

/** With what every row needs besides: its entries, and what its key and team are called. */
async function presenter(tx: Transaction, organizationId: string, rows: readonly RequestRow[]) {
  const entries = Map.groupBy(await listEntries(tx, organizationId, rows), (entry) => entry.requestId);
  const names = await findRequestNames(tx, organizationId, {
    keyIds: rows.map(({ keyId }) => keyId),
    teamIds: rows.map(({ teamId }) => teamId),
  });
  return (row: RequestRow) => presentRequest(row, entries.get(row.id) ?? [], names);
}

function decodeTailCursor(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const [xid = ''] = decodeCursor(text, 1);
  if (!/^\d{1,19}$/.test(xid)) throw invalidField('query.cursor', 'is not a cursor of this list');
  return xid;
}
