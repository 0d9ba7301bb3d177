/** Looking into JSON whose shape nobody has promised. */
import type { JsonObject, JsonValue } from '@tollgate/dialects';

type Maybe = JsonValue | undefined;

export function isObject(value: Maybe): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An empty object where it is none, so that members can be asked for. */
export function objectIn(value: Maybe): JsonObject {
  return isObject(value) ? value : {};
}

export function listIn(value: Maybe): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

export function textIn(value: Maybe): string {
  return typeof value === 'string' ? value : '';
}
