/** The steps before an invoice can be numbered: has everything arrived, and has somebody seen what is odd. */
import type { Transaction } from '@tollgate/db';
import { MAY_HOLD_USAGE } from '../lifecycle/close-periods.ts';
import { hasUnrolledUsageOf } from '../rollup/ledger-window.ts';
import type { Facts } from './close-facts.ts';
import type { CloseStep } from './close-step.ts';
import { countLateEntries } from './late-entries.ts';
import { nothingSaid, type Said, saidBy, seenStep, usd } from './said.ts';

export function periodStep(facts: Facts, now: Date, graceEndsAt: Date): CloseStep {
  return {
    step: 'period-ended',
    state: now >= facts.end ? 'done' : 'waiting',
    count: 0,
    amountUsd: null,
    details: [
      { label: 'periodEnd', value: facts.end.toISOString() },
      { label: 'graceEndsAt', value: graceEndsAt.toISOString() },
    ],
    ...nothingSaid,
  };
}

/** Gateways that may still hold usage of the month, and entries that no roll-up has seen. */
export async function usageStep(tx: Transaction, facts: Facts, now: Date): Promise<CloseStep> {
  const epochs = await tx.$queryRaw<{ name: string; oldest: Date | null; seen: Date }[]>`
    SELECT g.name, e.oldest_open_at AS oldest, e.last_seen_at AS seen
    FROM (SELECT ${facts.end}::timestamptz AS period_end) AS i
    JOIN gateway_epochs e ON e.state = 'open' AND e.started_at < i.period_end AND ${MAY_HOLD_USAGE}
    JOIN gateways g ON g.id = e.gateway_id ORDER BY e.last_seen_at LIMIT 50`;
  const isUnrolled = await hasUnrolledUsageOf(tx, facts.organizationId, { from: facts.start, to: facts.end });
  const isFinal = facts.invoice !== undefined && facts.invoice.state !== 'draft';
  const isOver = now >= facts.end;
  const behind = isOver && !isFinal ? epochs : [];
  const waiting = behind.length > 0 || (isUnrolled && !isFinal);
  return {
    step: 'usage-arrived',
    state: !isOver ? 'blocked' : waiting ? 'waiting' : 'done',
    count: behind.length,
    amountUsd: null,
    details: behind.map(({ name, oldest, seen }) => ({ label: name, value: (oldest ?? seen).toISOString() })),
    ...nothingSaid,
  };
}

export async function lateStep(
  tx: Transaction,
  facts: Facts,
  said: ReadonlyMap<string, Said>,
): Promise<CloseStep> {
  const found = await countLateEntries(tx, facts);
  return seenStep('late-usage', { ...found, details: [] }, said.get('late-usage'));
}

export async function unknownStep(
  tx: Transaction,
  facts: Facts,
  said: ReadonlyMap<string, Said>,
): Promise<CloseStep> {
  const rows = await tx.$queryRaw<{ model: string; count: number; all: number }[]>`
    SELECT r.provider || ' ' || r.model AS model, sum(r.unknown_cost_entries)::int AS count,
      (sum(sum(r.unknown_cost_entries)) OVER ())::int AS all
    FROM usage_rollups r
    WHERE r.organization_id = ${facts.organizationId} AND r.livemode = ${facts.livemode} AND r.endpoint <> 'batches'
      AND r.bucket_start >= ${facts.start} AND r.bucket_start < ${facts.end} AND r.unknown_cost_entries <> 0
    GROUP BY 1 HAVING sum(r.unknown_cost_entries) > 0 ORDER BY 2 DESC, 1 LIMIT 20`;
  const batches = await untoldBatches(tx, facts);
  const count = [rows, batches].reduce((sum, [first]) => sum + (first?.all ?? 0), 0);
  const details = [...rows, ...batches].map((row) => ({ label: row.model, value: String(row.count) }));
  return seenStep('unknown-prices', { count, amount: null, details }, said.get('unknown-prices'));
}

/**
 * A batch has no cost before it is over, whatever the price book says; of some, nobody ever tells it. No price settles
 * those: what they cost is on the provider's bill alone.
 */
function untoldBatches(tx: Transaction, facts: Facts) {
  return tx.$queryRaw<{ model: string; count: number; all: number }[]>`
    SELECT 'batch ' || e.provider || ' ' || e.model AS model, count(*)::int AS count, (sum(count(*)) OVER ())::int AS all
    FROM provider_batches b JOIN usage_entries e ON e.organization_id = b.organization_id AND e.started_at = b.started_at
      AND e.request_id = b.request_id AND e.attempt = b.attempt AND e.entry = 0
    WHERE b.organization_id = ${facts.organizationId} AND b.state IN ('unknown', 'lost') AND e.livemode = ${facts.livemode}
      AND b.started_at >= ${facts.start} AND b.started_at < ${facts.end} AND e.cost_pico_usd IS NULL
    GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20`;
}

/** Of the organization, whenever they came: a line that cannot be read has no time of its own. */
export async function quarantineStep(
  tx: Transaction,
  facts: Facts,
  said: ReadonlyMap<string, Said>,
): Promise<CloseStep> {
  const rows = await tx.$queryRaw<{ reason: string; count: number }[]>`
    SELECT reason, count(*)::int AS count FROM quarantined_entries
    WHERE organization_id = ${facts.organizationId} AND resolved_at IS NULL GROUP BY 1 ORDER BY 2 DESC, 1`;
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  const details = rows.map((row) => ({ label: row.reason, value: String(row.count) }));
  return seenStep('quarantine', { count, amount: null, details }, said.get('quarantine'));
}

/** Bills are about real traffic. */
export async function reconciliationStep(
  tx: Transaction,
  facts: Facts,
  said: ReadonlyMap<string, Said>,
): Promise<CloseStep> {
  if (!facts.livemode) {
    return { step: 'reconciliation', state: 'none', count: 0, amountUsd: null, details: [], ...nothingSaid };
  }
  const rows = await tx.$queryRaw<{ reason: string; count: number; amount: string }[]>`
    SELECT d.reason, count(*)::int AS count, sum(d.difference_pico_usd)::text AS amount FROM provider_differences d
    WHERE d.organization_id = ${facts.organizationId} AND d.state IN ('open', 'booking')
      AND d.day >= (${facts.start}::timestamptz AT TIME ZONE ${facts.timeZone})::date
      AND d.day < (${facts.end}::timestamptz AT TIME ZONE ${facts.timeZone})::date
    GROUP BY 1 ORDER BY abs(sum(d.difference_pico_usd)) DESC, 1`;
  const amount = String(rows.reduce((sum, row) => sum + BigInt(row.amount), 0n));
  const count = rows.reduce((sum, row) => sum + row.count, 0);
  const details = rows.map((row) => ({ label: row.reason, value: usd(row.amount) }));
  return seenStep('reconciliation', { count, amount, details }, said.get('reconciliation'));
}

/** A draft is current all the time, so a review holds for the subtotal that was seen. */
export function reviewStep(facts: Facts, said: ReadonlyMap<string, Said>): CloseStep {
  const { invoice } = facts;
  if (invoice === undefined) {
    return { step: 'review', state: 'none', count: 0, amountUsd: null, details: [], ...nothingSaid };
  }
  const reviewed = said.get('review');
  if (invoice.state !== 'draft') {
    const who = reviewed === undefined ? nothingSaid : saidBy(reviewed);
    return { step: 'review', state: 'done', count: 0, amountUsd: usd(invoice.total), details: [], ...who };
  }
  return seenStep('review', { count: 0, amount: invoice.subtotal, details: [] }, reviewed, true);
}
