/** Usage of a response, with the searches that the provider ran: it bills them by the call, not by tokens. */
import type { TokenUsage } from '@tollgate/catalog';
import { listIn, objectIn } from '../json/json-value.ts';
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';
import { readUsage } from '../openai/usage.ts';

/** Item types that are billed by the call; OpenAI's price list, "Built-in tools". */
const UNIT_BY_TYPE: Readonly<Record<string, string>> = {
  web_search_call: 'web_search',
  file_search_call: 'file_search',
};

/** @returns Undefined where the provider reported nothing usable. */
export function readResponsesUsage(response: JsonObject): TokenUsage | undefined {
  const usage = readUsage(response.usage);
  if (usage === undefined) return undefined;
  const units = countServerTools(response.output);
  return Object.keys(units).length === 0 ? usage : { ...usage, units: { ...usage.units, ...units } };
}

function countServerTools(output: JsonValue | undefined): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const value of listIn(output)) {
    const item = objectIn(value);
    const unit = UNIT_BY_TYPE[String(item.type)];
    // Opening a page that a search has found is part of that search.
    const action = objectIn(item.action).type;
    if (unit === undefined || action === 'open_page' || action === 'find_in_page' || action === 'find')
      continue;
    counts[unit] = (counts[unit] ?? 0) + 1;
  }
  return counts;
}
