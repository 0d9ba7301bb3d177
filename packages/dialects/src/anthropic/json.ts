/** What this format's readers ask of JSON besides the usual (../json/json-value.ts). */
import { isJsonObject } from '../json/json-value.ts';
import type { JsonObject, JsonValue } from '../neutral/index.ts';

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function isAbsent(value: JsonValue | undefined): value is null | undefined {
  return value === undefined || value === null;
}

/** The object without these members; undefined where nothing is left. */
export function without(object: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  const rest = Object.entries(object).filter(([name, value]) => !known.has(name) && !isAbsent(value));
  return rest.length === 0 ? undefined : Object.fromEntries(rest);
}

/** `parsed` where `text` is a JSON object, else undefined. */
export function findJsonObject(text: string): JsonObject | undefined {
  try {
    const parsed: JsonValue = JSON.parse(text);
    return isJsonObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
