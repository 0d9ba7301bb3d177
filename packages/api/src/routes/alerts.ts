/** Alerts: what fires, what fired, and what became of telling it. */
import { z } from '@hono/zod-openapi';
import { ALERT_KINDS, SEVERITIES } from '@tollgate/alerts';
import { recordAudit } from '@tollgate/audit';
import type { Prisma, Transaction } from '@tollgate/db';
import { auditActor, type OrganizationActor } from '@tollgate/identity';
import { Alert, AlertDelivery, presentAlert, presentAlertDelivery } from '../alerts/present-alert.ts';
import { hiddenKinds } from '../alerts/told-permissions.ts';
import { id, idParam } from '../framework/field.ts';
import { decodeTimeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { notFound } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';

const locale = z.enum(['en', 'de']).default('en');

export const alertRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/alerts',
    tag: 'alerts',
    summary: 'Alerts, newest first',
    access: 'alerts:read',
    query: z.object({
      ...pageShape,
      locale,
      state: z.enum(['firing', 'acknowledged', 'recovered', 'open']).exactOptional(),
      kind: z.enum(ALERT_KINDS).exactOptional(),
      severity: z.enum(SEVERITIES).exactOptional(),
      targetId: id.exactOptional(),
      teamId: id.exactOptional(),
    }),
    response: pageOf(Alert),
    run: async ({ tx, organizationId, actor, query }) => {
      const { state, kind, severity, targetId, teamId, limit } = query;
      const after = decodeTimeCursor(query.cursor);
      const timeZone = await getTimeZone(tx, organizationId);
      const rows = await tx.alert.findMany({
        where: {
          AND: [{ organizationId, ...visibleTo(actor) }, after === undefined ? {} : olderThan(after)],
          ...(state === undefined ? {} : { state: state === 'open' ? { not: 'recovered' } : state }),
          ...(kind === undefined ? {} : { kind }),
          ...(severity === undefined ? {} : { severity }),
          ...(targetId === undefined ? {} : { targetId }),
          ...(teamId === undefined ? {} : { teamId }),
        },
        orderBy: [{ firedAt: 'desc' }, { id: 'desc' }],
        take: limit + 1,
      });
      return toPage(
        rows,
        limit,
        (row) => [row.firedAt.toISOString(), row.id],
        (row) => presentAlert(row, { locale: query.locale, timeZone }),
      );
    },
  }),
  route({
    method: 'get',
    path: '/alerts/summary',
    tag: 'alerts',
    summary: 'How many alerts are open, by severity',
    access: 'alerts:read',
    response: z.object({
      firing: z.int(),
      acknowledged: z.int(),
      critical: z.int(),
      warning: z.int(),
      info: z.int(),
    }),
    run: async ({ tx, organizationId, actor }) => {
      const groups = await tx.alert.groupBy({
        by: ['state', 'severity'],
        where: { organizationId, ...visibleTo(actor), state: { not: 'recovered' } },
        _count: { _all: true },
      });
      const count = (match: (group: (typeof groups)[number]) => boolean): number =>
        groups.filter(match).reduce((sum, { _count }) => sum + _count._all, 0);
      return {
        firing: count(({ state }) => state === 'firing'),
        acknowledged: count(({ state }) => state === 'acknowledged'),
        critical: count(({ severity }) => severity === 'critical'),
        warning: count(({ severity }) => severity === 'warning'),
        info: count(({ severity }) => severity === 'info'),
      };
    },
  }),
  route({
    method: 'get',
    path: '/alerts/{id}',
    tag: 'alerts',
    summary: 'One alert with its numbers, and whom it was told',
    access: 'alerts:read',
    params: idParam,
    query: z.object({ locale }),
    response: z.object({ alert: Alert, deliveries: z.array(AlertDelivery) }),
    run: async ({ tx, organizationId, actor, params, query }) => {
      const row = await getAlert(tx, organizationId, actor, params.id);
      const timeZone = await getTimeZone(tx, organizationId);
      const deliveries = await tx.alertDelivery.findMany({
        where: { organizationId, alertId: row.id },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: 100,
      });
      const channels = await tx.notificationChannel.findMany({
        where: { organizationId },
        select: { id: true, name: true },
      });
      const names = new Map(channels.map((channel) => [channel.id, channel.name]));
      return {
        alert: presentAlert(row, { locale: query.locale, timeZone }),
        deliveries: deliveries.map((each) => presentAlertDelivery(each, names.get(each.channelId) ?? '')),
      };
    },
  }),
  route({
    method: 'post',
    path: '/alerts/{id}/acknowledge',
    tag: 'alerts',
    summary: 'Say that somebody looks after it; it stays open until its cause is gone',
    access: 'alerts:write',
    params: idParam,
    body: z.strictObject({}),
    query: z.object({ locale }),
    response: Alert,
    run: async ({ tx, organizationId, actor, origin, params, query, nowMs }) => {
      const before = await getAlert(tx, organizationId, actor, params.id);
      const now = new Date(nowMs);
      const by = auditActor(actor.actor);
      const changed = await tx.$executeRaw`
        UPDATE alerts SET state = 'acknowledged', acknowledged_at = ${now}, acknowledged_by = ${by.name ?? ''}, updated_at = ${now}
        WHERE organization_id = ${organizationId} AND id = ${before.id} AND state = 'firing'`;
      if (changed === 1) {
        const target = { kind: 'alert', id: before.id, name: before.targetName };
        await recordAudit(tx, {
          organizationId,
          actor: by,
          origin,
          action: 'alert-acknowledged',
          target,
          before: { state: 'firing' },
          after: { state: 'acknowledged' },
          nowMs,
        });
      }
      const row = await getAlert(tx, organizationId, actor, params.id);
      return presentAlert(row, { locale: query.locale, timeZone: await getTimeZone(tx, organizationId) });
    },
  }),
  route({
    method: 'post',
    path: '/alerts/{id}/deliveries/{deliveryId}/replay',
    tag: 'alerts',
    summary: 'Tell a channel again',
    access: 'alerts:write',
    throttle: { limit: 600, windowSeconds: 3_600 },
    params: idParam.extend({ deliveryId: id }),
    body: z.strictObject({}),
    status: 202,
    run: async ({ tx, organizationId, actor, origin, params, nowMs }) => {
      const alert = await getAlert(tx, organizationId, actor, params.id);
      const changed = await tx.$executeRaw`
        UPDATE alert_deliveries SET state = 'waiting', tries = 0, held_for = '', next_try_at = ${new Date(nowMs)}, last_error = NULL
        WHERE organization_id = ${organizationId} AND id = ${params.deliveryId} AND alert_id = ${alert.id}`;
      if (changed === 0) throw notFound('delivery');
      await recordAudit(tx, {
        organizationId,
        actor: auditActor(actor.actor),
        origin,
        action: 'alert-delivery-replayed',
        target: { kind: 'alert', id: alert.id, name: alert.targetName },
        after: { deliveryId: params.deliveryId },
        nowMs,
      });
      return undefined;
    },
  }),
];

/** Alerts tell of budgets, spend, invoices: to people who may see those. */
function visibleTo(actor: OrganizationActor): Prisma.AlertWhereInput {
  const hidden = hiddenKinds(actor);
  return hidden.length === 0 ? {} : { kind: { notIn: hidden } };
}

function olderThan({ at, id: lastId }: { at: Date; id: string }): Prisma.AlertWhereInput {
  return { OR: [{ firedAt: { lt: at } }, { firedAt: at, id: { lt: lastId } }] };
}

async function getAlert(tx: Transaction, organizationId: string, actor: OrganizationActor, alertId: string) {
  const row = await tx.alert.findFirst({
    where: { AND: [{ organizationId, id: alertId }, visibleTo(actor)] },
  });
  if (row === null) throw notFound('alert');
  return row;
}

async function getTimeZone(tx: Transaction, organizationId: string): Promise<string> {
  const row = await tx.organization.findFirst({ where: { id: organizationId }, select: { timeZone: true } });
  return row?.timeZone ?? 'UTC';
}
