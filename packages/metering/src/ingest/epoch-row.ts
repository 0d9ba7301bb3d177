/**
 * The row that serializes the batches of one gateway epoch and holds its watermark.
 */
import type { Transaction } from '@tollgate/db';

interface BatchOfEpoch {
  readonly gatewayId: string;
  readonly epochId: string;
  readonly toSequence: number;
}

/** Locks the row. A gateway that could never register has none yet: its batch makes it. */
export async function epochWatermark(
  tx: Transaction,
  batch: BatchOfEpoch,
  now: Date,
): Promise<{ shippedSequence: number }> {
  const found = await lockEpoch(tx, batch.epochId);
  if (found !== undefined) return found;
  // By Postgres's own time, as gateways report themselves (epoch/registry.ts), moved as far as tests moved the clock.
  const moved = (now.getTime() - Date.now()) / 1_000;
  await tx.$executeRaw`
    INSERT INTO gateways (id, name, created_at, last_seen_at)
    VALUES (${batch.gatewayId}, ${batch.gatewayId}, ${now}, clock_timestamp() + make_interval(secs => ${moved}::double precision))
    ON CONFLICT DO NOTHING`;
  await tx.$executeRaw`
    INSERT INTO gateway_epochs (id, gateway_id, state, started_at, last_seen_at)
    VALUES (${batch.epochId}, ${batch.gatewayId}, 'open', ${now}, clock_timestamp() + make_interval(secs => ${moved}::double precision))
    ON CONFLICT DO NOTHING`;
  const made = await lockEpoch(tx, batch.epochId);
  if (made === undefined) throw new Error(`Cannot ingest: epoch ${batch.epochId} must have a row, got none`);
  return made;
}

async function lockEpoch(tx: Transaction, epochId: string): Promise<{ shippedSequence: number } | undefined> {
  const [row] = await tx.$queryRaw<{ shipped: string }[]>`
    SELECT shipped_sequence::text AS shipped FROM gateway_epochs WHERE id = ${epochId} FOR UPDATE`;
  return row === undefined ? undefined : { shippedSequence: Number(row.shipped) };
}

/** Only forwards. */
export async function moveWatermark(tx: Transaction, batch: BatchOfEpoch, now: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE gateway_epochs
    SET shipped_sequence = GREATEST(shipped_sequence, ${BigInt(batch.toSequence)}), shipped_at = ${now}
    WHERE id = ${batch.epochId}`;
}
