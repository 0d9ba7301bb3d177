/** Making and changing channels, each change with its audit event. A Slack URL goes in sealed and never comes out. */
import { changedFields } from '@tollgate/audit';
import type { KeyRing } from '@tollgate/config';
import type { Prisma } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { sealSecret } from '@tollgate/keys';
import { type AlertsChange, AlertsInputError, auditChange } from '../change.ts';
import { channelSealContext } from './channel-secret.ts';
import type { Recipients } from './recipients.ts';

export type ChannelRecord = Prisma.NotificationChannelModel;

interface ChannelFields {
  readonly name: string;
  readonly recipients: Recipients;
  /** Of Slack; checked by the caller. */
  readonly url: string;
  readonly locale: 'en' | 'de';
  readonly timeZone: string;
  readonly quietFromMinute: number | null;
  readonly quietToMinute: number | null;
  readonly breakThrough: boolean;
  readonly digest: 'none' | 'daily' | 'weekly';
  readonly digestMinute: number;
  readonly digestWeekday: number;
  readonly disabled: boolean;
}

/** @throws {AlertsInputError} Nobody would get it, or a member who is not one. */
export async function createChannel(
  change: AlertsChange,
  ring: KeyRing,
  kind: 'email' | 'slack',
  fields: Partial<ChannelFields> & Pick<ChannelFields, 'name'>,
): Promise<ChannelRecord> {
  const { tx, organizationId, nowMs } = change;
  if (kind === 'slack' && fields.url === undefined)
    throw new AlertsInputError('body.url', 'is needed for Slack', 'required');
  if (kind === 'email') await checkRecipients(change, fields.recipients);
  const id = newId('notificationChannel', nowMs);
  const now = new Date(nowMs);
  const row = await tx.notificationChannel.create({
    data: {
      ...columns(change, ring, id, fields),
      id,
      organizationId,
      kind,
      name: fields.name,
      createdAt: now,
      updatedAt: now,
    },
  });
  await auditChange(change, 'notification-channel-created', targetOf(row), { after: detail(row) });
  return row;
}

/** @param before The locked row. @throws {AlertsInputError} as above. */
export async function updateChannel(
  change: AlertsChange,
  ring: KeyRing,
  before: ChannelRecord,
  fields: Partial<ChannelFields>,
): Promise<ChannelRecord> {
  if (fields.recipients !== undefined) await checkRecipients(change, fields.recipients);
  return writeChannel(change, before, {
    ...columns(change, ring, before.id, fields),
    ...(fields.name === undefined ? {} : { name: fields.name }),
  });
}

/** Whatever a channel gets, it is a new version of it and an audit event. @param before The locked row. */
export async function writeChannel(
  change: AlertsChange,
  before: ChannelRecord,
  data: Prisma.NotificationChannelUpdateInput,
): Promise<ChannelRecord> {
  const { tx, organizationId, nowMs } = change;
  const row = await tx.notificationChannel.update({
    where: { organizationId_id: { organizationId, id: before.id } },
    data: {
      ...data,
      version: { increment: 1 },
      updatedAt: new Date(nowMs),
    },
  });
  const changed = changedFields(detail(before), detail(row));
  await auditChange(change, 'notification-channel-updated', targetOf(row), changed);
  return row;
}

/** @throws {AlertsInputError} The preset channel: it can be switched off instead. */
export async function deleteChannel(change: AlertsChange, before: ChannelRecord): Promise<void> {
  const { tx, organizationId } = change;
  if (before.preset !== null) {
    throw new AlertsInputError(
      'path.id',
      'Cannot delete this channel: it came with the organization; switch it off instead',
      'not_allowed',
    );
  }
  await tx.$executeRaw`
    UPDATE alert_rules SET channel_ids = array_remove(channel_ids, ${before.id}), version = version + 1
    WHERE organization_id = ${organizationId} AND ${before.id} = ANY(channel_ids)`;
  await tx.alertDelivery.deleteMany({ where: { organizationId, channelId: before.id } });
  await tx.notificationChannel.delete({ where: { organizationId_id: { organizationId, id: before.id } } });
  await auditChange(change, 'notification-channel-deleted', targetOf(before), { before: detail(before) });
}

async function checkRecipients(
  { tx, organizationId }: AlertsChange,
  recipients: Recipients | undefined,
): Promise<void> {
  const { roles = [], memberIds = [], addresses = [] } = recipients ?? {};
  if (roles.length + memberIds.length + addresses.length === 0) {
    throw new AlertsInputError('body.recipients', 'must name somebody', 'required');
  }
  if (memberIds.length === 0) return;
  const found = await tx.membership.count({ where: { organizationId, id: { in: [...memberIds] } } });
  if (found !== new Set(memberIds).size) {
    throw new AlertsInputError(
      'body.recipients.memberIds',
      'must name members of this organization',
      'unknown_reference',
    );
  }
}

function columns(
  { organizationId, nowMs }: AlertsChange,
  ring: KeyRing,
  id: string,
  { url, disabled, recipients, name: _, ...plain }: Partial<ChannelFields>,
) {
  return {
    ...plain,
    ...(recipients === undefined ? {} : { recipients: { ...recipients } }),
    ...(url === undefined
      ? {}
      : {
          secretCiphertext: sealSecret(ring, channelSealContext({ organizationId, id }), url),
          secretHint: hintOf(url),
        }),
    ...(disabled === undefined ? {} : { disabledAt: disabled ? new Date(nowMs) : null }),
  };
}

/** The host, and the last of what nobody should know. */
function hintOf(url: string): string {
  return `${new URL(url).host}/…${url.slice(-4)}`;
}

function targetOf({ id, name }: ChannelRecord) {
  return { kind: 'notificationChannel', id, name };
}

function detail(row: ChannelRecord): Record<string, unknown> {
  const { kind, name, recipients, secretHint, locale, timeZone, digest, breakThrough, disabledAt } = row;
  const { quietFromMinute, quietToMinute, digestMinute, digestWeekday } = row;
  return {
    kind,
    name,
    recipients,
    urlHint: secretHint,
    locale,
    timeZone,
    quietFromMinute,
    quietToMinute,
    breakThrough,
    digest,
    digestMinute,
    digestWeekday,
    disabledAt,
  };
}
