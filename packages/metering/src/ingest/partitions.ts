/**
 * The month partitions that a batch needs.
 *
 * Young months are made before the batch's transaction, because that one must be short, and remembered: nobody drops
 * them. Older ones retention may drop at any time, so they are asked for each time, inside the transaction: retention
 * waits for it, and then finds what it wrote.
 */
import type { Database, Transaction } from '@tollgate/db';

export class MonthPartitions {
  readonly #known = new Set<string>();

  /** Makes the young months. */
  async ensure(database: Database, instantsMs: Iterable<number>, now: Date): Promise<void> {
    for (const month of monthsOf(instantsMs)) {
      if (isDroppable(month, now) || this.#known.has(month)) continue;
      await database.platform((tx) => makeMonth(tx, month));
      this.#known.add(month);
    }
  }

  /** Makes the others, and keeps retention away from them until the transaction ends. Before anything is written. */
  async hold(tx: Transaction, instantsMs: Iterable<number>, now: Date): Promise<void> {
    for (const month of monthsOf(instantsMs)) if (isDroppable(month, now)) await makeMonth(tx, month);
  }
}

function monthsOf(instantsMs: Iterable<number>): string[] {
  const months = new Set<string>();
  for (const ms of instantsMs) months.add(`${new Date(ms).toISOString().slice(0, 7)}-01`);
  return [...months].sort();
}

/** As `drop_month_partitions` has it of the request log; months of the ledger live longer. */
function isDroppable(month: string, now: Date): boolean {
  return Date.parse(`${month}T00:00:00Z`) < Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1);
}

async function makeMonth(tx: Transaction, month: string): Promise<void> {
  await tx.$queryRaw`SELECT ensure_month_partitions(${month}::date)::text`;
}
