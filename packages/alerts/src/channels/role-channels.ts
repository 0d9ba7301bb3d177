/** Channels that mail whoever has a role: how many there are, and what they get when the role goes. */
import type { Transaction } from '@tollgate/db';
import type { AlertsChange } from '../change.ts';
import { type ChannelRecord, writeChannel } from './channel-store.ts';
import { readRecipients } from './recipients.ts';

/** By the role's id, or its name where it is built in. Roles that no channel names are left out. */
export async function countRoleChannels(
  tx: Transaction,
  organizationId: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.$queryRaw<{ role: string; count: number }[]>`
    SELECT role, count(DISTINCT id)::int AS count
    FROM notification_channels, jsonb_array_elements_text(recipients->'roles') AS role
    WHERE organization_id = ${organizationId} GROUP BY role`;
  return new Map(rows.map(({ role, count }) => [role, count]));
}

/**
 * Until the transaction ends, nobody leads them elsewhere. That no other comes to name the role is held by a lock of the
 * role, which is taken first, here as in a change of a channel.
 */
export async function lockRoleChannels(
  tx: Transaction,
  organizationId: string,
  roleId: string,
): Promise<ChannelRecord[]> {
  const locked = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM notification_channels
    WHERE organization_id = ${organizationId} AND recipients->'roles' @> to_jsonb(${roleId}::text)
    ORDER BY id FOR UPDATE`;
  const ids = locked.map(({ id }) => id);
  return tx.notificationChannel.findMany({
    where: { organizationId, id: { in: ids } },
    orderBy: { id: 'asc' },
  });
}

/** Each is a change with its audit event. @param channels The locked rows. */
export async function readdressChannels(
  change: AlertsChange,
  channels: readonly ChannelRecord[],
  roleId: string,
  replacement: string,
): Promise<void> {
  for (const channel of channels) {
    const { roles, ...others } = readRecipients(channel.recipients);
    const replaced = new Set(roles.map((role) => (role === roleId ? replacement : role)));
    await writeChannel(change, channel, { recipients: { ...others, roles: [...replaced] } });
  }
}
