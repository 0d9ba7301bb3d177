/**
 * Sends what waits for one organization's endpoints: at least once, signed, with one id per event and endpoint.
 *
 * A sender takes a lease, by Postgres's clock, and settles only what it still holds; after a crash another takes over when
 * the lease is over. An endpoint to which nothing could be delivered for days is switched off, and its organization told.
 */

import type { Database, Transaction } from '@tollgate/db';
import { MAX_TRIES, retryDelayMs } from '../backoff.ts';
import type { NotifySettings } from '../notify-settings.ts';
import { type PostResult, postJson } from '../outbound/post-json.ts';
import { queueDisabledMail } from './disabled-mail.ts';
import { type EndpointSecrets, openEndpointSecrets } from './endpoint-secret.ts';
import { SIGNATURE_HEADER, signWebhook } from './signature.ts';

interface WebhookRound extends NotifySettings {
  readonly organizationId: string;
  readonly nowMs: number;
  readonly limit?: number;
  /** For tests. */
  readonly endpointRoundMs?: number;
  /** Told of endpoints that were switched off. */
  readonly onDisabled?: (endpointId: string) => void;
}

interface ClaimedDelivery extends EndpointSecrets {
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly payload: unknown;
  readonly tries: number;
  readonly url: string;
  readonly failingSince: Date | null;
}

export const LEASE_MS = 60_000;
/** When the last message of a round may begin: with its ten seconds less than a lease, so that nobody else sends the same. */
const ENDPOINT_ROUND_MS = 20_000;
const GIVE_UP_ENDPOINT_MS = 3 * 86_400_000;

/** @returns How many were tried. */
export async function deliverWebhooks(database: Database, round: WebhookRound): Promise<number> {
  const claimed = await claim(database, round);
  const byEndpoint = Map.groupBy(claimed, ({ endpointId }) => endpointId);
  // A slow receiver keeps no other waiting.
  await Promise.all(
    [...byEndpoint.values()].map((deliveries) => deliverInOrder(database, round, deliveries)),
  );
  return claimed.length;
}

async function deliverInOrder(
  database: Database,
  round: WebhookRound,
  deliveries: readonly ClaimedDelivery[],
): Promise<void> {
  const startedMs = performance.now();
  for (const [index, delivery] of deliveries.entries()) {
    if (index > 0 && performance.now() - startedMs >= (round.endpointRoundMs ?? ENDPOINT_ROUND_MS)) {
      await giveBack(database, round, deliveries.slice(index));
      return;
    }
    const result = await sendWebhook(round, delivery);
    await settle(database, round, delivery, result);
  }
}

/** Claimed and not tried: the next round may have them at once, and no try was used up. */
async function giveBack(
  database: Database,
  { organizationId, nowMs }: WebhookRound,
  deliveries: readonly ClaimedDelivery[],
): Promise<void> {
  await database.tenant(
    organizationId,
    (tx) => tx.$executeRaw`
      UPDATE webhook_deliveries d SET tries = d.tries - 1, next_try_at = ${new Date(nowMs)}, lease_until = NULL
      FROM unnest(${deliveries.map(({ id }) => id)}::text[], ${deliveries.map(({ tries }) => tries)}::integer[]) AS held(id, tries)
      WHERE d.organization_id = ${organizationId} AND d.id = held.id AND d.tries = held.tries AND d.state = 'waiting'`,
  );
}

function claim(
  database: Database,
  { organizationId, nowMs, limit = 20 }: WebhookRound,
): Promise<ClaimedDelivery[]> {
  return database.tenant(
    organizationId,
    (tx) => tx.$queryRaw<ClaimedDelivery[]>`
      UPDATE webhook_deliveries d SET tries = d.tries + 1, next_try_at = ${new Date(nowMs + LEASE_MS)}, last_tried_at = ${new Date(nowMs)},
        lease_until = clock_timestamp() + ${LEASE_MS}::integer * interval '1 millisecond'
      FROM webhook_endpoints w
      WHERE d.organization_id = ${organizationId} AND w.organization_id = d.organization_id AND w.id = d.endpoint_id
        AND d.id IN (SELECT x.id FROM webhook_deliveries x
          JOIN webhook_endpoints e ON e.organization_id = x.organization_id AND e.id = x.endpoint_id AND e.disabled_at IS NULL
          WHERE x.organization_id = ${organizationId} AND x.state = 'waiting' AND x.next_try_at <= ${new Date(nowMs)}
            AND (x.lease_until IS NULL OR x.lease_until <= clock_timestamp())
          ORDER BY x.next_try_at, x.id LIMIT ${limit} FOR UPDATE OF x SKIP LOCKED)
      RETURNING d.id, d.endpoint_id AS "endpointId", d.event_id AS "eventId", d.event_type AS "eventType", d.payload, d.tries,
        w.organization_id AS "organizationId", w.url, w.failing_since AS "failingSince", w.secret_ciphertext AS "secretCiphertext",
        w.previous_secret_ciphertext AS "previousSecretCiphertext", w.previous_secret_expires_at AS "previousSecretExpiresAt"`,
  );
}

/** One message; the same body and ids each time, a new signature. */
export function sendWebhook(
  { ring, nowMs, allowedPrivateOrigins }: Pick<WebhookRound, 'ring' | 'nowMs' | 'allowedPrivateOrigins'>,
  delivery: Pick<ClaimedDelivery, 'id' | 'endpointId' | 'eventId' | 'eventType' | 'payload' | 'url'> &
    EndpointSecrets,
): Promise<PostResult> {
  const body = JSON.stringify(delivery.payload);
  const secrets = openEndpointSecrets(ring, delivery.endpointId, delivery, nowMs);
  return postJson({
    url: delivery.url,
    body,
    allowedPrivateOrigins,
    headers: {
      [SIGNATURE_HEADER]: signWebhook(secrets, body, nowMs),
      'tollgate-event-id': delivery.eventId,
      'tollgate-event-type': delivery.eventType,
      'tollgate-delivery-id': delivery.id,
    },
  });
}

async function settle(
  database: Database,
  round: WebhookRound,
  delivery: ClaimedDelivery,
  result: PostResult,
): Promise<void> {
  const { organizationId, nowMs, onDisabled } = round;
  const now = new Date(nowMs);
  const dead = !result.ok && delivery.tries >= MAX_TRIES;
  const disabled = await database.tenant(organizationId, async (tx) => {
    const { count } = await tx.webhookDelivery.updateMany({
      where: { organizationId, id: delivery.id, state: 'waiting', tries: delivery.tries },
      data: {
        state: result.ok ? 'delivered' : dead ? 'dead' : 'waiting',
        responseStatus: result.status,
        responseExcerpt: result.excerpt,
        tookMs: result.tookMs,
        lastError: result.ok ? null : result.error,
        deliveredAt: result.ok ? now : null,
        nextTryAt: result.ok || dead ? null : new Date(nowMs + retryDelayMs(delivery.tries, Math.random())),
        leaseUntil: null,
      },
    });
    // Taken over, asked for again or deleted since: what came of it is another's to say.
    if (count === 0) return false;
    const givenUp = await noteHealth(tx, organizationId, delivery.endpointId, result.ok, nowMs);
    if (givenUp) await queueDisabledMail(tx, round, delivery.endpointId, delivery.url);
    return givenUp;
  });
  if (disabled) onDisabled?.(delivery.endpointId);
}

/** @returns Whether this is the failure with which we give the endpoint up. */
async function noteHealth(
  tx: Transaction,
  organizationId: string,
  endpointId: string,
  ok: boolean,
  nowMs: number,
): Promise<boolean> {
  const now = new Date(nowMs);
  if (ok) {
    await tx.$executeRaw`
      UPDATE webhook_endpoints SET failing_since = NULL, updated_at = ${now}
      WHERE organization_id = ${organizationId} AND id = ${endpointId} AND failing_since IS NOT NULL`;
    return false;
  }
  await tx.$executeRaw`
    UPDATE webhook_endpoints SET failing_since = ${now}, updated_at = ${now}
    WHERE organization_id = ${organizationId} AND id = ${endpointId} AND failing_since IS NULL`;
  const given = await tx.$executeRaw`
    UPDATE webhook_endpoints SET disabled_at = ${now}, disabled_reason = 'failing', updated_at = ${now}
    WHERE organization_id = ${organizationId} AND id = ${endpointId} AND disabled_at IS NULL
      AND failing_since <= ${new Date(nowMs - GIVE_UP_ENDPOINT_MS)}`;
  if (given !== 1) return false;
  await endWaiting(tx, organizationId, endpointId);
  return true;
}

/** What was still to be sent to an endpoint that is off stands in its log, and can be sent again. */
export async function endWaiting(tx: Transaction, organizationId: string, endpointId: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE webhook_deliveries SET state = 'dead', next_try_at = NULL, last_error = 'The endpoint was switched off'
    WHERE organization_id = ${organizationId} AND endpoint_id = ${endpointId} AND state = 'waiting'`;
}
