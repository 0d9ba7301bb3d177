/** A plan is owed without any usage: makes the live draft of each period that a subscription touches, and keeps it current. */
import type { Database, Transaction } from '@tollgate/db';
import { listTimeZones } from '../draft/add-usage.ts';
import { lockStatements } from '../draft/statements.ts';
import { refreshTotals } from '../draft/totals.ts';
import { billingPeriodAt, billingPeriodsBetween } from '../period/billing-period.ts';

/** Drafts of organizations without plan and balance are refreshed by their usage alone. */
export function refreshDrafts(database: Database, organizationId: string, nowMs: number): Promise<void> {
  return database.tenant(organizationId, async (tx) => {
    const periods = await listSubscribedPeriods(tx, organizationId, nowMs);
    const wanted = periods.map((period) => ({ kind: 'invoice' as const, livemode: true, period }));
    const made = await lockStatements(tx, organizationId, wanted, nowMs);
    const [standing] = await tx.$queryRaw<{ hasCredits: boolean }[]>`
      SELECT EXISTS (SELECT 1 FROM credit_ledger_entries WHERE organization_id = ${organizationId}) AS "hasCredits"`;
    if (standing?.hasCredits !== true && !made.some(({ state }) => state === 'draft')) return;
    await refreshTotals(tx, organizationId, await lockDrafts(tx, organizationId), nowMs);
  });
}

/** Oldest period first: earlier drafts take of the balance before later ones. */
async function lockDrafts(tx: Transaction, organizationId: string): Promise<string[]> {
  const locked = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM invoices WHERE organization_id = ${organizationId} AND kind = 'invoice' AND livemode AND state = 'draft'
    ORDER BY id FOR UPDATE`;
  const ordered = await tx.invoice.findMany({
    where: { organizationId, id: { in: locked.map(({ id }) => id) } },
    orderBy: { periodStart: 'asc' },
    select: { id: true },
  });
  return ordered.map(({ id }) => id);
}

/** Up to now, or to the end of the last plan. What was finalized stays as it is: `lockStatements` only makes what is missing. */
async function listSubscribedPeriods(tx: Transaction, organizationId: string, nowMs: number) {
  const [first] = await tx.$queryRaw<{ from: Date | null; endsAt: Date | null }[]>`
    SELECT min(GREATEST(s.valid_from, COALESCE((
      SELECT max(i.period_end) FROM invoices i WHERE i.organization_id = ${organizationId} AND i.kind = 'invoice' AND i.livemode
        AND i.state <> 'draft'), s.valid_from))) AS from,
      CASE WHEN bool_and(s.ends_at IS NOT NULL) THEN max(s.ends_at) END AS "endsAt"
    FROM subscriptions s WHERE s.organization_id = ${organizationId}
      AND (s.monthly_fee_pico_usd > 0 OR s.seat_fee_pico_usd > 0)
      AND (s.ends_at IS NULL OR s.ends_at > ${new Date(nowMs - 100 * 86_400_000).toISOString()}::timestamptz)`;
  // The instant at which it ends is no longer its own.
  const toMs = Math.min(nowMs, (first?.endsAt?.getTime() ?? Infinity) - 1);
  if (first?.from == null || first.from.getTime() > toMs) return [];
  const zones = await listTimeZones(tx, organizationId);
  const from = Math.max(first.from.getTime(), nowMs - 100 * 86_400_000);
  if (from > toMs) return [];
  const current = billingPeriodAt(zones, nowMs);
  return billingPeriodsBetween(zones, from, toMs).filter(({ startMs }) => startMs <= current.startMs);
}
