/**
 * What a new organization is told without setting anything up: its owners and finance, by mail.
 *
 * Made on first sight, by whoever looks first: unique per preset in Postgres. People change and disable presets;
 * they cannot be deleted, so that they do not come back.
 */
import type { Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import type { AlertKind } from '../alert-kinds.ts';

const PRESET_CHANNEL = 'owners';
/** The others can be switched on. */
const ENABLED: ReadonlySet<AlertKind> = new Set([
  'budget-threshold',
  'budget-forecast',
  'budget-overrun',
  'spend-anomaly',
  'unknown-price',
  'batch-untold',
  'credits-low',
  'credential-failing',
  'late-usage',
  'invoice-finalized',
  'invoice-failed',
  'key-expiring',
]);
const PRESET_RULES: readonly AlertKind[] = [...ENABLED, 'invoice-paid'];

/** Cheap when they are there. */
export async function ensurePresets(tx: Transaction, organizationId: string, nowMs: number): Promise<void> {
  const known = await tx.alertRule.count({ where: { organizationId, preset: { not: null } } });
  if (known >= PRESET_RULES.length) return;
  const now = new Date(nowMs);
  const stamps = { organizationId, createdAt: now, updatedAt: now };
  await tx.notificationChannel.createMany({
    skipDuplicates: true,
    data: {
      ...stamps,
      id: newId('notificationChannel', nowMs),
      kind: 'email',
      name: 'Owners and finance',
      preset: PRESET_CHANNEL,
      recipients: { roles: ['owner', 'finance'], memberIds: [], addresses: [] },
    },
  });
  const channel = await tx.notificationChannel.findFirst({
    where: { organizationId, preset: PRESET_CHANNEL },
    select: { id: true },
  });
  await tx.alertRule.createMany({
    skipDuplicates: true,
    data: PRESET_RULES.map((kind) => ({
      ...stamps,
      id: newId('alertRule', nowMs),
      kind,
      preset: kind,
      enabled: ENABLED.has(kind),
      channelIds: channel === null ? [] : [channel.id],
    })),
  });
}
