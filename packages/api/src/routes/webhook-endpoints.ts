/** Webhook endpoints: signed events for other systems, with a log and replay. */
import { z } from '@hono/zod-openapi';
import {
  createEndpoint,
  createTestDelivery,
  deleteEndpoint,
  type EndpointRecord,
  replayDelivery,
  rotateEndpointSecret,
  SUBSCRIBABLE_EVENTS,
  sendWebhook,
  updateEndpoint,
  WEBHOOK_EVENT_TYPES,
} from '@tollgate/alerts';
import { recordAudit } from '@tollgate/audit';
import type { Transaction } from '@tollgate/db';
import { auditActor } from '@tollgate/identity';
import { alertsChange, parseTargetUrl } from '../alerts/alerts-change.ts';
import {
  presentEndpoint,
  presentWebhookDelivery,
  TestOutcome,
  WebhookDelivery,
  WebhookEndpoint,
} from '../alerts/present-alert.ts';
import { assertMaySeeEvents, hiddenEvents } from '../alerts/told-permissions.ts';
import { definedOnly, id, idParam, text } from '../framework/field.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import { decodeTimeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { notFound } from '../framework/problem.ts';
import { assertRoom } from '../framework/room.ts';
import { type AnyRoute, route } from '../framework/route.ts';

const events = z
  .array(z.enum(['*', ...SUBSCRIBABLE_EVENTS] as [string, ...string[]]))
  .min(1)
  .max(100);
const url = z.string().max(2_048);
const withSecret = z.object({
  endpoint: WebhookEndpoint,
  secret: z.string().openapi({ description: 'Shown once.' }),
});

/** Every event goes to each of them. */
const MAX_ENDPOINTS = 50;

export const webhookEndpointRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/webhook-endpoints',
    tag: 'webhook-endpoints',
    summary: 'Every endpoint',
    access: 'webhooks:read',
    response: z.object({ data: z.array(WebhookEndpoint), nextCursor: z.null() }),
    run: async ({ tx, organizationId, nowMs }) => {
      const rows = await tx.webhookEndpoint.findMany({ where: { organizationId }, orderBy: { id: 'asc' } });
      return { data: rows.map((row) => presentEndpoint(row, nowMs)), nextCursor: null };
    },
  }),
  route({
    method: 'post',
    path: '/webhook-endpoints',
    tag: 'webhook-endpoints',
    summary: 'Send events to an address; the secret that signs them is shown once',
    description: 'Needs the permission to read what each of the events tells; for `*` and alerts, of all.',
    access: 'webhooks:write',
    body: z.strictObject({ url, events, name: text(100).default('') }),
    response: withSecret,
    idempotent: true,
    run: async (call) => {
      const { context, tx, organizationId, actor, body, nowMs } = call;
      assertMaySeeEvents(actor, body.events);
      await assertRoom(tx.webhookEndpoint.count({ where: { organizationId } }), MAX_ENDPOINTS, 'endpoints');
      const checked = { ...body, url: parseTargetUrl(body.url, context.settings.allowedPrivateOrigins) };
      const { endpoint, secret } = await createEndpoint(alertsChange(call), context.encryptionKeys, checked);
      return { endpoint: presentEndpoint(endpoint, nowMs), secret };
    },
  }),
  route({
    method: 'get',
    path: '/webhook-endpoints/{id}',
    tag: 'webhook-endpoints',
    summary: 'One endpoint',
    access: 'webhooks:read',
    params: idParam,
    response: WebhookEndpoint,
    run: async ({ tx, organizationId, params, headers, nowMs }) => {
      const row = await getEndpoint(tx, organizationId, params.id);
      setEtag(headers, row.version);
      return presentEndpoint(row, nowMs);
    },
  }),
  route({
    method: 'patch',
    path: '/webhook-endpoints/{id}',
    tag: 'webhook-endpoints',
    summary: 'Change an endpoint, or switch it off and on',
    access: 'webhooks:write',
    params: idParam,
    body: z.strictObject({
      url: url.exactOptional(),
      events: events.exactOptional(),
      name: text(100).exactOptional(),
      disabled: z.boolean().exactOptional(),
    }),
    response: WebhookEndpoint,
    run: async (call) => {
      const { context, tx, organizationId, actor, params, body, request, headers, nowMs } = call;
      const before = await lockEndpoint(tx, organizationId, params.id);
      const isSilencing = body.url === undefined && body.events === undefined && body.disabled !== false;
      if (!isSilencing) assertMaySeeEvents(actor, body.events ?? before.events);
      assertIfMatch(request, before.version);
      const checked =
        body.url === undefined
          ? {}
          : { url: parseTargetUrl(body.url, context.settings.allowedPrivateOrigins) };
      const row = await updateEndpoint(alertsChange(call), before, { ...definedOnly(body), ...checked });
      setEtag(headers, row.version);
      return presentEndpoint(row, nowMs);
    },
  }),
  route({
    method: 'post',
    path: '/webhook-endpoints/{id}/rotate-secret',
    tag: 'webhook-endpoints',
    summary: 'A new secret; until the overlap ends, the old one signs as well',
    access: 'webhooks:write',
    params: idParam,
    body: z.strictObject({ overlapSeconds: z.int().min(0).max(604_800).default(86_400) }),
    response: withSecret,
    // Twice for one wish would end the secret that receivers still know.
    idempotent: true,
    status: 200,
    run: async (call) => {
      const { context, tx, organizationId, params, body, nowMs } = call;
      const before = await lockEndpoint(tx, organizationId, params.id);
      const rotated = await rotateEndpointSecret(
        alertsChange(call),
        context.encryptionKeys,
        before,
        body.overlapSeconds,
      );
      return { endpoint: presentEndpoint(rotated.endpoint, nowMs), secret: rotated.secret };
    },
  }),
  route({
    method: 'delete',
    path: '/webhook-endpoints/{id}',
    tag: 'webhook-endpoints',
    summary: 'Delete an endpoint with its log',
    access: 'webhooks:write',
    params: idParam,
    run: async (call) => {
      const { tx, organizationId, params, request } = call;
      const before = await lockEndpoint(tx, organizationId, params.id);
      assertIfMatch(request, before.version);
      await deleteEndpoint(alertsChange(call), before);
      return undefined;
    },
  }),
  route({
    method: 'post',
    path: '/webhook-endpoints/{id}/test',
    tag: 'webhook-endpoints',
    summary: 'Send `test.ping` now and say what came back',
    access: 'webhooks:write',
    params: idParam,
    body: z.strictObject({}),
    response: TestOutcome,
    detached: true,
    throttle: { limit: 60, windowSeconds: 3_600 },
    run: async ({ context, organizationId, params, nowMs, tenant }) => {
      const { settings, encryptionKeys: ring } = context;
      const { endpoint, delivery } = await tenant(async (tx) => {
        const row = await getEndpoint(tx, organizationId, params.id);
        return { endpoint: row, delivery: await createTestDelivery(tx, row, nowMs) };
      });
      const { allowedPrivateOrigins } = settings;
      const result = await sendWebhook({ ring, nowMs, allowedPrivateOrigins }, { ...endpoint, ...delivery });
      await tenant(
        (tx) => tx.$executeRaw`
          UPDATE webhook_deliveries SET state = ${result.ok ? 'delivered' : 'dead'}, response_status = ${result.status},
            response_excerpt = ${result.excerpt}, took_ms = ${result.tookMs}, last_error = ${result.ok ? null : result.error},
            next_try_at = NULL, delivered_at = ${result.ok ? new Date(nowMs) : null}::timestamptz
          WHERE organization_id = ${organizationId} AND id = ${delivery.id}`,
      );
      return { ok: result.ok, status: result.status, detail: result.error, tookMs: result.tookMs };
    },
  }),
  route({
    method: 'get',
    path: '/webhook-endpoints/{id}/deliveries',
    tag: 'webhook-endpoints',
    summary: 'What was sent to an endpoint, newest first; kept for 30 days',
    access: 'webhooks:read',
    params: idParam,
    query: z.object({
      ...pageShape,
      state: z.enum(['waiting', 'delivered', 'dead']).exactOptional(),
      eventType: z.enum(WEBHOOK_EVENT_TYPES as [string, ...string[]]).exactOptional(),
    }),
    response: pageOf(WebhookDelivery),
    run: async ({ tx, organizationId, actor, params, query }) => {
      const endpoint = await getEndpoint(tx, organizationId, params.id);
      const after = decodeTimeCursor(query.cursor);
      const hidden = hiddenEvents(actor);
      const rows = await tx.webhookDelivery.findMany({
        where: {
          organizationId,
          endpointId: endpoint.id,
          // Their bodies are shown: to those who may read what stands in them.
          ...(hidden.length === 0 ? {} : { NOT: { eventType: { in: ['', ...hidden] } } }),
          ...(query.state === undefined ? {} : { state: query.state }),
          ...(query.eventType === undefined ? {} : { eventType: query.eventType }),
          ...(after === undefined
            ? {}
            : { OR: [{ createdAt: { lt: after.at } }, { createdAt: after.at, id: { lt: after.id } }] }),
        },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: query.limit + 1,
      });
      return toPage(
        rows,
        query.limit,
        (row) => [row.createdAt.toISOString(), row.id],
        presentWebhookDelivery,
      );
    },
  }),
  route({
    method: 'post',
    path: '/webhook-endpoints/{id}/deliveries/{deliveryId}/replay',
    tag: 'webhook-endpoints',
    summary: 'Send it again, with the same event id',
    access: 'webhooks:write',
    throttle: { limit: 600, windowSeconds: 3_600 },
    params: idParam.extend({ deliveryId: id }),
    body: z.strictObject({}),
    status: 202,
    run: async ({ tx, organizationId, actor, origin, params, nowMs }) => {
      const endpoint = await getEndpoint(tx, organizationId, params.id);
      const found = await tx.webhookDelivery.count({
        where: { organizationId, endpointId: endpoint.id, id: params.deliveryId },
      });
      if (found === 0) throw notFound('delivery');
      await replayDelivery(tx, organizationId, params.deliveryId, nowMs);
      await recordAudit(tx, {
        organizationId,
        actor: auditActor(actor.actor),
        origin,
        action: 'webhook-delivery-replayed',
        target: { kind: 'webhookEndpoint', id: endpoint.id, name: endpoint.name },
        after: { deliveryId: params.deliveryId },
        nowMs,
      });
      return undefined;
    },
  }),
];

async function getEndpoint(
  tx: Transaction,
  organizationId: string,
  endpointId: string,
): Promise<EndpointRecord> {
  const row = await tx.webhookEndpoint.findFirst({ where: { organizationId, id: endpointId } });
  if (row === null) throw notFound('webhook endpoint');
  return row;
}

async function lockEndpoint(
  tx: Transaction,
  organizationId: string,
  endpointId: string,
): Promise<EndpointRecord> {
  await tx.$queryRaw`
    SELECT 1 FROM webhook_endpoints WHERE organization_id = ${organizationId} AND id = ${endpointId} FOR UPDATE`;
  return getEndpoint(tx, organizationId, endpointId);
}
