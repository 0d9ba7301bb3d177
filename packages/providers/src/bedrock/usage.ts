/**
 * Token usage as Converse reports it, and as disjoint kinds.
 *
 * `inputTokens` counts neither cache reads nor cache writes (recorded totals add up only so); `cacheDetails` splits
 * the writes by life (Bedrock's API reference, TokenUsage). Reasoning is in `outputTokens` and not told apart.
 */
import {
  emptyUsage,
  MAX_COUNT,
  type TokenUsage,
  totalInputTokens,
  totalOutputTokens,
} from '@tollgate/catalog';
import type { JsonObject, JsonValue } from '@tollgate/dialects';
import { listIn, objectIn } from './json.ts';

/** @returns Undefined where nothing usable was reported; a reported zero is a zero. */
export function readConverseUsage(value: JsonValue | undefined): TokenUsage | undefined {
  const report = objectIn(value);
  const input = readCount(report.inputTokens);
  const output = readCount(report.outputTokens ?? 0);
  if (input === undefined || output === undefined) return undefined;
  const written = readCount(report.cacheWriteInputTokens) ?? readCount(report.cacheWriteInputTokenCount) ?? 0;
  const oneHour = Math.min(oneHourWrites(report.cacheDetails), written);
  return {
    ...emptyUsage(),
    inputTokens: input,
    cachedInputTokens:
      readCount(report.cacheReadInputTokens) ?? readCount(report.cacheReadInputTokenCount) ?? 0,
    cacheWrite5mTokens: written - oneHour,
    cacheWrite1hTokens: oneHour,
    outputTokens: output,
  };
}

export function writeConverseUsage(usage: TokenUsage): JsonObject {
  const { cacheWrite5mTokens, cacheWrite1hTokens } = usage;
  const details = [
    ...(cacheWrite5mTokens > 0 ? [{ ttl: '5m', inputTokens: cacheWrite5mTokens }] : []),
    ...(cacheWrite1hTokens > 0 ? [{ ttl: '1h', inputTokens: cacheWrite1hTokens }] : []),
  ];
  return {
    inputTokens: usage.inputTokens + usage.audioInputTokens,
    outputTokens: totalOutputTokens(usage),
    totalTokens: totalInputTokens(usage) + totalOutputTokens(usage),
    cacheReadInputTokens: usage.cachedInputTokens,
    cacheWriteInputTokens: cacheWrite5mTokens + cacheWrite1hTokens,
    ...(details.length === 0 ? {} : { cacheDetails: details }),
  };
}

function oneHourWrites(details: JsonValue | undefined): number {
  let sum = 0;
  for (const detail of listIn(details)) {
    const { ttl, inputTokens } = objectIn(detail);
    if (ttl === '1h') sum += readCount(inputTokens) ?? 0;
  }
  return sum;
}

function readCount(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= MAX_COUNT
    ? value
    : undefined;
}
