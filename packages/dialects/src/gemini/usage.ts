/**
 * Token usage as Gemini reports it, and as disjoint kinds.
 *
 * `promptTokenCount` includes what was read from the cache; `toolUsePromptTokenCount` (what server tools put into
 * the prompt) and `thoughtsTokenCount` are apart from it and from `candidatesTokenCount`; `totalTokenCount` is the
 * sum of all (Gemini API reference, UsageMetadata). Details by modality are parts of their count: audio has prices
 * of its own, and so have generated images, which are a unit. Searches are no tokens; see `searchUnits`.
 *
 * Providers are not trusted: what is no whole number from 0 up to a sane bound counts as not reported, and parts
 * larger than their whole are cut to it.
 */
import { emptyUsage, MAX_COUNT, type TokenUsage, totalOutputTokens } from '@tollgate/catalog';
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';

type Report = Readonly<Record<string, unknown>>;

/** @returns Undefined where nothing usable was reported; a reported zero is a zero. */
export function readGenerateUsage(value: unknown): TokenUsage | undefined {
  if (!isReport(value)) return undefined;
  const prompt = readCount(value.promptTokenCount ?? 0);
  const candidates = readCount(value.candidatesTokenCount ?? 0);
  const thoughts = readCount(value.thoughtsTokenCount ?? 0);
  if (prompt === undefined || candidates === undefined || thoughts === undefined) return undefined;
  const saysNothing = ['promptTokenCount', 'candidatesTokenCount', 'totalTokenCount'].every(
    (name) => value[name] === undefined || value[name] === null,
  );
  if (saysNothing) return undefined;
  const cached = Math.min(readCount(value.cachedContentTokenCount) ?? 0, prompt);
  const toolUse = readCount(value.toolUsePromptTokenCount) ?? 0;
  const cachedAudio = Math.min(modality(value.cacheTokensDetails, 'AUDIO'), cached);
  const audioInput = Math.min(
    Math.max(0, modality(value.promptTokensDetails, 'AUDIO') - cachedAudio),
    prompt - cached,
  );
  const audioOutput = Math.min(modality(value.candidatesTokensDetails, 'AUDIO'), candidates);
  const imageOutput = Math.min(modality(value.candidatesTokensDetails, 'IMAGE'), candidates - audioOutput);
  return {
    ...emptyUsage(),
    inputTokens: Math.min(prompt - cached - audioInput + toolUse, MAX_COUNT),
    cachedInputTokens: cached,
    outputTokens: candidates - audioOutput - imageOutput,
    reasoningTokens: thoughts,
    audioInputTokens: audioInput,
    audioOutputTokens: audioOutput,
    ...(imageOutput === 0 ? {} : { units: { image_output_token: imageOutput } }),
  };
}

/**
 * Reports of a stream are cumulative, but early ones leave the output out: of two, the one that accounts for more
 * is the later truth.
 */
export function laterGenerateUsage(known: TokenUsage | undefined, reported: TokenUsage): TokenUsage {
  return known === undefined || total(reported) >= total(known) ? reported : known;
}

/**
 * Searches of an answer, as the `web_search` unit. Google bills each query of Gemini 3 and later, before that each
 * grounded answer (ai.google.dev, Pricing, Grounding with Google Search).
 *
 * @param grounding Every `groundingMetadata` of the answer.
 */
export function searchUnits(model: string, grounding: readonly unknown[]): number {
  let queries = 0;
  for (const metadata of grounding) {
    if (!isReport(metadata) || !Array.isArray(metadata.webSearchQueries)) continue;
    queries += metadata.webSearchQueries.length;
  }
  const major = Number(/gemini-(\d+)/.exec(model)?.[1] ?? 3);
  return major >= 3 ? queries : Math.min(queries, 1);
}

/** With the searches added; a usage that was not reported stays so. */
export function withSearches<U extends TokenUsage | undefined>(usage: U, searches: number): U | TokenUsage {
  if (usage === undefined || searches === 0) return usage;
  return { ...usage, units: { ...usage.units, web_search: Math.min(searches, MAX_COUNT) } };
}

export function writeGenerateUsage(usage: TokenUsage): JsonObject {
  const audioAndText = usage.inputTokens + usage.audioInputTokens;
  const written = usage.cacheWrite5mTokens + usage.cacheWrite1hTokens;
  const prompt = audioAndText + usage.cachedInputTokens + written;
  const images = usage.units?.image_output_token ?? 0;
  const candidates = usage.outputTokens + usage.audioOutputTokens + images;
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: candidates,
    totalTokenCount: prompt + candidates + usage.reasoningTokens,
    ...(usage.cachedInputTokens === 0 ? {} : { cachedContentTokenCount: usage.cachedInputTokens }),
    ...(usage.reasoningTokens === 0 ? {} : { thoughtsTokenCount: usage.reasoningTokens }),
    ...details('promptTokensDetails', [
      ['TEXT', prompt - usage.audioInputTokens],
      ['AUDIO', usage.audioInputTokens],
    ]),
    ...details('candidatesTokensDetails', [
      ['TEXT', usage.outputTokens],
      ['AUDIO', usage.audioOutputTokens],
      ['IMAGE', images],
    ]),
  };
}

function details(name: string, counts: readonly (readonly [string, number])[]): JsonObject {
  const list: JsonValue[] = counts
    .filter(([, tokenCount]) => tokenCount > 0)
    .map(([kind, tokenCount]) => ({ modality: kind, tokenCount }));
  return list.length === 0 ? {} : { [name]: list };
}

function modality(list: unknown, name: string): number {
  if (!Array.isArray(list)) return 0;
  let sum = 0;
  for (const entry of list as readonly unknown[]) {
    if (isReport(entry) && entry.modality === name) sum += readCount(entry.tokenCount) ?? 0;
  }
  return Math.min(sum, MAX_COUNT);
}

function total(usage: TokenUsage): number {
  const images = usage.units?.image_output_token ?? 0;
  return (
    usage.inputTokens + usage.cachedInputTokens + usage.audioInputTokens + totalOutputTokens(usage) + images
  );
}

function readCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= MAX_COUNT
    ? value
    : undefined;
}

function isReport(value: unknown): value is Report {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
