/** Makes the months of the ledger, the request log and the audit log before anybody writes into them. */
import type { WorkerContext } from '../worker-context.ts';

const MONTHS_BACK = 1;
const MONTHS_AHEAD = 2;

export async function ensurePartitions({ database, clock }: WorkerContext): Promise<void> {
  const now = clock.now();
  for (let shift = -MONTHS_BACK; shift <= MONTHS_AHEAD; shift++) {
    const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + shift, 1))
      .toISOString()
      .slice(0, 10);
    await database.platform((tx) => tx.$queryRaw`SELECT ensure_month_partitions(${month}::date)::text`);
  }
}
