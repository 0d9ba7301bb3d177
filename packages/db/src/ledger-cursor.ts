/** Where somebody who reads the ledger, the outbox or the audit log in the order of their transactions has come to. */
import { sql } from './sql.ts';

/**
 * The id of the first transaction that the reader has not read: a subquery, to be compared with `recorded_xid`.
 *
 * Whoever has not begun stands at 0; that is said within the subquery. Behind row security Postgres uses an index only for
 * conditions that cannot give away what they compare, and takes COALESCE for one that can: around the subquery it
 * made every look at what is new a walk through everything that is old.
 */
export function cursorOf(organizationId: string, name: string) {
  return sql`(SELECT COALESCE((SELECT next_xid FROM ledger_cursors
    WHERE organization_id = ${organizationId} AND name = ${name}), '0'::xid8))`;
}
