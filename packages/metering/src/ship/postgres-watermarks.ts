import type { Database } from '@tollgate/db';
import type { WatermarkReader } from './shipper.ts';

/** Reads watermarks where the worker commits them. @param database In the gateway's role. */
export function postgresWatermarks(database: Database): WatermarkReader {
  return {
    read: async (epochIds) => {
      const rows = await database.platform(
        (tx) =>
          tx.gatewayEpoch.findMany({
            where: { id: { in: [...epochIds] } },
            select: { id: true, shippedSequence: true },
          }),
        { timeoutMs: 5_000 },
      );
      return new Map(rows.map((row) => [row.id, Number(row.shippedSequence)]));
    },
  };
}
