/** What was brought to buckets, and asking for it once more. */
import { recordAudit } from '@tollgate/audit';
import { sql, type Transaction } from '@tollgate/db';
import { z } from 'zod';
import { BillingError } from '../lifecycle/billing-error.ts';
import { decodeCursor, type Page, type PageOptions, toPage } from '../queries/page-cursor.ts';
import type { ExportsChange } from './export-destinations.ts';

/** `making`: there is no file yet. */
export const DELIVERY_STATES = ['making', 'waiting', 'delivered', 'dead'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export interface DeliveryView {
  readonly id: string;
  readonly exportId: string;
  readonly scheduleId: string;
  readonly scheduleName: string;
  readonly destinationId: string;
  readonly destinationName: string;
  readonly bucket: string;
  readonly objectKey: string;
  readonly state: DeliveryState;
  readonly tries: number;
  readonly bytes: string;
  readonly sha256: string;
  /** Of the last try; empty when it went well. */
  readonly lastError: string;
  readonly nextTryAt: string | null;
  readonly deliveredAt: string | null;
  readonly createdAt: string;
  /** Whether it can be brought once more. */
  readonly canRepeat: boolean;
}

interface DeliveryRow {
  readonly id: string;
  readonly exportId: string;
  readonly scheduleId: string;
  readonly scheduleName: string | null;
  readonly destinationId: string;
  readonly destinationName: string;
  readonly bucket: string;
  readonly removed: boolean;
  readonly objectKey: string;
  readonly state: 'waiting' | 'delivered' | 'dead';
  readonly exportState: 'waiting' | 'running' | 'done' | 'failed' | 'expired';
  readonly remake: boolean;
  readonly tries: number;
  readonly bytes: bigint;
  readonly sha256: string;
  readonly lastError: string;
  readonly nextTryAt: Date | null;
  readonly deliveredAt: Date | null;
  readonly createdAt: Date;
}

const COLUMNS = sql`d.id, d.export_id AS "exportId", d.schedule_id AS "scheduleId", s.name AS "scheduleName",
  d.destination_id AS "destinationId", t.name AS "destinationName", t.bucket, t.removed_at IS NOT NULL AS removed,
  d.object_key AS "objectKey", d.state, x.state AS "exportState", d.remake, d.tries, d.bytes, d.sha256,
  d.last_error AS "lastError", d.next_try_at AS "nextTryAt", d.delivered_at AS "deliveredAt", d.created_at AS "createdAt"`;

const SOURCE = sql`export_deliveries d
  JOIN data_exports x ON x.organization_id = d.organization_id AND x.id = d.export_id
  JOIN export_destinations t ON t.organization_id = d.organization_id AND t.id = d.destination_id
  LEFT JOIN export_schedules s ON s.organization_id = d.organization_id AND s.id = d.schedule_id`;

const DeliveryCursor = z.tuple([z.iso.datetime(), z.string()]);

export interface DeliveryFilter extends PageOptions {
  readonly organizationId: string;
  readonly scheduleId?: string | undefined;
  readonly destinationId?: string | undefined;
  readonly state?: DeliveryState | undefined;
}

/** Newest first. @throws {InvalidCursorError} */
export async function listDeliveries(tx: Transaction, filter: DeliveryFilter): Promise<Page<DeliveryView>> {
  const { organizationId, scheduleId, destinationId, state, limit, cursor } = filter;
  const after = cursor === undefined ? undefined : decodeCursor(DeliveryCursor, cursor);
  const rows = await tx.$queryRaw<DeliveryRow[]>`
    SELECT ${COLUMNS} FROM ${SOURCE} WHERE d.organization_id = ${organizationId}
      ${scheduleId === undefined ? sql`` : sql`AND d.schedule_id = ${scheduleId}`}
      ${destinationId === undefined ? sql`` : sql`AND d.destination_id = ${destinationId}`}
      ${state === undefined ? sql`` : stateIs(state)}
      ${after === undefined ? sql`` : sql`AND (d.created_at, d.id) < (${after[0]}::timestamptz, ${after[1]})`}
    ORDER BY d.created_at DESC, d.id DESC LIMIT ${limit + 1}`;
  return toPage(rows, limit, (row) => [row.createdAt.toISOString(), row.id], toView);
}

function stateIs(state: DeliveryState) {
  switch (state) {
    case 'making':
      return sql`AND d.state = 'waiting' AND (d.remake OR x.state <> 'done')`;
    case 'waiting':
      return sql`AND d.state = 'waiting' AND NOT d.remake AND x.state = 'done'`;
    case 'delivered':
    case 'dead':
      return sql`AND d.state = ${state}`;
    default:
      return state satisfies never;
  }
}

/**
 * Tries now what waits, and brings once more what was given up or delivered: the same file under the same name.
 *
 * @throws {BillingError} `not-found`; `wrong-state`: the destination is gone, or what was delivered is no longer kept.
 */
export async function deliverAgain(change: ExportsChange, deliveryId: string): Promise<DeliveryView> {
  const { tx, organizationId, now } = change;
  await tx.$queryRaw`
    SELECT 1 FROM export_deliveries WHERE organization_id = ${organizationId} AND id = ${deliveryId} FOR UPDATE`;
  const before = await getRow(tx, organizationId, deliveryId);
  if (!canRepeat(before)) {
    const reason = before.removed ? 'its destination was removed' : 'its file is no longer kept';
    throw new BillingError('wrong-state', `Cannot deliver it again: ${reason}`);
  }
  const remake = before.exportState === 'failed' || before.exportState === 'expired';
  await tx.$executeRaw`
    UPDATE export_deliveries SET state = 'waiting', tries = 0, remake = ${remake}, next_try_at = ${now}
    WHERE organization_id = ${organizationId} AND id = ${deliveryId}`;
  await recordAudit(tx, {
    organizationId,
    actor: change.actor,
    origin: change.origin,
    action: 'export-delivery-repeated',
    target: { kind: 'exportDelivery', id: deliveryId, name: before.objectKey },
    before: { state: before.state },
    nowMs: now.getTime(),
  });
  return toView(await getRow(tx, organizationId, deliveryId));
}

async function getRow(tx: Transaction, organizationId: string, deliveryId: string): Promise<DeliveryRow> {
  const [row] = await tx.$queryRaw<DeliveryRow[]>`
    SELECT ${COLUMNS} FROM ${SOURCE} WHERE d.organization_id = ${organizationId} AND d.id = ${deliveryId}`;
  if (row !== undefined) return row;
  throw new BillingError(
    'not-found',
    `Cannot find the delivery: it must exist in the organization, got ${deliveryId}`,
  );
}

/** A file that is made anew holds what is known by then: only where nothing was delivered under its name. */
function canRepeat({ removed, exportState, deliveredAt }: DeliveryRow): boolean {
  if (removed) return false;
  return exportState === 'done' || deliveredAt === null;
}

function toView(row: DeliveryRow): DeliveryView {
  const { exportState, remake, removed, state, bytes, nextTryAt, deliveredAt, createdAt, ...rest } = row;
  const isMaking = state === 'waiting' && (remake || exportState !== 'done');
  return {
    ...rest,
    scheduleName: rest.scheduleName ?? rest.scheduleId,
    state: isMaking ? 'making' : state,
    bytes: String(bytes),
    nextTryAt: nextTryAt?.toISOString() ?? null,
    deliveredAt: deliveredAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    canRepeat: canRepeat(row) && !isMaking,
  };
}
