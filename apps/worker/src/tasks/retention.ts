/**
 * Retention by whole months: the request log after 13 of them, the ledger only where the operator says so and nothing
 * that is not invoiced yet lies in them. Roll-ups and invoices stay; a line that is older than the ledger no longer opens.
 */
import type { Database } from '@tollgate/db';
import { forEachOrganization } from '../organizations.ts';
import type { WorkerContext } from '../worker-context.ts';

export interface Retention {
  /** How many whole months of the request log are kept besides the running one. */
  readonly requestLogMonths: number;
  /** The same of the ledger; 0: for ever. */
  readonly ledgerMonths: number;
}

export async function dropOldMonths(context: WorkerContext, signal: AbortSignal): Promise<void> {
  const { clock, retention } = context;
  if (retention === undefined) return;
  const now = clock.now();
  await drop(context, 'request_logs', firstOfMonth(now, retention.requestLogMonths));
  if (retention.ledgerMonths === 0) return;
  const before = firstOfMonth(now, retention.ledgerMonths);
  const holders = await findUnbilled(context.database, signal, before);
  if (holders.length === 0) await drop(context, 'usage_entries', before);
  else {
    const organizationIds = holders.slice(0, 20);
    context.logger.warn(
      { before, organizationIds },
      'old months of the ledger are kept: they are not invoiced yet',
    );
  }
}

async function drop(
  { database, logger }: WorkerContext,
  parent: 'request_logs' | 'usage_entries',
  before: string,
): Promise<void> {
  const dropped = await database.platform(
    (tx) =>
      tx.$queryRaw<
        { name: string }[]
      >`SELECT name FROM drop_month_partitions(${parent}, ${before}::date) AS name`,
  );
  if (dropped.length > 0) {
    logger.info(
      { partitions: dropped.map(({ name }) => name) },
      'months beyond their retention were dropped',
    );
  }
}

/**
 * Organizations with something of that time that still changes: a draft, a note that is not issued, usage that came
 * late and is on no document yet, a re-rating.
 */
async function findUnbilled(database: Database, signal: AbortSignal, before: string): Promise<string[]> {
  const found: string[] = [];
  await forEachOrganization(database, signal, async (organizationId) => {
    const [row] = await database.tenant(
      organizationId,
      (tx) => tx.$queryRaw<{ open: boolean }[]>`
        SELECT EXISTS (SELECT 1 FROM invoices WHERE organization_id = ${organizationId} AND kind = 'invoice'
            AND state = 'draft' AND period_start < ${before}::date)
          OR EXISTS (SELECT 1 FROM credit_notes n JOIN invoices i ON i.organization_id = n.organization_id AND i.id = n.invoice_id
            WHERE n.organization_id = ${organizationId} AND n.state = 'draft' AND i.period_start < ${before}::date)
          OR EXISTS (SELECT 1 FROM usage_entries WHERE organization_id = ${organizationId} AND started_at < ${before}::date
            AND recorded_xid >= COALESCE((SELECT next_xid FROM ledger_cursors
              WHERE organization_id = ${organizationId} AND name = 'usage-rollup'), '0'::xid8))
          OR EXISTS (SELECT 1 FROM reratings WHERE organization_id = ${organizationId} AND state = 'applying'
            AND period_start < ${before}::date) AS open`,
    );
    if (row?.open !== false) found.push(organizationId);
  });
  return found;
}

/** `YYYY-MM-DD` of the first day that is kept. */
function firstOfMonth(now: Date, monthsBack: number): string {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - monthsBack, 1))
    .toISOString()
    .slice(0, 10);
}
