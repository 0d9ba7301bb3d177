/** What is read from a whole (non-streamed) answer. The answer itself passes as it came. */
import type { TokenUsage } from '@tollgate/catalog';
import { readFinishReason } from './finish-reason.ts';
import { servedTierOf } from './served-tier.ts';
import { readUsage } from './usage.ts';

export interface ReadResponse {
  /** Undefined: the provider told none, so our own count stands in. */
  readonly usage: TokenUsage | undefined;
  readonly finishReason: string;
  /** Bytes of generated text, for our own count. */
  readonly outputBytes: number;
  /** The service tier that answered, as prices name it; undefined: it is not told, or is none with a price. */
  readonly servedTier?: string | undefined;
  /** The body's bytes as Latin-1. */
  readonly text: string;
}

/** @returns Undefined where the body is not the JSON object that this API answers with. */
export function readChatResponse(body: Buffer): ReadResponse | undefined {
  const text = body.toString('latin1');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const { usage, choices, service_tier: tier } = parsed as Record<string, unknown>;
  const read = readUsage(usage);
  const list: readonly unknown[] = Array.isArray(choices) ? choices : [];
  return {
    usage: read,
    finishReason: readFinishReason(
      (list[0] as { finish_reason?: unknown } | null | undefined)?.finish_reason,
    ),
    outputBytes: read === undefined ? list.reduce<number>((sum, choice) => sum + choiceBytes(choice), 0) : 0,
    servedTier: servedTierOf(tier),
    text,
  };
}

/** Bytes of generated text in one choice: content, refusal, reasoning, tool calls. Text is Latin-1 held bytes. */
export function choiceBytes(choice: unknown): number {
  if (typeof choice !== 'object' || choice === null) return 0;
  const { message, delta, text } = choice as { message?: unknown; delta?: unknown; text?: unknown };
  return stringBytes(message ?? delta, 0) + (typeof text === 'string' ? text.length : 0);
}

const COUNTED_DEPTH = 6;
/** Short, or sound, pictures and what is encrypted, whose bytes are no measure of tokens. */
const NO_TEXT: ReadonlySet<string> = new Set(['role', 'id', 'type', 'index', 'data', 'url', 'image_url']);

/** All strings of generated parts; names and formats are short and left in: the count is an estimate. */
function stringBytes(value: unknown, depth: number): number {
  if (typeof value === 'string') return depth === 0 ? 0 : value.length;
  if (typeof value !== 'object' || value === null || depth > COUNTED_DEPTH) return 0;
  let sum = 0;
  for (const name in value) {
    if (NO_TEXT.has(name)) continue;
    sum += stringBytes((value as Record<string, unknown>)[name], depth + 1);
  }
  return sum;
}
