/** Rate limits: requests, tokens or concurrency of a scope. */
import { z } from '@hono/zod-openapi';
import type { Transaction } from '@tollgate/db';
import {
  createRateLimit,
  deleteRateLimit,
  RATE_METRICS,
  type RateLimitRecord,
  SCOPE_TYPES,
  updateRateLimit,
} from '@tollgate/limits';
import { recordChange } from '../framework/change-feed.ts';
import { askedIds, definedOnly, idParam, text } from '../framework/field.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import { decodeTimeCursor, longPageShape, pageOf, toPage } from '../framework/pagination.ts';
import { invalidField, notFound } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';
import { DryRun, dryRunRateLimit } from '../limits/dry-run.ts';
import { presentRateLimits, RateLimit } from '../limits/present-rate-limit.ts';
import { limitValue, windowSeconds } from '../limits/rate-limit-fields.ts';
import { RateLimitUse, readUseOfRateLimits } from '../limits/rate-limit-use.ts';
import { limitScope } from './budgets.ts';
import { assertLimitsEnforced, assertNotDunning, limitsChange, refusingBadLimits } from './limits-change.ts';

const model = text(200).min(1).nullable();

const rateLimitBody = z.strictObject({
  scope: limitScope,
  metric: z.enum(RATE_METRICS),
  limit: limitValue,
  windowSeconds: windowSeconds.exactOptional(),
  model: model.exactOptional(),
});

export const rateLimitRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/rate-limits',
    tag: 'rate-limits',
    summary: 'Rate limits, newest first',
    access: 'rate-limits:read',
    query: z.strictObject({
      ...longPageShape,
      scopeType: z.enum(SCOPE_TYPES).exactOptional(),
      scopeId: text(300).exactOptional(),
    }),
    response: pageOf(RateLimit),
    run: async ({ tx, organizationId, query }) => {
      const after = decodeTimeCursor(query.cursor);
      const rows = await tx.rateLimit.findMany({
        where: {
          organizationId,
          ...(query.scopeType === undefined ? {} : { scopeType: query.scopeType }),
          ...(query.scopeId === undefined ? {} : { scopeId: query.scopeId }),
          ...(after === undefined
            ? {}
            : { OR: [{ createdAt: { lt: after.at } }, { createdAt: after.at, id: { lt: after.id } }] }),
        },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: query.limit + 1,
      });
      const shown = await presentRateLimits(tx, organizationId, rows);
      const byId = new Map(shown.map((limit) => [limit.id, limit]));
      return toPage(
        rows,
        query.limit,
        (row) => [row.createdAt.toISOString(), row.id],
        (row) => byId.get(row.id)!,
      );
    },
  }),
  route({
    method: 'post',
    path: '/rate-limits',
    tag: 'rate-limits',
    summary: 'Create a rate limit',
    access: 'rate-limits:write',
    body: rateLimitBody,
    response: RateLimit,
    idempotent: true,
    run: async (call) => {
      const { tx, organizationId, body, headers } = call;
      assertLimitsEnforced(call.context.settings);
      assertWindow(body);
      const row = await refusingBadLimits(() =>
        createRateLimit(limitsChange(call), {
          scope: body.scope,
          metric: body.metric,
          limit: body.limit,
          windowSeconds: body.metric === 'concurrency' ? 0 : (body.windowSeconds ?? 0),
          model: body.model ?? null,
        }),
      );
      await recordChange(call, tx, 'policy-changed', row.id);
      setEtag(headers, row.version);
      return presentOne(tx, organizationId, row);
    },
  }),
  route({
    method: 'post',
    path: '/rate-limits/dry-run',
    tag: 'rate-limits',
    summary: 'What a rate limit would have refused in the last seven days',
    description:
      'Makes nothing. Looks at so many of the newest requests (`lookedAt`), in windows that do not slide: an estimate.',
    access: 'rate-limits:read',
    alsoNeeds: ['usage:read'],
    report: true,
    body: rateLimitBody,
    response: DryRun,
    status: 200,
    run: async ({ tx, organizationId, body, nowMs }) => {
      assertWindow(body);
      const { scope, metric, limit, windowSeconds: seconds = 0, model: ofModel = null } = body;
      const rule = { scope, metric, limit, windowSeconds: seconds, model: ofModel };
      return dryRunRateLimit(tx, organizationId, rule, nowMs);
    },
  }),
  route({
    method: 'get',
    path: '/rate-limits/use',
    tag: 'rate-limits',
    summary: 'What is used of rate limits just now',
    description:
      '`ids` names up to 100, with commas between them; those that do not exist are left out. Limits that are one per value are not counted here: `GET /keys/{id}/policy` tells what a key has used of them.',
    access: 'rate-limits:read',
    query: z.strictObject({ ids: askedIds }),
    response: z.object({ data: z.array(RateLimitUse) }),
    detached: true,
    run: async ({ tenant, organizationId, query, context }) => {
      const rows = await tenant((tx) =>
        tx.rateLimit.findMany({
          where: { organizationId, id: { in: query.ids } },
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        }),
      );
      return { data: await readUseOfRateLimits(organizationId, rows, context.readRateUse) };
    },
  }),
  route({
    method: 'get',
    path: '/rate-limits/{id}',
    tag: 'rate-limits',
    summary: 'One rate limit',
    access: 'rate-limits:read',
    params: idParam,
    response: RateLimit,
    run: async ({ tx, organizationId, params, headers }) => {
      const row = await getRateLimit(tx, organizationId, params.id);
      setEtag(headers, row.version);
      return presentOne(tx, organizationId, row);
    },
  }),
  route({
    method: 'patch',
    path: '/rate-limits/{id}',
    tag: 'rate-limits',
    summary: 'Change a rate limit; scope and metric are fixed',
    access: 'rate-limits:write',
    params: idParam,
    body: z.strictObject({
      limit: limitValue.exactOptional(),
      windowSeconds: windowSeconds.exactOptional(),
      model: model.exactOptional(),
    }),
    response: RateLimit,
    run: async (call) => {
      const { tx, organizationId, params, body, request, headers } = call;
      const before = await lockRateLimit(tx, organizationId, params.id);
      await assertNotDunning(tx, organizationId, before.id);
      assertIfMatch(request, before.version);
      if (before.metric === 'concurrency' && body.windowSeconds !== undefined) {
        throw invalidField('body.windowSeconds', 'concurrency has no window');
      }
      const row = await updateRateLimit(limitsChange(call), before, definedOnly(body));
      await recordChange(call, tx, 'policy-changed', row.id);
      setEtag(headers, row.version);
      return presentOne(tx, organizationId, row);
    },
  }),
  route({
    method: 'delete',
    path: '/rate-limits/{id}',
    tag: 'rate-limits',
    summary: 'Delete a rate limit',
    access: 'rate-limits:write',
    params: idParam,
    run: async (call) => {
      const { tx, organizationId, params, request } = call;
      const before = await lockRateLimit(tx, organizationId, params.id);
      await assertNotDunning(tx, organizationId, before.id);
      assertIfMatch(request, before.version);
      await deleteRateLimit(limitsChange(call), before);
      await recordChange(call, tx, 'policy-changed', before.id);
      return undefined;
    },
  }),
];

function assertWindow({ metric, windowSeconds: seconds }: z.output<typeof rateLimitBody>): void {
  if (metric === 'concurrency' || seconds !== undefined) return;
  throw invalidField('body.windowSeconds', 'is needed for requests and tokens', 'required');
}

async function getRateLimit(
  tx: Transaction,
  organizationId: string,
  limitId: string,
): Promise<RateLimitRecord> {
  const row = await tx.rateLimit.findFirst({ where: { organizationId, id: limitId } });
  if (row === null) throw notFound('rate limit');
  return row;
}

async function lockRateLimit(
  tx: Transaction,
  organizationId: string,
  limitId: string,
): Promise<RateLimitRecord> {
  await tx.$queryRaw`SELECT 1 FROM rate_limits WHERE organization_id = ${organizationId} AND id = ${limitId} FOR UPDATE`;
  return getRateLimit(tx, organizationId, limitId);
}

async function presentOne(tx: Transaction, organizationId: string, row: RateLimitRecord) {
  const [limit] = await presentRateLimits(tx, organizationId, [row]);
  return limit!;
}
