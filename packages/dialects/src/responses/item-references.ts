/**
 * Items that a caller names by their id instead of sending them: Vercel's SDK does so with every answer unless told
 * `store: false`. OpenAI keeps them; where another provider answered, whoever calls this has kept them.
 *
 * Pure: no storage here, and no decision how long anything is kept and for whom.
 */
import { isJsonObject, listIn, objectIn, someTextIn } from '../json/json-value.ts';
import type { JsonObject } from '../neutral/wire-format.ts';

const REFERENCE = 'item_reference';

/** Ids that a request's input names, without repeats. Some callers leave the type out. */
export function itemReferencesIn(body: JsonObject): readonly string[] {
  const ids = listIn(body.input).flatMap((value) => referenceIn(objectIn(value)) ?? []);
  return [...new Set(ids)];
}

/** The request with the items in place of their names; what is not among them stays a name. */
export function withReferencedItems(body: JsonObject, items: ReadonlyMap<string, JsonObject>): JsonObject {
  if (items.size === 0 || !Array.isArray(body.input)) return body;
  const input = listIn(body.input).map((value) => {
    const id = referenceIn(objectIn(value));
    return (id === undefined ? undefined : items.get(id)) ?? value;
  });
  return { ...body, input };
}

/** Items of a response that have an id, for keeping. */
export function referableItems(response: JsonObject): ReadonlyMap<string, JsonObject> {
  const items = new Map<string, JsonObject>();
  for (const item of listIn(response.output)) {
    const id = isJsonObject(item) ? someTextIn(item.id) : undefined;
    if (id !== undefined && isJsonObject(item)) items.set(id, item);
  }
  return items;
}

function referenceIn(item: JsonObject): string | undefined {
  const isReference = item.type === REFERENCE || (Object.keys(item).length === 1 && item.id !== undefined);
  return isReference ? someTextIn(item.id) : undefined;
}
