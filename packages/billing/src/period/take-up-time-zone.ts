/**
 * The organization's own row says the zone of the running period, for views. Money never reads it: periods come
 * from the history in organization_time_zones.
 */
import type { Database } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { listTimeZones } from '../draft/add-usage.ts';
import { billingPeriodAt } from './billing-period.ts';

/**
 * Copies a new time zone into the organization once its period has begun, and tells gateways. Safe to run at any
 * time.
 *
 * @returns The zone that was taken up; undefined: it stands there already.
 */
export function takeUpTimeZone(
  database: Database,
  { organizationId, nowMs }: { organizationId: string; nowMs: number },
): Promise<string | undefined> {
  return database.tenant(organizationId, async (tx) => {
    const zones = await listTimeZones(tx, organizationId);
    if (zones.length === 1) return undefined;
    const { timeZone } = billingPeriodAt(zones, nowMs);
    const changed = await tx.$executeRaw`
      UPDATE organizations SET time_zone = ${timeZone} WHERE id = ${organizationId} AND time_zone <> ${timeZone}`;
    if (changed === 0) return undefined;
    await tx.$executeRaw`
      INSERT INTO outbox_events (id, organization_id, kind, target_id, created_at)
      VALUES (${newId('event', nowMs)}, ${organizationId}, 'organization-changed', ${organizationId}, ${new Date(nowMs)})`;
    return timeZone;
  });
}
