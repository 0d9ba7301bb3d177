/**
 * Token usage as the Messages API reports it, and as disjoint kinds.
 *
 * `input_tokens` counts neither cache reads nor cache writes; `output_tokens` is everything written, of which
 * `output_tokens_details.thinking_tokens` is reasoning (Anthropic's API reference, Usage). `cache_creation` splits
 * the writes by life. Tokens of a `compaction` iteration are not in the totals and are added (reference,
 * BetaIterationsUsage); an advisor's are another model's, so they are units of their own.
 *
 * In streams `message_start` tells the input, `message_delta` cumulative counts, which leave out what did not
 * change: reports are merged before they are read. Providers are not trusted: what is no count is not reported.
 */
import { emptyUsage, MAX_COUNT, type TokenUsage, totalOutputTokens } from '@tollgate/catalog';
import type { JsonObject } from '../neutral/index.ts';

type Report = Readonly<Record<string, unknown>>;

/** @returns Undefined where nothing usable was reported; a reported zero is a zero. */
export function readMessagesUsage(value: unknown): TokenUsage | undefined {
  if (!isReport(value)) return undefined;
  const input = readCount(value.input_tokens ?? 0);
  const output = readCount(value.output_tokens ?? 0);
  if (input === undefined || output === undefined) return undefined;
  if (isNothing(value.input_tokens) && isNothing(value.output_tokens)) return undefined;
  const reasoning = Math.min(thinkingTokens(value), output);
  const units = readUnits(value);
  const usage: TokenUsage = {
    ...emptyUsage(),
    inputTokens: input,
    cachedInputTokens: readCount(value.cache_read_input_tokens) ?? 0,
    ...readCacheWrites(value),
    outputTokens: output - reasoning,
    reasoningTokens: reasoning,
  };
  const total = addCompactions(usage, value.iterations);
  return Object.keys(units).length === 0 ? total : { ...total, units };
}

/**
 * What a stream has told so far, the later report completing the earlier one.
 *
 * The counts of input belong together (a later report may move tokens from one kind to another), so that they are
 * taken over only as a whole, and only if they tell of no less. A report by iterations is the last word: before it,
 * the input of a compaction is told as the message's own, and counting both would count it twice.
 */
export function mergeMessagesUsage(known: unknown, later: unknown): unknown {
  if (!isReport(later)) return known;
  if (!isReport(known)) return later;
  const merged: Record<string, unknown> = { ...known };
  for (const [name, value] of Object.entries(later)) {
    if (!INPUT_MEMBERS.has(name) && !isNothing(value)) merged[name] = value;
  }
  const input: Record<string, unknown> = {};
  for (const name of INPUT_MEMBERS) {
    const value = readCount(later[name]) === undefined ? known[name] : later[name];
    if (value !== undefined) input[name] = value;
  }
  if (Array.isArray(later.iterations) || sumOf(input) >= sumOf(known)) Object.assign(merged, input);
  const laterOutput = readCount(later.output_tokens) ?? 0;
  merged.output_tokens = Math.max(laterOutput, readCount(known.output_tokens) ?? 0);
  return merged;
}

const INPUT_MEMBERS: ReadonlySet<string> = new Set([
  'input_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
]);

/** Usage as this API says it; kinds that it does not know are counted with those that they are priced like. */
export function writeMessagesUsage(usage: TokenUsage, serviceTier: string | undefined): JsonObject {
  const { web_search: searches = 0, image_output_token: imageTokens = 0 } = usage.units ?? {};
  const { cacheWrite5mTokens, cacheWrite1hTokens } = usage;
  return {
    input_tokens: usage.inputTokens + usage.audioInputTokens,
    cache_creation_input_tokens: cacheWrite5mTokens + cacheWrite1hTokens,
    cache_read_input_tokens: usage.cachedInputTokens,
    cache_creation: {
      ephemeral_5m_input_tokens: cacheWrite5mTokens,
      ephemeral_1h_input_tokens: cacheWrite1hTokens,
    },
    output_tokens: totalOutputTokens(usage) + imageTokens,
    output_tokens_details: usage.reasoningTokens === 0 ? null : { thinking_tokens: usage.reasoningTokens },
    server_tool_use: searches === 0 ? null : { web_search_requests: searches, web_fetch_requests: 0 },
    service_tier: writeAnsweredTier(serviceTier),
    inference_geo: null,
  };
}

/** Neutral tiers are OpenAI's words; here `default` is `standard`. */
export function readAnsweredTier(value: unknown): string | undefined {
  if (value === 'standard') return 'default';
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function writeAnsweredTier(tier: string | undefined): string {
  return tier === 'priority' || tier === 'batch' ? tier : 'standard';
}

/** What the detail does not account for lives 5 minutes, the default, unless all that it tells of lives an hour. */
function readCacheWrites(value: Report): Pick<TokenUsage, 'cacheWrite5mTokens' | 'cacheWrite1hTokens'> {
  const detail = isReport(value.cache_creation) ? value.cache_creation : {};
  const short = readCount(detail.ephemeral_5m_input_tokens) ?? 0;
  const long = readCount(detail.ephemeral_1h_input_tokens) ?? 0;
  const total = readCount(value.cache_creation_input_tokens) ?? Math.min(short + long, MAX_COUNT);
  const oneHour = short === 0 && long > 0 ? total : Math.min(long, total);
  return { cacheWrite5mTokens: total - oneHour, cacheWrite1hTokens: oneHour };
}

function thinkingTokens(value: Report): number {
  const details = isReport(value.output_tokens_details) ? value.output_tokens_details : {};
  return readCount(details.thinking_tokens) ?? 0;
}

/** What costs by the use. A fetch costs only the tokens that it brings (Anthropic's guide of the web fetch tool). */
function readUnits(value: Report): Record<string, number> {
  const tools = isReport(value.server_tool_use) ? value.server_tool_use : {};
  const units: Record<string, number> = {};
  for (const name in tools) {
    const unit = /^([a-z][a-z_]{0,40})_requests$/.exec(name)?.[1];
    const requests = readCount(tools[name]) ?? 0;
    if (unit !== undefined && unit !== 'web_fetch' && requests > 0 && Object.keys(units).length < MAX_UNITS)
      units[unit] = requests;
  }
  for (const iteration of iterationsOf(value.iterations, 'advisor_message')) {
    addUnit(units, 'advisor_input_token', inputOf(iteration));
    addUnit(units, 'advisor_output_token', readCount(iteration.output_tokens) ?? 0);
  }
  return units;
}

const MAX_UNITS = 16;

function addUnit(units: Record<string, number>, name: string, count: number): void {
  if (count > 0) units[name] = Math.min((units[name] ?? 0) + count, MAX_COUNT);
}

function addCompactions(usage: TokenUsage, iterations: unknown): TokenUsage {
  let total = usage;
  for (const iteration of iterationsOf(iterations, 'compaction')) {
    const writes = readCacheWrites(iteration);
    total = {
      ...total,
      inputTokens: add(total.inputTokens, readCount(iteration.input_tokens)),
      cachedInputTokens: add(total.cachedInputTokens, readCount(iteration.cache_read_input_tokens)),
      cacheWrite5mTokens: add(total.cacheWrite5mTokens, writes.cacheWrite5mTokens),
      cacheWrite1hTokens: add(total.cacheWrite1hTokens, writes.cacheWrite1hTokens),
      outputTokens: add(total.outputTokens, readCount(iteration.output_tokens)),
    };
  }
  return total;
}

function iterationsOf(value: unknown, type: string): Report[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly unknown[]).filter(
    (entry): entry is Report => isReport(entry) && entry.type === type,
  );
}

function inputOf(value: Report): number {
  return Math.min(sumOf(value), MAX_COUNT);
}

function sumOf(value: Report): number {
  let sum = 0;
  for (const name of INPUT_MEMBERS) sum += readCount(value[name]) ?? 0;
  return sum;
}

function add(one: number, other: number | undefined): number {
  return Math.min(one + (other ?? 0), MAX_COUNT);
}

function readCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= MAX_COUNT
    ? value
    : undefined;
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null;
}

function isReport(value: unknown): value is Report {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
