/**
 * Reading parsed JSON that somebody else wrote: each reader gives what was asked for, or undefined where it is
 * something else. Not here: what a wrong type means; callers decide whether that is an error.
 */
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';

type Maybe = JsonValue | undefined;

export function isJsonObject(value: Maybe): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An empty object where it is none, so that members can be asked for. */
export function objectIn(value: Maybe): JsonObject {
  return isJsonObject(value) ? value : {};
}

export function listIn(value: Maybe): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

export function textIn(value: Maybe): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Undefined for the empty text too. */
export function someTextIn(value: Maybe): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function numberIn(value: Maybe): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function integerIn(value: Maybe): number | undefined {
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}

export function booleanIn(value: Maybe): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The object without members that are undefined, for types in which absence and undefined differ. */
export function present<T extends object>(value: T): Present<T> {
  const kept: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) if (member !== undefined) kept[name] = member;
  return kept as Present<T>;
}
