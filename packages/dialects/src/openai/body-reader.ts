/** Members of a caller's body by the type they must have. `null` and absence are one: the caller did not say. */
import { isJsonObject } from '../json/json-value.ts';
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';
import { invalidRequest } from './invalid-request.ts';

export function givenIn(body: JsonObject, name: string): JsonValue | undefined {
  const value = body[name];
  return value === null ? undefined : value;
}

export function readNumber(body: JsonObject, name: string): number | undefined {
  const value = givenIn(body, name);
  if (value === undefined) return undefined;
  if (typeof value !== 'number') throw invalidRequest(`"${name}" must be a number`, name);
  return value;
}

export function readInteger(body: JsonObject, name: string): number | undefined {
  const value = readNumber(body, name);
  if (value !== undefined && !Number.isInteger(value))
    throw invalidRequest(`"${name}" must be an integer`, name);
  return value;
}

export function readFlag(body: JsonObject, name: string): boolean | undefined {
  const value = givenIn(body, name);
  if (value === undefined) return undefined;
  if (typeof value !== 'boolean') throw invalidRequest(`"${name}" must be a boolean`, name);
  return value;
}

export function readText(body: JsonObject, name: string): string | undefined {
  const value = givenIn(body, name);
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw invalidRequest(`"${name}" must be a string`, name);
  return value;
}

export function readWord<const W extends string>(
  body: JsonObject,
  name: string,
  words: readonly W[],
): W | undefined {
  const value = readText(body, name);
  const word = words.find((candidate) => candidate === value);
  if (value !== undefined && word === undefined) {
    throw invalidRequest(`"${name}" must be one of ${words.join(', ')}`, name);
  }
  return word;
}

export function readObject(body: JsonObject, name: string): JsonObject | undefined {
  const value = givenIn(body, name);
  if (value === undefined) return undefined;
  if (!isJsonObject(value)) throw invalidRequest(`"${name}" must be an object`, name);
  return value;
}

export function readList(body: JsonObject, name: string): readonly JsonValue[] | undefined {
  const value = givenIn(body, name);
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw invalidRequest(`"${name}" must be an array`, name);
  return value as readonly JsonValue[];
}

/** `metadata`: a map of strings. */
export function readStringMap(body: JsonObject, name: string): Readonly<Record<string, string>> | undefined {
  const value = readObject(body, name);
  if (value === undefined) return undefined;
  const map = new Map<string, string>();
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry !== 'string')
      throw invalidRequest(`"${name}.${key.slice(0, 64)}" must be a string`, name);
    map.set(key, entry);
  }
  return Object.fromEntries(map);
}

/** Members that are not read elsewhere and were given, for the way back into the same format. */
export function otherMembers(body: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  const others = Object.entries(body).filter(([name, value]) => value !== null && !known.has(name));
  return others.length === 0 ? undefined : Object.fromEntries(others);
}
