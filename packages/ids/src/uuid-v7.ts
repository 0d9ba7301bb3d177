/**
 * UUIDv7 (RFC 9562, 5.7): 48 bits of Unix milliseconds, then randomness.
 *
 * Ids sort by creation time across processes to the millisecond. Within a millisecond order is random.
 */
import { randomFillSync } from 'node:crypto';

// Random bytes are drawn in bulk: one system call serves 256 ids.
const POOL_BYTES = 4096;
const BYTES_PER_ID = 10;
const pool = new Uint8Array(POOL_BYTES);
let poolOffset = POOL_BYTES;

/** @param nowMs Unix milliseconds; becomes the first 48 bits. @returns 16 bytes. */
export function newUuidV7Bytes(nowMs: number): Uint8Array {
  if (poolOffset + BYTES_PER_ID > POOL_BYTES) {
    randomFillSync(pool);
    poolOffset = 0;
  }
  const bytes = new Uint8Array(16);
  const high = Math.floor(nowMs / 0x1_0000_0000);
  const low = nowMs % 0x1_0000_0000;
  bytes[0] = high >>> 8;
  bytes[1] = high;
  bytes[2] = low >>> 24;
  bytes[3] = low >>> 16;
  bytes[4] = low >>> 8;
  bytes[5] = low;
  bytes.set(pool.subarray(poolOffset, poolOffset + BYTES_PER_ID), 6);
  poolOffset += BYTES_PER_ID;
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return bytes;
}

/** @returns The Unix milliseconds that `newUuidV7Bytes` was given. */
export function timeOfUuidV7(bytes: Uint8Array): number {
  return (
    (bytes[0]! * 0x100 + bytes[1]!) * 0x1_0000_0000 +
    bytes[2]! * 0x100_0000 +
    bytes[3]! * 0x1_0000 +
    bytes[4]! * 0x100 +
    bytes[5]!
  );
}
