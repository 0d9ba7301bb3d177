/**
 * What would otherwise only grow: outbox rows that every gateway has read, answers kept for idempotency, mails
 * that were sent. Nothing of the ledger and nothing of the audit log.
 */
import type { WorkerContext } from '../worker-context.ts';

const DAY_MS = 86_400_000;
/** Seven times the longest staleness cap: no gateway that still serves has yet to read these. */
const OUTBOX_DAYS = 7;
const MAIL_DAYS = 30;
/** How long what was sent, and what was told, can be looked up and sent again. */
const DELIVERY_DAYS = 30;

export async function cleanOrganization(
  { database, clock }: WorkerContext,
  organizationId: string,
): Promise<void> {
  const now = clock.now().toISOString();
  const outboxUntil = new Date(clock.nowMs() - OUTBOX_DAYS * DAY_MS).toISOString();
  const deliveryUntil = new Date(clock.nowMs() - DELIVERY_DAYS * DAY_MS).toISOString();
  await database.tenant(organizationId, async (tx) => {
    await tx.$executeRaw`
      DELETE FROM outbox_events WHERE organization_id = ${organizationId} AND created_at < ${outboxUntil}::timestamptz`;
    await tx.$executeRaw`
      DELETE FROM idempotency_records WHERE organization_id = ${organizationId} AND expires_at < ${now}::timestamptz`;
    await tx.$executeRaw`
      DELETE FROM webhook_deliveries WHERE organization_id = ${organizationId} AND created_at < ${deliveryUntil}::timestamptz AND state <> 'waiting'`;
    await tx.$executeRaw`
      DELETE FROM alert_deliveries WHERE organization_id = ${organizationId} AND created_at < ${deliveryUntil}::timestamptz AND state <> 'waiting'`;
    // Private to somebody who has left: nobody sees them any more.
    await tx.$executeRaw`
      DELETE FROM saved_views s WHERE s.organization_id = ${organizationId} AND NOT s.shared
        AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.organization_id = s.organization_id AND m.id = s.owner_id)`;
    await tx.$executeRaw`
      DELETE FROM saved_reports s WHERE s.organization_id = ${organizationId} AND NOT s.shared
        AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.organization_id = s.organization_id AND m.id = s.owner_id)`;
  });
}

export async function cleanMails({ database, clock }: WorkerContext): Promise<void> {
  const until = new Date(clock.nowMs() - MAIL_DAYS * DAY_MS).toISOString();
  await database.platform(
    (tx) =>
      tx.$executeRaw`DELETE FROM mail_messages WHERE state IN ('sent', 'bounced') AND created_at < ${until}::timestamptz`,
  );
}
