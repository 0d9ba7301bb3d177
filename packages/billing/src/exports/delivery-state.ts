/** What the making of exports must tell deliveries, and what deliveries ask of it. */
import { type AuditActor, NO_ORIGIN, recordAudit } from '@tollgate/audit';
import type { Transaction } from '@tollgate/db';

export const DELIVERY_ACTOR: AuditActor = {
  kind: 'system',
  id: 'export-delivery',
  name: 'Scheduled exports',
};

interface LostExport {
  readonly organizationId: string;
  readonly exportId: string;
  readonly message: string;
  readonly now: Date;
}

/** The file could not be made: nothing will come. */
export async function giveUpDelivery(
  tx: Transaction,
  { organizationId, exportId, message, now }: LostExport,
): Promise<void> {
  const rows = await tx.$queryRaw<{ id: string; objectKey: string }[]>`
    UPDATE export_deliveries SET state = 'dead', next_try_at = NULL, last_error = ${message}
    WHERE organization_id = ${organizationId} AND export_id = ${exportId} AND state = 'waiting'
    RETURNING id, object_key AS "objectKey"`;
  for (const { id, objectKey } of rows) {
    await auditDelivery(tx, {
      organizationId,
      id,
      objectKey,
      action: 'export-delivery-failed',
      after: { error: message },
      now,
    });
  }
}

/** Files of deliveries that somebody wants again and that are no longer there, or could not be made. */
export async function askAgainForDeliveries(
  tx: Transaction,
  { organizationId }: { readonly organizationId: string },
): Promise<void> {
  await tx.$executeRaw`
    WITH wanted AS (
      UPDATE export_deliveries SET remake = false
      WHERE organization_id = ${organizationId} AND state = 'waiting' AND remake RETURNING export_id)
    UPDATE data_exports SET state = 'waiting', tries = 0, error = ''
    WHERE organization_id = ${organizationId} AND id IN (SELECT export_id FROM wanted) AND state IN ('failed', 'expired')`;
}

export interface DeliveryEvent {
  readonly organizationId: string;
  readonly id: string;
  readonly objectKey: string;
  readonly action: 'export-delivered' | 'export-delivery-failed';
  readonly after: Readonly<Record<string, unknown>>;
  readonly now: Date;
}

export function auditDelivery(
  tx: Transaction,
  { organizationId, id, objectKey, action, after, now }: DeliveryEvent,
): Promise<unknown> {
  return recordAudit(tx, {
    organizationId,
    actor: DELIVERY_ACTOR,
    origin: NO_ORIGIN,
    action,
    target: { kind: 'exportDelivery', id, name: objectKey },
    after,
    nowMs: now.getTime(),
  });
}
