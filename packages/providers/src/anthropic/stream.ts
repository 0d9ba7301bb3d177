/**
 * Follows a Messages stream: every event passes as it came, and usage, stop reason and progress are read.
 *
 * Most events bring one piece of text and nothing that is kept. They are known by what stands around the piece and
 * need not be parsed; an event that looks otherwise is.
 */
import type { TokenUsage } from '@tollgate/catalog';
import { decodeBytes, mergeMessagesUsage, readMessagesUsage } from '@tollgate/dialects';
import { readFinishReason } from '../openai-compatible/finish-reason.ts';
import { servedSpeedInMessagesUsage } from '../openai-compatible/served-tier.ts';
import type { StreamFollower } from '../stream-follower.ts';
import { parseObject } from './response.ts';

export function createMessagesStreamFollower(): StreamFollower {
  let reported: unknown;
  let usage: TokenUsage | undefined;
  let servedTier: string | undefined;
  let finishReason = '';
  let outputBytes = 0;
  let started = false;

  const take = (report: unknown): void => {
    if (report === undefined || report === null) return;
    reported = mergeMessagesUsage(reported, report);
    usage = readMessagesUsage(reported);
    servedTier = servedSpeedInMessagesUsage(reported);
  };

  const finish = (reason: unknown): void => {
    if (finishReason === '') finishReason = readFinishReason(reason);
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
      const piece = pieceBytes(data);
      if (piece !== -1) {
        started = true;
        outputBytes += piece;
        return { kind: 'data', data };
      }
      const message = parseObject(data);
      if (message === undefined) return { kind: 'error', body: undefined };
      switch (message.type ?? event) {
        case 'message_start':
          take(memberOf(message.message, 'usage'));
          break;
        case 'message_delta':
          finish(memberOf(message.delta, 'stop_reason'));
          take(message.usage);
          break;
        case 'content_block_start':
          started = true;
          break;
        case 'content_block_delta':
          started = true;
          outputBytes += deltaBytes(message.delta);
          break;
        case 'message_stop':
          return { kind: 'end', data };
        case 'message':
          // Seen at Vertex: the whole message as the only event.
          started = true;
          finish(message.stop_reason);
          take(message.usage);
          break;
        case 'error':
        case '':
          return { kind: 'error', body: parseObject(decodeBytes(data)) };
      }
      return { kind: 'data', data };
    },
  };
}

const HEAD =
  /^\{"type":"content_block_delta","index":\d{1,6},"delta":\{"type":"(?:text_delta","text|thinking_delta","thinking|input_json_delta","partial_json)":"/;
/** The provider pads events with space, so that their length tells less. */
const TAIL = /"\} *\} *$/;
/** The inside of one JSON string. One character at a time: repeated runs would be tried in every division. */
const INSIDE = /^(?:[\x20\x21\x23-\x5b\x5d-\xff]|\\["\\/bfnrtu])*$/;

/** @returns Bytes of the one piece that the event brings, as JSON writes them; -1: it must be parsed. */
function pieceBytes(data: string): number {
  if (!data.startsWith('{"type":"content_block_delta"')) return -1;
  const head = HEAD.exec(data)?.[0];
  if (head === undefined) return -1;
  const end = data.endsWith('"}}') ? data.length - 3 : data.search(TAIL);
  if (end < head.length) return -1;
  const piece = data.slice(head.length, end);
  return INSIDE.test(piece) ? piece.length : -1;
}

function deltaBytes(delta: unknown): number {
  const { text, thinking, partial_json: json } = (delta ?? {}) as Record<string, unknown>;
  let sum = 0;
  for (const value of [text, thinking, json]) if (typeof value === 'string') sum += value.length;
  return sum;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
