/**
 * Token usage as Cohere reports it, and as disjoint kinds.
 *
 * `billed_units` is what the account pays for; `tokens` also counts the template around the messages, and
 * `cached_tokens` is a part of that, not of what is billed (docs.cohere.com, Chat, usage). So the billed counts are
 * the usage; reasoning is a part of the billed output. Rerank bills searches, a unit.
 */
import { emptyUsage, MAX_COUNT, type TokenUsage } from '@tollgate/catalog';

type Report = Readonly<Record<string, unknown>>;

/** @param value `usage` of chat, `meta` of embed and rerank. @returns Undefined where nothing usable was reported. */
export function readCohereUsage(value: unknown): TokenUsage | undefined {
  const report = recordIn(value);
  const billed = recordIn(report?.billed_units);
  const tokens = recordIn(report?.tokens);
  const input = readCount(billed?.input_tokens) ?? readCount(tokens?.input_tokens);
  const output = readCount(billed?.output_tokens) ?? readCount(tokens?.output_tokens);
  const searches = readCount(billed?.search_units);
  if (input === undefined && output === undefined && searches === undefined) return undefined;
  // Nonsense is not read as zero: it would make a low cost look exact.
  if (isNonsense(billed?.input_tokens) || isNonsense(billed?.output_tokens)) return undefined;
  const reasoning = Math.min(readCount(tokens?.reasoning_tokens) ?? 0, output ?? 0);
  return {
    ...emptyUsage(),
    inputTokens: input ?? 0,
    outputTokens: (output ?? 0) - reasoning,
    reasoningTokens: reasoning,
    ...(searches === undefined ? {} : { units: { query: searches } }),
  };
}

function isNonsense(value: unknown): boolean {
  return value !== undefined && value !== null && readCount(value) === undefined;
}

/** Older answers have counts as `12.0`, which JSON reads as a whole number. */
function readCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= MAX_COUNT
    ? value
    : undefined;
}

function recordIn(value: unknown): Report | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Report) : undefined;
}
