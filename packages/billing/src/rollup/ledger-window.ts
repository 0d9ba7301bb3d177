/**
 * The part of an organization's ledger that has not been rolled up yet: everything between the cursor and the
 * oldest transaction that may still be writing.
 *
 * Rows carry the id of the transaction that wrote them. Times or sequence numbers would lose rows, because a
 * transaction that took its number early may commit late; below `pg_snapshot_xmin` nothing can still appear.
 */
import { cursorOf, sql, type Transaction } from '@tollgate/db';

export const USAGE_CURSOR = 'usage-rollup';

/** Ledger rows with `fromXid <= recorded_xid < toXid`. */
export interface LedgerWindow {
  readonly organizationId: string;
  readonly fromXid: string;
  readonly toXid: string;
  /** Whether the ledger holds more than this window was allowed to take. */
  readonly more: boolean;
}

/** Whether there is anything to roll up; takes no lock, so that a sweep over idle organizations costs nothing. */
export async function hasUnrolledEntries(tx: Transaction, organizationId: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ waiting: boolean }[]>`
    SELECT EXISTS (
      SELECT 1 FROM (
        SELECT recorded_xid FROM usage_entries
        WHERE organization_id = ${organizationId}
          AND recorded_xid >= ${cursorOf(organizationId, USAGE_CURSOR)}
        ORDER BY recorded_xid LIMIT 1) AS next
      WHERE next.recorded_xid < pg_snapshot_xmin(pg_current_snapshot())) AS waiting`;
  return row?.waiting === true;
}

/** Whether usage of `[from, to)` is recorded that no roll-up has seen, be it of a transaction that is not safe to read yet. */
export async function hasUnrolledUsageOf(
  tx: Transaction,
  organizationId: string,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ waiting: boolean }[]>`
    SELECT EXISTS (SELECT 1 FROM (SELECT 1 FROM usage_entries
      WHERE organization_id = ${organizationId} AND recorded_xid >= ${cursorOf(organizationId, USAGE_CURSOR)}
        AND started_at >= ${from.toISOString()}::timestamptz AND started_at < ${to.toISOString()}::timestamptz
      ORDER BY recorded_xid LIMIT 1) AS next) AS waiting`;
  return row?.waiting !== false;
}

/**
 * Locks the cursor until the transaction ends and says what to read. Two workers on one organization therefore
 * take their windows one after the other.
 *
 * @param maxEntries About how many rows to take; one transaction's rows are never split.
 * @returns Undefined when nothing waits.
 */
export async function takeLedgerWindow(
  tx: Transaction,
  organizationId: string,
  maxEntries: number,
): Promise<LedgerWindow | undefined> {
  const fromXid = await lockCursor(tx, organizationId);
  const [bounds] = await tx.$queryRaw<{ safe: string; waiting: boolean; cut: string | null }[]>`
    WITH waiting AS MATERIALIZED (
      SELECT recorded_xid FROM usage_entries
      WHERE organization_id = ${organizationId} AND recorded_xid >= ${fromXid}::xid8
        AND recorded_xid < pg_snapshot_xmin(pg_current_snapshot())
      ORDER BY recorded_xid LIMIT ${maxEntries + 1})
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS safe, EXISTS (SELECT 1 FROM waiting) AS waiting,
      (SELECT recorded_xid::text FROM waiting ORDER BY recorded_xid OFFSET ${maxEntries}) AS cut`;
  if (bounds === undefined || !bounds.waiting) return undefined;
  if (bounds.cut === null) return { organizationId, fromXid, toXid: bounds.safe, more: false };
  // The cut is the first row beyond the limit. When it belongs to the very first transaction, take that whole.
  const [first] = await tx.$queryRaw<{ xid: string }[]>`
    SELECT min(recorded_xid)::text AS xid FROM usage_entries
    WHERE organization_id = ${organizationId} AND recorded_xid >= ${fromXid}::xid8`;
  const toXid = bounds.cut === first?.xid ? String(BigInt(bounds.cut) + 1n) : bounds.cut;
  return { organizationId, fromXid, toXid, more: true };
}

/** Ends a window: everything below `toXid` is done, together with the rest of the transaction. */
export async function moveCursor(tx: Transaction, window: LedgerWindow): Promise<void> {
  await tx.$executeRaw`
    UPDATE ledger_cursors SET next_xid = ${window.toXid}::xid8, updated_at = now()
    WHERE organization_id = ${window.organizationId} AND name = ${USAGE_CURSOR}`;
}

/** Locks the cursor, making it when it is missing. @returns Its `next_xid`. */
export async function lockCursor(tx: Transaction, organizationId: string): Promise<string> {
  await tx.$executeRaw`
    INSERT INTO ledger_cursors (organization_id, name) VALUES (${organizationId}, ${USAGE_CURSOR})
    ON CONFLICT DO NOTHING`;
  const [cursor] = await tx.$queryRaw<{ nextXid: string }[]>`
    SELECT next_xid::text AS "nextXid" FROM ledger_cursors
    WHERE organization_id = ${organizationId} AND name = ${USAGE_CURSOR} FOR UPDATE`;
  return cursor!.nextXid;
}

/**
 * Keeps roll-ups from moving the cursor until the transaction ends. Several may hold it so, each making another part of
 * what lies behind it.
 *
 * @returns Its `next_xid`.
 */
export async function holdCursor(tx: Transaction, organizationId: string): Promise<string> {
  const [cursor] = await tx.$queryRaw<{ nextXid: string }[]>`
    SELECT next_xid::text AS "nextXid" FROM ledger_cursors
    WHERE organization_id = ${organizationId} AND name = ${USAGE_CURSOR} FOR SHARE`;
  return cursor?.nextXid ?? lockCursor(tx, organizationId);
}

/** The condition of a window, for the alias `e` of usage_entries. */
export function entriesOf(window: LedgerWindow) {
  return sql`e.organization_id = ${window.organizationId}
    AND e.recorded_xid >= ${window.fromXid}::xid8 AND e.recorded_xid < ${window.toXid}::xid8`;
}
