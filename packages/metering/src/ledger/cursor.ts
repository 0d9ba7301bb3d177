/**
 * Reading rows once, in the order in which their transactions became visible.
 *
 * Rows carry the id of the transaction that wrote them. A window ends below the oldest transaction that still
 * runs, so a late commit cannot fall behind the reader.
 */
import { type Database, sql, type Transaction } from '@tollgate/db';

/** Rows with `recorded_xid >= from AND recorded_xid < to` are this reader's; the bounds are xid8 as text. */
export interface XidWindow {
  readonly from: string;
  readonly to: string;
}

export interface CursorOptions {
  readonly organizationId: string;
  /** One place per name: `rollups`, `audit-seal`, … */
  readonly name: string;
  readonly now: Date;
  readonly timeoutMs?: number;
}

/**
 * Claims the cursor for one transaction and moves it to the end of the window when `read` returns.
 *
 * What `read` writes in `tx` commits together with the cursor or not at all. `read` is not called when another
 * process holds the cursor or the window is empty.
 *
 * @returns What `read` returned, or undefined when it was not called.
 */
export function withLedgerCursor<T>(
  database: Database,
  { organizationId, name, now, timeoutMs }: CursorOptions,
  read: (tx: Transaction, window: XidWindow) => Promise<T>,
): Promise<T | undefined> {
  return database.tenant(
    organizationId,
    async (tx) => {
      const window = await claimCursor(tx, organizationId, name);
      if (window === undefined || BigInt(window.from) >= BigInt(window.to)) return undefined;
      const result = await read(tx, window);
      await tx.$executeRaw`
        UPDATE ledger_cursors SET next_xid = ${window.to}::text::xid8, updated_at = ${now}
        WHERE organization_id = ${organizationId} AND name = ${name}`;
      return result;
    },
    timeoutMs === undefined ? {} : { timeoutMs },
  );
}

/** `AND`-able condition on a table's `recorded_xid`: `WHERE organization_id = … AND ${inWindow(window)}`. */
export function inWindow({ from, to }: XidWindow) {
  return sql`recorded_xid >= ${from}::text::xid8 AND recorded_xid < ${to}::text::xid8`;
}

async function claimCursor(
  tx: Transaction,
  organizationId: string,
  name: string,
): Promise<XidWindow | undefined> {
  await tx.$executeRaw`
    INSERT INTO ledger_cursors (organization_id, name) VALUES (${organizationId}, ${name}) ON CONFLICT DO NOTHING`;
  const [claimed] = await tx.$queryRaw<{ from: string }[]>`
    SELECT next_xid::text AS "from" FROM ledger_cursors
    WHERE organization_id = ${organizationId} AND name = ${name} FOR UPDATE SKIP LOCKED`;
  if (claimed === undefined) return undefined;
  // Asked only after the lock is held: an older snapshot could end before what the last holder has read.
  const [snapshot] = await tx.$queryRaw<{ to: string }[]>`
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS "to"`;
  return { from: claimed.from, to: snapshot!.to };
}
