/**
 * JSON with one spelling: keys sorted, no white space. Postgres keeps JSON by value and not by its bytes, so what
 * is hashed and rendered is always written here.
 */
import { createHash } from 'node:crypto';

export type Json = string | boolean | null | number | readonly Json[] | { readonly [key: string]: Json };

/** @throws {RangeError} A number is not a safe integer: amounts are text. */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new RangeError(`Cannot write canonical JSON: numbers must be safe integers, got ${value}`);
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key]!)}`);
  return `{${members.join(',')}}`;
}

export function sha256Hex(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}
