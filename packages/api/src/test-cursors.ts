/** For tests: what reads the ledger, the log or the audit by transaction, and looks only once. */
import type { Database } from '@tollgate/db';
import { waitFor } from '@tollgate/testing';

/**
 * Waits until whatever was committed so far is seen by those who read below the oldest transaction that still runs: of all
 * databases of the server, so that a transaction of another test's holds them back.
 */
export async function whenCursorsReach(database: Database): Promise<void> {
  const [own] = await database.platform(
    (tx) => tx.$queryRaw<{ xid: string }[]>`SELECT pg_current_xact_id()::text AS xid`,
  );
  const isReached = async (): Promise<boolean> => {
    const [row] = await database.platform(
      (tx) => tx.$queryRaw<{ reached: boolean }[]>`
        SELECT pg_snapshot_xmin(pg_current_snapshot()) > ${own!.xid}::text::xid8 AS reached`,
    );
    return row!.reached;
  };
  await waitFor(isReached, { timeoutMs: 50_000, description: 'that older transactions are over' });
}
