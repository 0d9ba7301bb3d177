/** What is read from a whole (non-streamed) response. The answer itself passes as it came. */
import type { TokenUsage } from '@tollgate/catalog';
import { type JsonObject, readResponsesUsage } from '@tollgate/dialects';
import { readFinishReason } from '../openai-compatible/finish-reason.ts';
import type { ReadResponse } from '../openai-compatible/response.ts';
import { servedTierOf } from '../openai-compatible/served-tier.ts';

/** @returns Undefined where the body is not the JSON object that this API answers with. */
export function readResponsesResponse(body: Buffer): ReadResponse | undefined {
  const text = body.toString('latin1');
  const response = parseObject(text);
  if (response === undefined) return undefined;
  const { usage, finishReason, servedTier } = readOutcome(response);
  const bytes = usage === undefined ? outputBytes(response.output) : 0;
  return { usage, finishReason, outputBytes: bytes, servedTier, text };
}

export interface Outcome {
  readonly usage: TokenUsage | undefined;
  readonly finishReason: string;
  readonly servedTier: string | undefined;
}

/** The status, or why it is incomplete. */
export function readOutcome(response: JsonObject): Outcome {
  const details = response.incomplete_details;
  const reason =
    typeof details === 'object' && details !== null ? (details as { reason?: unknown }).reason : undefined;
  return {
    usage: readResponsesUsage(response),
    finishReason: readFinishReason(reason ?? response.status),
    servedTier: servedTierOf(response.service_tier),
  };
}

export function parseObject(data: string): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(data);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}

const COUNTED_DEPTH = 6;
/** Generated text; ids, types and names are short, and what was encrypted is no text of the model's. */
const COUNTED: ReadonlySet<string> = new Set(['text', 'refusal', 'arguments', 'input', 'content', 'summary']);

/** An estimate, for answers without usage. Text is Latin-1 held bytes. */
function outputBytes(value: unknown, depth = 0): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null || depth > COUNTED_DEPTH) return 0;
  if (Array.isArray(value))
    return value.reduce<number>((sum, entry) => sum + outputBytes(entry, depth + 1), 0);
  let sum = 0;
  for (const [name, member] of Object.entries(value))
    if (COUNTED.has(name)) sum += outputBytes(member, depth + 1);
  return sum;
}
