/**
 * How much a request used: the one shape that adapters produce, rating prices and the ledger stores.
 *
 * The kinds are disjoint: a token is counted in exactly one field. Providers report overlapping counts
 * (OpenAI's `prompt_tokens` includes cached ones, Anthropic's `input_tokens` excludes them), so each adapter
 * takes them apart once, and nobody downstream subtracts again. Not here: prices (price.ts), money (rate.ts).
 */
import { z } from 'zod';

/** All counts are integers from 0 to `MAX_COUNT`. */
export interface TokenUsage {
  /** Text (and image) input that was neither read from nor written to a cache. */
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  /** Written to a cache that lives 5 minutes, or whose life the provider does not state. */
  readonly cacheWrite5mTokens: number;
  readonly cacheWrite1hTokens: number;
  /** Text output without reasoning and audio. */
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly audioInputTokens: number;
  readonly audioOutputTokens: number;
  /** Generated images by `quality/size` or the key that the price uses, as in `image:high/1024x1024`. */
  readonly images?: CountByName;
  /** Anything else that is counted, by name: `web_search`, `input_second`, `image_output_token`. */
  readonly units?: CountByName;
}

export type CountByName = Readonly<Record<string, number>>;

/**
 * The largest count of one kind in one request that is believed. A provider that reports more is broken, and
 * the amount would leave 64 bits at high prices.
 */
export const MAX_COUNT = 1_000_000_000;
const MAX_NAMES = 64;

const EMPTY_USAGE: TokenUsage = Object.freeze({
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  audioInputTokens: 0,
  audioOutputTokens: 0,
});

/** A fresh usage of nothing; spread it to fill in what a provider reported. */
export function emptyUsage(): TokenUsage {
  return { ...EMPTY_USAGE };
}

/** Everything the provider read: the number that price tiers and context windows are compared with. */
export function totalInputTokens(usage: TokenUsage): number {
  return (
    usage.inputTokens +
    usage.cachedInputTokens +
    usage.cacheWrite5mTokens +
    usage.cacheWrite1hTokens +
    usage.audioInputTokens
  );
}

/** Everything the provider wrote, reasoning and audio included. */
export function totalOutputTokens(usage: TokenUsage): number {
  return usage.outputTokens + usage.reasoningTokens + usage.audioOutputTokens;
}

const count = z.int().min(0).max(MAX_COUNT);
const countOrZero = count.default(0);
/** Names of images and units: they become part of a price component and of an invoice line. */
export const countNamePattern = /^[a-z0-9][a-z0-9_./-]{0,63}$/;
const countByName = z
  .record(z.string().regex(countNamePattern), count)
  .refine((counts) => Object.keys(counts).length <= MAX_NAMES, { error: `at most ${MAX_NAMES} names` });

/** The JSON form (jobs, log frames): plain numbers; a kind that is left out counts 0; nothing else is allowed. */
export const tokenUsageSchema = z.strictObject({
  inputTokens: countOrZero,
  cachedInputTokens: countOrZero,
  cacheWrite5mTokens: countOrZero,
  cacheWrite1hTokens: countOrZero,
  outputTokens: countOrZero,
  reasoningTokens: countOrZero,
  audioInputTokens: countOrZero,
  audioOutputTokens: countOrZero,
  images: countByName.exactOptional(),
  units: countByName.exactOptional(),
}) satisfies z.ZodType<TokenUsage>;
