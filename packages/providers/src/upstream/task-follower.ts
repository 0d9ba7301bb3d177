/** Follows the events of a task that is no conversation (images that appear bit by bit, speech, transcripts). */
import type { TokenUsage } from '@tollgate/catalog';
import type { StreamFollower } from '../stream-follower.ts';

/** @param readUsage From one event, as parsed; undefined: it tells none. */
export function createTaskFollower(
  readUsage: (event: Record<string, unknown>) => TokenUsage | undefined,
): StreamFollower {
  let usage: TokenUsage | undefined;
  let finishReason = '';
  let started = false;
  return {
    get usage() {
      return usage;
    },
    get finishReason() {
      return finishReason;
    },
    // What pieces of media weigh says nothing about tokens.
    outputBytes: 0,
    get started() {
      return started;
    },
    next(data) {
      if (data === '[DONE]') return { kind: 'end', data };
      const type = TYPE.exec(data.slice(0, TYPE_WITHIN))?.[1] ?? '';
      started = true;
      if (type === 'error' || data.startsWith('{"error"')) return { kind: 'error', body: parse(data) };
      if (!LAST.test(type)) return { kind: 'data', data };
      finishReason = 'completed';
      usage = readUsage(parse(data) ?? {}) ?? usage;
      return { kind: 'data', data };
    },
  };
}

/** Events may hold whole pictures: only the last one is parsed, and the type stands in front. */
const TYPE_WITHIN = 256;
const TYPE = /"type"\s*:\s*"([\w.]{1,64})"/;
const LAST = /\.(?:completed|done)$/;

function parse(data: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(data, 'latin1').toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
