/** Events become rows for every endpoint that asked for them, in the transaction that read the events. */
import type { Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import type { WebhookEvent } from './event-types.ts';

/**
 * A row per (endpoint, event), however often it is called.
 *
 * An endpoint gets what happened since it was made, never history.
 */
export async function enqueueWebhooks(
  tx: Transaction,
  organizationId: string,
  events: readonly WebhookEvent[],
  nowMs: number,
): Promise<void> {
  if (events.length === 0) return;
  const endpoints = await tx.webhookEndpoint.findMany({
    where: { organizationId, disabledAt: null },
    select: { id: true, events: true, createdAt: true },
  });
  if (endpoints.length === 0) return;
  const now = new Date(nowMs);
  const data = events.flatMap((event) =>
    endpoints
      .filter(({ events: wanted }) => wanted.includes('*') || wanted.includes(event.type))
      .filter(({ createdAt }) => Date.parse(event.createdAt) >= createdAt.getTime())
      .map((endpoint) => ({
        id: newId('webhookDelivery', nowMs),
        organizationId,
        endpointId: endpoint.id,
        eventId: event.id,
        eventType: event.type,
        payload: JSON.parse(JSON.stringify(event)),
        state: 'waiting',
        nextTryAt: now,
        createdAt: now,
      })),
  );
  if (data.length > 0) await tx.webhookDelivery.createMany({ data, skipDuplicates: true });
}
