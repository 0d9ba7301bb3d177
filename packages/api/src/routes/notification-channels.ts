/** Notification channels: where alerts go, when, and in which language. */
import { z } from '@hono/zod-openapi';
import {
  type ChannelRecord,
  createChannel,
  deleteChannel,
  ensurePresets,
  listRecipients,
  postSlack,
  Recipients,
  readRecipients,
  slackTest,
  testMail,
  updateChannel,
} from '@tollgate/alerts';
import type { Transaction } from '@tollgate/db';
import { assertVerified, BUILT_IN_ROLES, type OrganizationActor } from '@tollgate/identity';
import { newId } from '@tollgate/ids';
import { queueMail } from '@tollgate/mail';
import { alertsChange, parseTargetUrl, refusingBadAlerts } from '../alerts/alerts-change.ts';
import { NotificationChannel, presentChannel, TestOutcome } from '../alerts/present-alert.ts';
import { assertMaySeeChannel } from '../alerts/told-permissions.ts';
import { definedOnly, idParam, name, timeZone } from '../framework/field.ts';
import { refusal } from '../framework/field-errors.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import { invalidField, notFound } from '../framework/problem.ts';
import { assertRoom } from '../framework/room.ts';
import { type AnyRoute, route } from '../framework/route.ts';

const ADDRESS = /^[^\s@<>,;:"()[\]\\\p{Cc}]{1,64}@[^\s@<>,;:"()[\]\\\p{Cc}]{1,255}$/u;
const minute = z.int().min(0).max(1_439);
const recipients = Recipients.extend({
  addresses: z
    .array(
      z
        .string()
        .max(254)
        .transform((value) => value.normalize('NFKC').trim().toLowerCase())
        .refine((value) => ADDRESS.test(value), refusal('must be one plain address', 'invalid_email')),
    )
    .max(20)
    .default([]),
});
const fields = {
  name,
  recipients: recipients.exactOptional(),
  url: z.string().max(2_048).exactOptional(),
  locale: z.enum(['en', 'de']).exactOptional(),
  timeZone: z.union([timeZone, z.literal('')]).exactOptional(),
  quietFromMinute: minute.nullable().exactOptional(),
  quietToMinute: minute.nullable().exactOptional(),
  breakThrough: z.boolean().exactOptional(),
  digest: z.enum(['none', 'daily', 'weekly']).exactOptional(),
  digestMinute: minute.exactOptional(),
  digestWeekday: z.int().min(1).max(7).exactOptional(),
};
const bothOrNone = (body: { quietFromMinute?: number | null; quietToMinute?: number | null }) =>
  ((body.quietFromMinute ?? null) === null) === ((body.quietToMinute ?? null) === null);
const quietRefusal = refusal('quiet hours need a beginning and an end', 'required');

const MAX_CHANNELS = 100;

export const notificationChannelRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/notification-channels',
    tag: 'notification-channels',
    summary: 'Every channel',
    access: 'alerts:read',
    response: z.object({ data: z.array(NotificationChannel), nextCursor: z.null() }),
    run: async ({ tx, organizationId, nowMs }) => {
      await ensurePresets(tx, organizationId, nowMs);
      const rows = await tx.notificationChannel.findMany({
        where: { organizationId },
        orderBy: { id: 'asc' },
      });
      return { data: rows.map(presentChannel), nextCursor: null };
    },
  }),
  route({
    method: 'post',
    path: '/notification-channels',
    tag: 'notification-channels',
    summary: 'Add a channel: e-mail, or a Slack incoming webhook',
    access: 'alerts:write',
    body: z.strictObject({ ...fields, kind: z.enum(['email', 'slack']) }).refine(bothOrNone, quietRefusal),
    response: NotificationChannel,
    idempotent: true,
    throttle: { limit: 60, windowSeconds: 3_600 },
    run: async (call) => {
      const { context, tx, organizationId, body, actor } = call;
      await assertRoom(tx.notificationChannel.count({ where: { organizationId } }), MAX_CHANNELS, 'channels');
      const { kind, ...rest } = definedOnly(body);
      assertMayMail(actor, body);
      await holdRoles(tx, organizationId, body.recipients?.roles);
      await assertRoles(tx, organizationId, body.recipients?.roles, []);
      const values = { ...rest, ...checkedUrl(body.url, context.settings.allowedPrivateOrigins) };
      return presentChannel(
        await refusingBadAlerts(() =>
          createChannel(alertsChange(call), context.encryptionKeys, kind, values),
        ),
      );
    },
  }),
  route({
    method: 'get',
    path: '/notification-channels/{id}',
    tag: 'notification-channels',
    summary: 'One channel',
    access: 'alerts:read',
    params: idParam,
    response: NotificationChannel,
    run: async ({ tx, organizationId, params, headers }) => {
      const row = await getChannel(tx, organizationId, params.id);
      setEtag(headers, row.version);
      return presentChannel(row);
    },
  }),
  route({
    method: 'patch',
    path: '/notification-channels/{id}',
    tag: 'notification-channels',
    summary: 'Change a channel, or switch it off',
    description: 'To lead it elsewhere takes the permission to read what its rules tell.',
    access: 'alerts:write',
    params: idParam,
    body: z
      .strictObject({ ...fields, name: name.exactOptional(), disabled: z.boolean().exactOptional() })
      .refine(bothOrNone, quietRefusal),
    response: NotificationChannel,
    run: async (call) => {
      const { context, tx, organizationId, params, body, request, headers, actor } = call;
      await holdRoles(tx, organizationId, body.recipients?.roles);
      const before = await lockChannel(tx, organizationId, params.id);
      if (leadsElsewhere(body)) await assertMaySeeChannel(tx, actor, before.id);
      assertIfMatch(request, before.version);
      assertMayMail(actor, body);
      await assertRoles(tx, organizationId, body.recipients?.roles, readRecipients(before.recipients).roles);
      const values = {
        ...definedOnly(body),
        ...checkedUrl(body.url, context.settings.allowedPrivateOrigins),
      };
      const row = await refusingBadAlerts(() =>
        updateChannel(alertsChange(call), context.encryptionKeys, before, values),
      );
      setEtag(headers, row.version);
      return presentChannel(row);
    },
  }),
  route({
    method: 'delete',
    path: '/notification-channels/{id}',
    tag: 'notification-channels',
    summary: 'Delete a channel; rules forget it',
    access: 'alerts:write',
    params: idParam,
    run: async (call) => {
      const { tx, organizationId, params, request } = call;
      const before = await lockChannel(tx, organizationId, params.id);
      assertIfMatch(request, before.version);
      await refusingBadAlerts(() => deleteChannel(alertsChange(call), before));
      return undefined;
    },
  }),
  route({
    method: 'post',
    path: '/notification-channels/{id}/test',
    tag: 'notification-channels',
    summary: 'Send a test now',
    description: 'Slack answers at once; mail is handed to the mail queue, which sends within seconds.',
    access: 'alerts:write',
    params: idParam,
    body: z.strictObject({}),
    response: TestOutcome,
    detached: true,
    throttle: { limit: 30, windowSeconds: 3_600 },
    run: async ({ context, organizationId, params, nowMs, tenant }) => {
      const { settings, encryptionKeys: ring } = context;
      const channel = await tenant((tx) => getChannel(tx, organizationId, params.id));
      if (channel.kind === 'slack') {
        const reader = {
          locale: channel.locale === 'de' ? ('de' as const) : ('en' as const),
          timeZone: 'UTC',
        };
        const { ok, status, error, tookMs } = await postSlack(
          { ...settings, ring },
          channel,
          slackTest(reader),
        );
        return { ok, status, detail: error, tookMs };
      }
      const sent = await tenant((tx) => queueTestMails(tx, channel, { ...settings, ring, nowMs }));
      return { ok: sent > 0, status: null, detail: String(sent), tookMs: 0 };
    },
  }),
];

function checkedUrl(url: string | undefined, allowedPrivateOrigins: readonly string[]): { url?: string } {
  return url === undefined ? {} : { url: parseTargetUrl(url, allowedPrivateOrigins) };
}

function leadsElsewhere(body: { recipients?: unknown; url?: unknown; disabled?: boolean }): boolean {
  return body.recipients !== undefined || body.url !== undefined || body.disabled === false;
}

/** Mail to strangers is for people whose own address is known to be theirs. */
function assertMayMail(
  actor: OrganizationActor,
  body: { recipients?: { addresses: string[] } | undefined },
): void {
  if ((body.recipients?.addresses.length ?? 0) > 0) assertVerified(actor, 'mail these addresses');
}

const EVERYWHERE: ReadonlySet<string> = new Set(BUILT_IN_ROLES);

/** Until the transaction ends, none of them goes. Before any channel is locked, in the order of who deletes a role. */
async function holdRoles(
  tx: Transaction,
  organizationId: string,
  roles: readonly string[] = [],
): Promise<void> {
  if (roles.every((role) => EVERYWHERE.has(role))) return;
  await tx.$queryRaw`
    SELECT 1 FROM roles WHERE organization_id = ${organizationId} AND id = ANY(${[...roles]}) ORDER BY id FOR SHARE`;
}

/**
 * A role that is none reaches nobody, and nobody would notice.
 *
 * @param known Those that were there before: one of them may have been deleted since.
 */
async function assertRoles(
  tx: Transaction,
  organizationId: string,
  roles: readonly string[] = [],
  known: readonly string[],
): Promise<void> {
  const own = roles.filter((role) => !EVERYWHERE.has(role) && !known.includes(role));
  if (own.length === 0) return;
  const found = await tx.role.findMany({ where: { organizationId, id: { in: own } }, select: { id: true } });
  if (found.length < new Set(own).size) {
    throw invalidField('body.recipients.roles', 'must be roles of the organization', 'unknown_reference');
  }
}

async function queueTestMails(
  tx: Transaction,
  channel: ChannelRecord,
  options: {
    readonly ring: Parameters<typeof queueMail>[1];
    readonly consoleUrl: string;
    readonly nowMs: number;
  },
): Promise<number> {
  const { organizationId } = channel;
  const organization = await tx.organization.findFirst({ where: { id: organizationId } });
  const frame = { organizationName: organization?.name ?? '', consoleUrl: options.consoleUrl, heldFor: '' };
  const recipientsOf = await listRecipients(tx, organizationId, channel);
  const causeId = newId('event', options.nowMs);
  for (const { email, locale } of recipientsOf) {
    const data = testMail(frame, { locale, timeZone: organization?.timeZone ?? 'UTC' });
    await queueMail(tx, options.ring, {
      template: 'notice',
      recipient: email,
      causeId,
      locale,
      data,
      nowMs: options.nowMs,
    });
  }
  return recipientsOf.length;
}

async function getChannel(
  tx: Transaction,
  organizationId: string,
  channelId: string,
): Promise<ChannelRecord> {
  const row = await tx.notificationChannel.findFirst({ where: { organizationId, id: channelId } });
  if (row === null) throw notFound('notification channel');
  return row;
}

async function lockChannel(
  tx: Transaction,
  organizationId: string,
  channelId: string,
): Promise<ChannelRecord> {
  await tx.$queryRaw`
    SELECT 1 FROM notification_channels WHERE organization_id = ${organizationId} AND id = ${channelId} FOR UPDATE`;
  return getChannel(tx, organizationId, channelId);
}
