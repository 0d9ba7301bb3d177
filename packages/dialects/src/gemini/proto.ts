/**
 * Google's JSON is protobuf's: every member may be written `systemInstruction` or `system_instruction`, and `null`
 * is absence. Objects of the API are read through here; what callers put into them (arguments, schemas) is not.
 */
import { isJsonObject } from '../json/json-value.ts';
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';

/** With names in camel case, without nulls; an empty object for what is none. */
export function proto(value: JsonValue | undefined): JsonObject {
  return findProto(value) ?? {};
}

export function findProto(value: JsonValue | undefined): JsonObject | undefined {
  if (!isJsonObject(value)) return undefined;
  const names = Object.keys(value);
  if (names.every((name) => !SNAKE.test(name) && value[name] !== null)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([name, member]) => [camelCase(name), member]),
  );
}

const SNAKE = /[a-z0-9]_[a-z0-9]/;

export function camelCase(name: string): string {
  if (!SNAKE.test(name)) return name;
  return name.replaceAll(/(?<=[a-zA-Z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** A list; Google takes one value where a list is meant. Undefined for what is neither list nor object nor text. */
export function repeated(value: JsonValue | undefined): readonly JsonValue[] | undefined {
  if (Array.isArray(value)) return value as readonly JsonValue[];
  return isJsonObject(value) || typeof value === 'string' ? [value as JsonValue] : undefined;
}
