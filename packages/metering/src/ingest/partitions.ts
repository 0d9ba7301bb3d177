/**
 * The month partitions that a batch needs. Made outside the batch's transaction, because that one must be short.
 */
import type { Database } from '@tollgate/db';

export class MonthPartitions {
  readonly #known = new Set<string>();

  async ensure(database: Database, instantsMs: Iterable<number>): Promise<void> {
    const months = new Set<string>();
    for (const ms of instantsMs) months.add(`${new Date(ms).toISOString().slice(0, 7)}-01`);
    for (const month of months) {
      if (this.#known.has(month)) continue;
      await database.platform((tx) => tx.$queryRaw`SELECT ensure_month_partitions(${month}::date)::text`);
      this.#known.add(month);
    }
  }
}
