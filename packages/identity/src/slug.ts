/** Short names for URLs: lower-case letters, digits and hyphens. */
import { randomBytes } from 'node:crypto';

export const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/;

/** @returns A slug made of `name`; never empty. */
export function toSlug(name: string): string {
  const text = name
    .replace(/[’']/g, '')
    .replace(/ß/g, 'ss')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  return text === '' ? randomSuffix() : text;
}

/** A slug that is very likely free, next to one that is not. */
export function toDistinctSlug(name: string): string {
  return `${toSlug(name)}-${randomSuffix()}`;
}

function randomSuffix(): string {
  return randomBytes(4).toString('hex');
}
