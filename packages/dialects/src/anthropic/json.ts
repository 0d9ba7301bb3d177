/** Looking into JSON whose shape nobody has promised. */
import type { JsonObject, JsonValue } from '../neutral/index.ts';

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function findText(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The text where there is any; an empty one says nothing. */
export function findSomeText(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
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
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
