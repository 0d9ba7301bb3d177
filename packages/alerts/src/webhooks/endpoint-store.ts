/** Making and changing webhook endpoints, each change with its audit event; replaying and testing them. */
import { changedFields } from '@tollgate/audit';
import type { KeyRing } from '@tollgate/config';
import type { Prisma, Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { type AlertsChange, auditChange } from '../change.ts';
import { endWaiting, LEASE_MS } from './deliver.ts';
import { sealEndpointSecret } from './endpoint-secret.ts';
import type { WebhookEvent } from './event-types.ts';
import { newWebhookSecret } from './signature.ts';

export type EndpointRecord = Prisma.WebhookEndpointModel;

interface EndpointFields {
  readonly name: string;
  readonly url: string;
  /** `*`: all, those of later versions as well. */
  readonly events: readonly string[];
  readonly disabled: boolean;
}

/** @returns The secret too, for the only time. */
export async function createEndpoint(
  change: AlertsChange,
  ring: KeyRing,
  fields: Omit<EndpointFields, 'disabled'>,
): Promise<{ readonly endpoint: EndpointRecord; readonly secret: string }> {
  const { tx, organizationId, nowMs } = change;
  const id = newId('webhookEndpoint', nowMs);
  const secret = newWebhookSecret();
  const now = new Date(nowMs);
  const endpoint = await tx.webhookEndpoint.create({
    data: {
      ...fields,
      events: [...fields.events],
      id,
      organizationId,
      secretCiphertext: sealEndpointSecret(ring, organizationId, id, secret),
      createdAt: now,
      updatedAt: now,
    },
  });
  await auditChange(change, 'webhook-endpoint-created', targetOf(endpoint), { after: detail(endpoint) });
  return { endpoint, secret };
}

/** Switching on again also forgets how long it failed. @param before The locked row. */
export async function updateEndpoint(
  change: AlertsChange,
  before: EndpointRecord,
  fields: Partial<EndpointFields>,
): Promise<EndpointRecord> {
  const { tx, organizationId, nowMs } = change;
  const now = new Date(nowMs);
  const { disabled, events, ...plain } = fields;
  const row = await tx.webhookEndpoint.update({
    where: { organizationId_id: { organizationId, id: before.id } },
    data: {
      ...plain,
      ...(events === undefined ? {} : { events: [...events] }),
      ...(disabled === undefined
        ? {}
        : {
            disabledAt: disabled ? (before.disabledAt ?? now) : null,
            disabledReason: disabled ? before.disabledReason : '',
            failingSince: null,
          }),
      version: { increment: 1 },
      updatedAt: now,
    },
  });
  if (disabled === true) await endWaiting(tx, organizationId, before.id);
  await auditChange(
    change,
    'webhook-endpoint-updated',
    targetOf(row),
    changedFields(detail(before), detail(row)),
  );
  return row;
}

/** The old secret signs as well until the overlap ends. @param before The locked row. */
export async function rotateEndpointSecret(
  change: AlertsChange,
  ring: KeyRing,
  before: EndpointRecord,
  overlapSeconds: number,
): Promise<{ readonly endpoint: EndpointRecord; readonly secret: string }> {
  const { tx, organizationId, nowMs } = change;
  const secret = newWebhookSecret();
  const endpoint = await tx.webhookEndpoint.update({
    where: { organizationId_id: { organizationId, id: before.id } },
    data: {
      secretCiphertext: sealEndpointSecret(ring, organizationId, before.id, secret),
      previousSecretCiphertext: before.secretCiphertext,
      previousSecretExpiresAt: new Date(nowMs + overlapSeconds * 1_000),
      version: { increment: 1 },
      updatedAt: new Date(nowMs),
    },
  });
  await auditChange(change, 'webhook-endpoint-rotated', targetOf(endpoint), { after: { overlapSeconds } });
  return { endpoint, secret };
}

/** With its log. @param before The locked row. */
export async function deleteEndpoint(change: AlertsChange, before: EndpointRecord): Promise<void> {
  const { tx, organizationId } = change;
  await tx.webhookDelivery.deleteMany({ where: { organizationId, endpointId: before.id } });
  await tx.webhookEndpoint.delete({ where: { organizationId_id: { organizationId, id: before.id } } });
  await auditChange(change, 'webhook-endpoint-deleted', targetOf(before), { before: detail(before) });
}

/** The same event with the same id, as if it had not been tried. */
export async function replayDelivery(
  tx: Transaction,
  organizationId: string,
  deliveryId: string,
  nowMs: number,
): Promise<boolean> {
  const changed = await tx.$executeRaw`
    UPDATE webhook_deliveries SET state = 'waiting', tries = 0, next_try_at = ${new Date(nowMs)}
    WHERE organization_id = ${organizationId} AND id = ${deliveryId}`;
  return changed === 1;
}

/** A delivery of its own, for this endpoint alone; the caller sends it. */
export async function createTestDelivery(
  tx: Transaction,
  endpoint: EndpointRecord,
  nowMs: number,
): Promise<Prisma.WebhookDeliveryModel> {
  const { organizationId, id: endpointId } = endpoint;
  const now = new Date(nowMs);
  const event: WebhookEvent = {
    id: newId('event', nowMs),
    type: 'test.ping',
    createdAt: now.toISOString(),
    organizationId,
    data: { endpointId, message: 'This is a test.' },
  };
  const [lease] = await tx.$queryRaw<{ until: Date }[]>`
    SELECT clock_timestamp() + ${LEASE_MS}::integer * interval '1 millisecond' AS until`;
  return tx.webhookDelivery.create({
    data: {
      id: newId('webhookDelivery', nowMs),
      organizationId,
      endpointId,
      eventId: event.id,
      eventType: event.type,
      payload: JSON.parse(JSON.stringify(event)),
      // Its lease: a worker takes over only if the caller is gone.
      state: 'waiting',
      tries: 1,
      nextTryAt: new Date(nowMs + LEASE_MS),
      leaseUntil: lease!.until,
      lastTriedAt: now,
      createdAt: now,
    },
  });
}

function targetOf({ id, name, url }: EndpointRecord) {
  return { kind: 'webhookEndpoint', id, name: name === '' ? new URL(url).host : name };
}

function detail({ name, url, events, disabledAt, disabledReason }: EndpointRecord): Record<string, unknown> {
  return { name, url, events, disabledAt, disabledReason };
}
