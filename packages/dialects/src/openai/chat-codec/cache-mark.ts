/** Anthropic's `cache_control` on parts and tools, as OpenRouter and LiteLLM take it; OpenAI's own breakpoints. */
import { isJsonObject } from '../../json/json-value.ts';
import type { CacheMark } from '../../neutral/parts.ts';
import type { JsonObject } from '../../neutral/wire-format.ts';

export function readCacheMark(holder: JsonObject): CacheMark | undefined {
  const mark = holder.cache_control;
  if (isJsonObject(mark)) return { ttl: mark.ttl === '5m' || mark.ttl === '1h' ? mark.ttl : undefined };
  return isJsonObject(holder.prompt_cache_breakpoint) ? { ttl: undefined } : undefined;
}

export function writeCacheMark(mark: CacheMark | undefined): JsonObject {
  if (mark === undefined) return {};
  return { cache_control: { type: 'ephemeral', ...(mark.ttl === undefined ? {} : { ttl: mark.ttl }) } };
}
