/** What one is told in the console, and by mail. One's own only: nobody reads another's. */
import { z } from '@hono/zod-openapi';
import { NOTICE_KINDS, USUAL_CHOICE } from '@tollgate/alerts';
import type { Prisma, Transaction } from '@tollgate/db';
import type { OrganizationActor } from '@tollgate/identity';
import { id, idParam, iso, queryFlag, timestamp } from '../framework/field.ts';
import { decodeTimeCursor, pageOf, pageShape, toPage } from '../framework/pagination.ts';
import { ApiProblem, notFound } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';

/** The bell says "99+" above. */
const COUNTED_UNREAD = 100;

export const Notification = z
  .object({
    id,
    kind: z.enum(NOTICE_KINDS),
    /** Closer than the kind: an alert's kind, an audit event's action. */
    event: z.string(),
    severity: z.enum(['info', 'warning', 'critical']),
    targetKind: z.string(),
    targetId: z.string(),
    targetName: z.string(),
    actorName: z.string(),
    occurredAt: timestamp,
    readAt: timestamp.nullable(),
  })
  .openapi('Notification');

export const NotificationPreference = z
  .object({ kind: z.enum(NOTICE_KINDS), inApp: z.boolean(), mail: z.boolean() })
  .openapi('NotificationPreference');

const Preferences = z.object({ data: z.array(NotificationPreference), nextCursor: z.null() });

export const notificationRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/notifications',
    tag: 'notifications',
    summary: 'What one was told, newest first',
    description: 'What the reader’s role does not show any longer is left out.',
    access: 'member',
    query: z.strictObject({
      ...pageShape,
      unread: queryFlag.exactOptional(),
      kind: z.enum(NOTICE_KINDS).exactOptional(),
    }),
    response: pageOf(Notification),
    run: async ({ tx, actor, query }) => {
      const { limit, unread, kind } = query;
      const after = decodeTimeCursor(query.cursor);
      const conditions: Prisma.NotificationWhereInput[] = [mayRead(actor)];
      if (unread !== undefined) conditions.push({ readAt: unread ? null : { not: null } });
      if (kind !== undefined) conditions.push({ kind });
      if (after !== undefined) {
        conditions.push({ occurredAt: { lte: after.at } });
        conditions.push({ OR: [{ occurredAt: { lt: after.at } }, { id: { lt: after.id } }] });
      }
      const rows = await tx.notification.findMany({
        where: { AND: conditions },
        orderBy: [{ occurredAt: 'desc' }, { id: 'desc' }],
        take: limit + 1,
      });
      return toPage(rows, limit, (row) => [row.occurredAt.toISOString(), row.id], present);
    },
  }),
  route({
    method: 'get',
    path: '/notifications/unread-count',
    tag: 'notifications',
    summary: `How many are unread; counted up to ${COUNTED_UNREAD}`,
    access: 'member',
    response: z.object({ count: z.int() }),
    run: async ({ tx, actor }) => ({ count: await countUnread(tx, actor) }),
  }),
  route({
    method: 'post',
    path: '/notifications/read-all',
    tag: 'notifications',
    summary: 'Mark all as read',
    access: 'member',
    whenClosed: true,
    body: z.strictObject({ kind: z.enum(NOTICE_KINDS).exactOptional() }),
    response: z.object({ count: z.int() }),
    run: async ({ tx, actor, body, nowMs }) => {
      const { count } = await tx.notification.updateMany({
        where: { AND: [mayRead(actor), { readAt: null, ...body }] },
        data: { readAt: new Date(nowMs) },
      });
      return { count };
    },
  }),
  ...(['read', 'unread'] as const).map((state) =>
    route({
      method: 'post',
      path: `/notifications/{id}/${state}`,
      tag: 'notifications',
      summary: state === 'read' ? 'Mark one as read' : 'Mark one as unread again',
      access: 'member',
      whenClosed: true,
      params: idParam,
      response: Notification,
      run: async ({ tx, actor, params, nowMs }) => {
        const where = { AND: [mayRead(actor), { id: params.id }] };
        const readAt = state === 'read' ? new Date(nowMs) : null;
        await tx.notification.updateMany({ where, data: { readAt } });
        const row = await tx.notification.findFirst({ where });
        if (row === null) throw notFound('notification');
        return present(row);
      },
    }),
  ),
  route({
    method: 'get',
    path: '/notification-preferences',
    tag: 'notifications',
    summary: 'Which kinds one is told of, and how',
    access: 'member',
    response: Preferences,
    run: async ({ tx, actor }) => {
      assertPerson(actor);
      const { organizationId, membershipId } = actor;
      const rows = await tx.notificationPreference.findMany({ where: { organizationId, membershipId } });
      const chosen = new Map(rows.map((row) => [row.kind, row]));
      const data = NOTICE_KINDS.map((kind) => {
        const { inApp, mail } = chosen.get(kind) ?? USUAL_CHOICE[kind];
        return { kind, inApp, mail };
      });
      return { data, nextCursor: null };
    },
  }),
  route({
    method: 'put',
    path: '/notification-preferences',
    tag: 'notifications',
    summary: 'Choose which kinds one is told of, and how',
    access: 'member',
    body: z.strictObject({ data: z.array(NotificationPreference).max(NOTICE_KINDS.length) }),
    response: Preferences,
    run: async ({ tx, actor, body, nowMs }) => {
      assertPerson(actor);
      const { organizationId, membershipId } = actor;
      const updatedAt = new Date(nowMs);
      for (const { kind, inApp, mail } of body.data) {
        const where = { organizationId, membershipId, kind };
        await tx.notificationPreference.upsert({
          where: { organizationId_membershipId_kind: where },
          create: { ...where, inApp, mail, updatedAt },
          update: { inApp, mail, updatedAt },
        });
      }
      return { data: body.data, nextCursor: null };
    },
  }),
];

/** One's own, as far as one's role goes now. */
/** Counted to a hundred. */
export function countUnread(tx: Transaction, actor: OrganizationActor): Promise<number> {
  return tx.notification.count({
    where: { AND: [mayRead(actor), { readAt: null }] },
    take: COUNTED_UNREAD,
  });
}

function mayRead(actor: OrganizationActor): Prisma.NotificationWhereInput {
  assertPerson(actor);
  const { organizationId, membershipId, permissions } = actor;
  return { organizationId, membershipId, permission: { in: ['', ...permissions] } };
}

function assertPerson({ actor }: OrganizationActor): void {
  if (actor.kind === 'person') return;
  throw new ApiProblem(
    'permission_denied',
    'Cannot read notifications with a token: they are a signed-in person’s',
  );
}

function present(row: Prisma.NotificationModel): z.input<typeof Notification> {
  return {
    ...row,
    kind: row.kind as z.input<typeof Notification>['kind'],
    severity: row.severity as z.input<typeof Notification>['severity'],
    occurredAt: iso(row.occurredAt),
    readAt: iso(row.readAt),
  };
}
