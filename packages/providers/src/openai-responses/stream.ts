/** Follows a Responses stream: every event passes as it came, and usage, status and progress are read. */
import type { TokenUsage } from '@tollgate/catalog';
import { decodeBytes, type JsonObject } from '@tollgate/dialects';
import type { StreamFollower } from '../stream-follower.ts';
import { deltaPieceBytes } from './delta-event.ts';
import { parseObject, readOutcome } from './response.ts';

export function createResponsesStreamFollower(): StreamFollower {
  let usage: TokenUsage | undefined;
  let finishReason = '';
  let servedTier: string | undefined;
  let outputBytes = 0;
  let started = false;

  const takeOutcome = (response: JsonObject): void => {
    const outcome = readOutcome(response);
    usage = outcome.usage ?? usage;
    finishReason = outcome.finishReason;
    servedTier = outcome.servedTier;
  };

  return {
    get usage() {
      return usage;
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
    next(data, event) {
      const piece = deltaPieceBytes(data);
      if (piece !== -1) {
        started = true;
        outputBytes += piece;
        return { kind: 'data', data };
      }
      // Some servers add chat's last word to a stream that has had its own.
      if (data === '[DONE]') return { kind: 'end' };
      const message = parseObject(data);
      if (message === undefined) return { kind: 'error', body: undefined };
      const type = typeof message.type === 'string' ? message.type : event;
      const response = objectIn(message.response);
      switch (type) {
        case 'response.completed':
        case 'response.incomplete':
          started = true;
          if (response !== undefined) takeOutcome(response);
          return { kind: 'end', data };
        case 'response.failed': {
          if (response !== undefined) takeOutcome(response);
          finishReason = '';
          const told = objectIn(parseObject(decodeBytes(data))?.response);
          return { kind: 'error', body: { error: told?.error ?? null } };
        }
        case 'error':
        case '':
          return { kind: 'error', body: parseObject(decodeBytes(data)) };
        default:
          if (typeof message.delta === 'string') {
            started = true;
            outputBytes += message.delta.length;
          } else if (type === 'response.output_item.added') started = true;
          return { kind: 'data', data };
      }
    },
  };
}

function objectIn(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}
