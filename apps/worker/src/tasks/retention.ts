/**
 * Retention by whole months: the request log after 13 of them, the ledger only where the operator says so and nothing
 * that is not invoiced yet lies in them. Roll-ups and invoices stay; a line that is older than the ledger no longer opens.
 */
import { cursorOf, type Database, type Transaction } from '@tollgate/db';
import { forEachOrganization } from '../organizations.ts';
import type { WorkerContext } from '../worker-context.ts';

/** Nobody writes into the ledger meanwhile; gateways keep what they have. */
const DROP_TIMEOUT_MS = 60_000;

export async function dropOldMonths(context: WorkerContext, signal: AbortSignal): Promise<void> {
  const { clock, database, logger, retention } = context;
  if (retention === undefined) return;
  const now = clock.now();
  const beforeOfLog = firstOfMonth(now, retention.requestLogMonths);
  tellDropped(context, await database.platform((tx) => drop(tx, 'request_logs', beforeOfLog)));
  if (retention.ledgerMonths === 0) return;
  const before = firstOfMonth(now, retention.ledgerMonths);
  const organizationIds = await findUnbilled(database, signal, before);
  if (signal.aborted) return;
  if (organizationIds.length === 0) {
    const outcome = await dropBilledMonths(database, before);
    if (outcome.kind === 'dropped') return tellDropped(context, outcome.partitions);
    organizationIds.push(outcome.organizationId);
  }
  logger.warn(
    { before, organizationIds: organizationIds.slice(0, 20) },
    'old months of the ledger are kept: they are not invoiced yet',
  );
}

function tellDropped({ logger }: WorkerContext, partitions: readonly string[]): void {
  if (partitions.length > 0) logger.info({ partitions }, 'months beyond their retention were dropped');
}

async function drop(
  tx: Transaction,
  parent: 'request_logs' | 'usage_entries',
  before: string,
): Promise<string[]> {
  const rows = await tx.$queryRaw<
    { name: string }[]
  >`SELECT name FROM drop_month_partitions(${parent}, ${before}::date) AS name`;
  return rows.map(({ name }) => name);
}

type DropOutcome =
  | { readonly kind: 'dropped'; readonly partitions: readonly string[] }
  | { readonly kind: 'kept'; readonly organizationId: string };

/**
 * Looks once more and drops, while nobody writes into the ledger: usage that came late since the first look is either
 * seen here, or written after the drop into a month of its own.
 */
function dropBilledMonths(database: Database, before: string): Promise<DropOutcome> {
  return database.tenants(
    async (tx, use) => {
      await tx.$queryRaw`SELECT lock_months_for_retention('usage_entries')::text`;
      const rows = await tx.$queryRaw<{ id: string }[]>`SELECT id FROM list_organization_ids()`;
      for (const { id: organizationId } of rows) {
        await use(organizationId);
        if (await hasUnbilled(tx, organizationId, before)) return { kind: 'kept', organizationId };
      }
      return { kind: 'dropped', partitions: await drop(tx, 'usage_entries', before) };
    },
    { timeoutMs: DROP_TIMEOUT_MS },
  );
}

async function findUnbilled(database: Database, signal: AbortSignal, before: string): Promise<string[]> {
  const found: string[] = [];
  await forEachOrganization(database, signal, async (organizationId) => {
    const isHolder = await database.tenant(organizationId, (tx) => hasUnbilled(tx, organizationId, before));
    if (isHolder) found.push(organizationId);
  });
  return found;
}

/**
 * Whether an organization has something of that time that still changes: a draft, a note that is not issued and can be,
 * usage that came late and is on no document yet, a re-rating.
 */
async function hasUnbilled(tx: Transaction, organizationId: string, before: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ open: boolean }[]>`
    SELECT EXISTS (SELECT 1 FROM invoices WHERE organization_id = ${organizationId} AND kind = 'invoice'
        AND state = 'draft' AND period_start < ${before}::date)
      OR EXISTS (SELECT 1 FROM credit_notes n JOIN invoices i ON i.organization_id = n.organization_id AND i.id = n.invoice_id
        WHERE n.organization_id = ${organizationId} AND n.state = 'draft' AND i.period_start < ${before}::date
          AND NOT (n.kind = 'credit' AND i.state = 'void'))
      OR EXISTS (SELECT 1 FROM (SELECT 1 FROM usage_entries WHERE organization_id = ${organizationId}
        AND started_at < ${before}::date AND recorded_xid >= ${cursorOf(organizationId, 'usage-rollup')}
        ORDER BY recorded_xid LIMIT 1) AS next)
      OR EXISTS (SELECT 1 FROM reratings WHERE organization_id = ${organizationId} AND state = 'applying'
        AND period_start < ${before}::date) AS open`;
  return row?.open !== false;
}

/** `YYYY-MM-DD` of the first day that is kept. */
function firstOfMonth(now: Date, monthsBack: number): string {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - monthsBack, 1))
    .toISOString()
    .slice(0, 10);
}
