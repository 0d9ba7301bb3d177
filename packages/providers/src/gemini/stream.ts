/**
 * Follows a generateContent stream: every event passes as it came, and usage, finish reason and progress are read.
 *
 * Every event carries counts that change, so that none can be known by what stands around its text; but Google sends
 * few and large ones. There is no last word: a finish reason says that all is there.
 */
import type { TokenUsage } from '@tollgate/catalog';
import { decodeBytes, laterGenerateUsage, readGenerateUsage, withSearches } from '@tollgate/dialects';
import { servedTierInGeminiUsage } from '../openai-compatible/served-tier.ts';
import type { StreamFollower } from '../stream-follower.ts';
import { candidatesOf, finishReasonOf, generatedBytes, parseObject, searchesOf } from './response.ts';

export function createGenerateStreamFollower(): StreamFollower {
  let tokens: TokenUsage | undefined;
  let searches = 0;
  let finishReason = '';
  let servedTier: string | undefined;
  let outputBytes = 0;
  let started = false;

  return {
    get usage() {
      return withSearches(tokens, searches);
    },
    get servedTier() {
      return servedTier;
    },
    get finishReason() {
      return finishReason;
    },
    get outputBytes() {
      return outputBytes;
    },
    get started() {
      return started;
    },
    next(data) {
      const answer = parseObject(data);
      if (answer === undefined || isSet(answer.error)) {
        return { kind: 'error', body: parseObject(decodeBytes(data)) };
      }
      const isAnswer =
        isSet(answer.candidates) || isSet(answer.promptFeedback) || isSet(answer.usageMetadata);
      if (!isAnswer) return { kind: 'error', body: parseObject(decodeBytes(data)) };
      const reported = readGenerateUsage(answer.usageMetadata);
      servedTier = servedTierInGeminiUsage(answer.usageMetadata) ?? servedTier;
      if (reported !== undefined) tokens = laterGenerateUsage(tokens, reported);
      searches = Math.max(searches, searchesOf(answer));
      if (candidatesOf(answer).length > 0) started = true;
      outputBytes += generatedBytes(answer);
      if (finishReason === '') finishReason = finishReasonOf(answer);
      return { kind: 'data', data };
    },
  };
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
