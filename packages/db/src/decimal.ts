import type { Prisma } from './generated/client.ts';

/**
 * NUMERIC(38,0) as an integer. Prisma's Decimal computes with 20 digits, so it is only ever read this way;
 * sums are made in SQL.
 */
export function toBigInt(value: Prisma.Decimal | string | bigint): bigint {
  if (typeof value === 'bigint') return value;
  return BigInt(typeof value === 'string' ? value : value.toFixed(0));
}
