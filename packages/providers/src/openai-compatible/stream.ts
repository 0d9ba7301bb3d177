/**
 * Follows a chat stream: reads usage, finish reason and how much was generated, and decides what of each event
 * the client sees. Event data passes unchanged, except that the usage which only we asked for is taken out.
 *
 * Event data is bytes held as Latin-1 (packages/dialects, event-parser.ts).
 */
import type { TokenUsage } from '@tollgate/catalog';
import { decodeBytes, findMembers, patchMembers } from '@tollgate/dialects';
import type { StreamStep } from '../stream-follower.ts';
import { type ChunkTemplate, matchTemplate, shownOf, templateOf } from './chunk-template.ts';
import { readFinishReason } from './finish-reason.ts';
import { choiceBytes } from './response.ts';
import { servedTierOf } from './served-tier.ts';
import { laterUsage, readUsage } from './usage.ts';

export interface ChatStreamReader {
  next(data: string, event?: string): StreamStep;
  readonly usage: TokenUsage | undefined;
  readonly servedTier: string | undefined;
  readonly finishReason: string;
  readonly outputBytes: number;
  /** Whether anything has been generated: the first token has arrived. */
  readonly started: boolean;
}

const MAX_CHUNK_DEPTH = 64;
const USAGE_ONLY: ReadonlySet<string> = new Set(['usage']);
const NOTHING_SET: ReadonlyMap<string, string> = new Map();

/** @param showUsage Whether the client asked for usage itself. */
export function createChatStreamReader(showUsage: boolean): ChatStreamReader {
  let usage: TokenUsage | undefined;
  let finishReason = '';
  let outputBytes = 0;
  let started = false;
  let servedTier: string | undefined;
  let template: ChunkTemplate | undefined;

  const readChunk = (chunk: Record<string, unknown>): boolean => {
    const { choices } = chunk;
    servedTier = servedTierOf(chunk.service_tier) ?? servedTier;
    const reported = readUsage(chunk.usage);
    if (reported !== undefined) usage = laterUsage(usage, reported);
    if (!Array.isArray(choices) || choices.length === 0) return false;
    for (const choice of choices as readonly unknown[]) {
      outputBytes += choiceBytes(choice);
      const reason = readFinishReason((choice as { finish_reason?: unknown } | null)?.finish_reason);
      if (reason !== '' && finishReason === '') finishReason = reason;
    }
    started = true;
    return true;
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
    next(data) {
      // Some servers write a space behind it.
      if (data.startsWith('[DONE]') && data.trimEnd() === '[DONE]') return { kind: 'end' };
      const length = template === undefined ? -1 : matchTemplate(template, data);
      if (template !== undefined && length !== -1) {
        outputBytes += length;
        return { kind: 'data', data: shownOf(template, data, length) };
      }
      const chunk = parseChunk(data);
      if (chunk === undefined) return { kind: 'error', body: undefined };
      if (chunk.error !== undefined && chunk.error !== null)
        return { kind: 'error', body: parseChunk(decodeBytes(data)) };
      const hasChoices = readChunk(chunk);
      const onlyText = onlyTextOf(chunk);
      if (showUsage || !('usage' in chunk)) {
        if (onlyText !== undefined) template = templateOf(data, data, onlyText);
        return { kind: 'data', data };
      }
      // The chunk that exists only to carry usage has no choices.
      if (!hasChoices && chunk.usage !== null) return { kind: 'data', data: null };
      const shown = withoutUsage(data);
      if (onlyText !== undefined) template = templateOf(data, shown, onlyText);
      return { kind: 'data', data: shown };
    },
  };
}

/** The text of a chunk that brings one piece of content and nothing else that is kept. */
function onlyTextOf({ choices, usage }: Record<string, unknown>): string | undefined {
  if (usage !== undefined && usage !== null) return undefined;
  if (!Array.isArray(choices) || choices.length !== 1) return undefined;
  const choice = choices[0] as { delta?: { content?: unknown } | null; finish_reason?: unknown } | null;
  const text = choice?.delta?.content;
  if (typeof text !== 'string' || readFinishReason(choice?.finish_reason) !== '') return undefined;
  return choiceBytes(choice) === text.length ? text : undefined;
}

function parseChunk(data: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(data);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

const USAGE_NAME = '"usage"';
const NULL_MEMBER = '"usage":null';

/** The same bytes without the top-level member, which the caller has seen to be there. */
function withoutUsage(data: string): string {
  const at = data.indexOf(NULL_MEMBER);
  // Where the name stands once, it is that member: no need to read the whole object.
  if (at > 0 && data[at - 1] === ',' && data.indexOf(USAGE_NAME) === data.lastIndexOf(USAGE_NAME)) {
    return data.slice(0, at - 1) + data.slice(at + NULL_MEMBER.length);
  }
  const found = findMembers(data, MAX_CHUNK_DEPTH);
  return found.ok ? patchMembers(data, found.members, NOTHING_SET, USAGE_ONLY) : data;
}
