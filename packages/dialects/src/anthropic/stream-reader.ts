/**
 * The events of a Messages stream as neutral ones.
 *
 * Text, thinking and tool calls flow as they come; blocks that only this format has (server tools and their
 * results) are told whole, when they end. Whatever a provider leaves out (block ends, a repeated usage) is made
 * good, so that the neutral stream is always well formed.
 */

import { isJsonObject, textIn } from '../json/json-value.ts';
import type {
  BlockDelta,
  BlockStart,
  JsonObject,
  JsonValue,
  NeutralEvent,
  Part,
  StreamReader,
} from '../neutral/index.ts';
import { readCallId } from '../neutral/index.ts';
import { ownMembers } from './answer-reader.ts';
import { nativePart, readBlock, readCitation } from './content-reader.ts';
import { findJsonObject } from './json.ts';
import { readProof } from './signature.ts';
import { readStopReason } from './stop-reason.ts';
import { mergeMessagesUsage, readAnsweredTier, readMessagesUsage } from './usage.ts';

interface OpenBlock {
  readonly kind: 'text' | 'reasoning' | 'toolCall' | 'whole';
  /** -1: told when it ends. */
  readonly number: number;
  readonly start: JsonObject;
  /** A call's input, or what a whole block's input is written with. */
  inputJson: string;
}

export function createMessagesStreamReader(): StreamReader {
  const open = new Map<number, OpenBlock>();
  let blocks = 0;
  let started = false;
  let finished = false;
  let ended = false;
  let usage: unknown;

  const begin = (message: JsonObject): NeutralEvent[] => {
    if (started) return [];
    started = true;
    const serviceTier = readAnsweredTier(
      isJsonObject(message.usage) ? message.usage.service_tier : undefined,
    );
    return [
      {
        kind: 'start',
        id: textIn(message.id) ?? '',
        model: textIn(message.model) ?? '',
        ...(serviceTier === undefined ? {} : { serviceTier }),
      },
    ];
  };

  const reportUsage = (reported: JsonValue | undefined): NeutralEvent[] => {
    usage = mergeMessagesUsage(usage, reported);
    const read = readMessagesUsage(usage);
    return read === undefined || !isJsonObject(reported) ? [] : [{ kind: 'usage', usage: read }];
  };

  const startBlock = (start: JsonObject, index: number): NeutralEvent[] => {
    const told = open.has(index) ? endBlock(index) : [];
    const first = startOf(start);
    const block: OpenBlock = {
      kind: first?.kind ?? 'whole',
      number: first === undefined ? -1 : blocks,
      start,
      inputJson: '',
    };
    open.set(index, block);
    if (first === undefined) return told;
    blocks += 1;
    const deltas = [...first.deltas, ...firstDeltas(start)];
    return [
      ...told,
      { kind: 'blockStart', choice: 0, block: block.number, start: first.start },
      ...deltas.map((delta) => blockDelta(block.number, delta)),
    ];
  };

  const endBlock = (index: number): NeutralEvent[] => {
    const block = open.get(index);
    if (block === undefined) return [];
    open.delete(index);
    if (block.number !== -1) {
      const input = block.kind === 'toolCall' && block.inputJson === '' ? inputOf(block.start) : '';
      const missing = input === '' ? [] : [blockDelta(block.number, { kind: 'text', text: input })];
      return [...missing, { kind: 'blockEnd', choice: 0, block: block.number }];
    }
    const part = wholePart(block);
    if (part === undefined) return [];
    const number = blocks;
    blocks += 1;
    return [
      { kind: 'blockStart', choice: 0, block: number, start: { kind: 'whole', part } },
      { kind: 'blockEnd', choice: 0, block: number },
    ];
  };

  const endAll = (): NeutralEvent[] => [...open.keys()].flatMap(endBlock);

  const takeDelta = (index: number, delta: JsonObject): NeutralEvent[] => {
    const block = open.get(index);
    if (block === undefined) return [];
    if (typeof delta.partial_json === 'string') block.inputJson += delta.partial_json;
    if (block.number === -1) return [];
    return readDelta(delta).map((read) => blockDelta(block.number, read));
  };

  const takeMessageDelta = (event: JsonObject): NeutralEvent[] => {
    const delta = isJsonObject(event.delta) ? event.delta : {};
    const members = ownMembers(delta);
    const events: NeutralEvent[] = members === undefined ? [] : [{ kind: 'native', members }];
    if (typeof delta.stop_reason === 'string' && !finished) {
      finished = true;
      const finish = readStopReason(delta.stop_reason, delta.stop_sequence);
      events.push(...endAll(), { kind: 'finish', choice: 0, finish });
    }
    return [...events, ...reportUsage(event.usage)];
  };

  /** Seen at Vertex: the whole message as the only event. */
  const takeWhole = (message: JsonObject): NeutralEvent[] => {
    const content = Array.isArray(message.content) ? (message.content as readonly JsonValue[]) : [];
    const told = content.flatMap((block, index) => [
      ...startBlock(objectOf(block), index),
      ...endBlock(index),
    ]);
    return [
      ...told,
      ...takeMessageDelta({ delta: { ...message, content: null }, usage: message.usage ?? null }),
    ];
  };

  const takeEnd = (): NeutralEvent[] => {
    if (ended) return [];
    ended = true;
    return [...endAll(), { kind: 'end' }];
  };

  return {
    read(data, eventName) {
      if (ended) return [];
      if (!isJsonObject(data)) return [{ kind: 'error', body: data }];
      switch (textIn(data.type) ?? eventName) {
        case 'message_start': {
          const message = isJsonObject(data.message) ? data.message : {};
          return [...begin(message), ...reportUsage(message.usage)];
        }
        case 'message':
          return [...begin(data), ...takeWhole(data)];
        case 'content_block_start':
          return [...begin({}), ...startBlock(objectOf(data.content_block), indexOf(data))];
        case 'content_block_delta':
          return takeDelta(indexOf(data), objectOf(data.delta));
        case 'content_block_stop':
          return endBlock(indexOf(data));
        case 'message_delta':
          return [...begin({}), ...takeMessageDelta(data)];
        case 'message_stop':
          return [...begin({}), ...takeEnd()];
        case 'error':
          return [{ kind: 'error', body: data }];
        case '':
          return [{ kind: 'error', body: data }];
        default:
          // Pings, and whatever the API will add: its versioning policy asks clients to ignore what is new.
          return [];
      }
    },
    close: () => (finished ? takeEnd() : []),
  };
}

function startOf(
  block: JsonObject,
): { kind: OpenBlock['kind']; start: BlockStart; deltas: readonly BlockDelta[] } | undefined {
  switch (block.type) {
    case 'text':
      return { kind: 'text', start: { kind: 'text' }, deltas: [] };
    case 'thinking':
      return { kind: 'reasoning', start: { kind: 'reasoning' }, deltas: [] };
    case 'tool_use': {
      const { id, signature } = readCallId(textIn(block.id) ?? '');
      return {
        kind: 'toolCall',
        start: { kind: 'toolCall', id, name: textIn(block.name) ?? '' },
        deltas: signature === undefined ? [] : [{ kind: 'signature', signature }],
      };
    }
    default:
      return undefined;
  }
}

/** Blocks start empty, but nobody promises it. */
function firstDeltas(block: JsonObject): readonly BlockDelta[] {
  const deltas: BlockDelta[] = [];
  const text = textIn(block.type === 'thinking' ? block.thinking : block.text) ?? '';
  if (text !== '') deltas.push({ kind: 'text', text });
  if (Array.isArray(block.citations)) {
    for (const citation of block.citations) deltas.push(...citationDelta(citation as JsonValue));
  }
  if (block.type === 'thinking') deltas.push(...signatureDelta(block.signature));
  return deltas;
}

function readDelta(delta: JsonObject): readonly BlockDelta[] {
  switch (delta.type) {
    case 'text_delta':
      return textDelta(delta.text);
    case 'thinking_delta':
      return textDelta(delta.thinking);
    case 'input_json_delta':
      return textDelta(delta.partial_json);
    case 'signature_delta':
      return signatureDelta(delta.signature);
    case 'citations_delta':
      return citationDelta(delta.citation);
    default:
      return [];
  }
}

function textDelta(text: JsonValue | undefined): readonly BlockDelta[] {
  return typeof text === 'string' && text !== '' ? [{ kind: 'text', text }] : [];
}

function signatureDelta(value: JsonValue | undefined): readonly BlockDelta[] {
  const { signature } = readProof(textIn(value) ?? '', 'signature');
  return signature === undefined ? [] : [{ kind: 'signature', signature }];
}

function citationDelta(value: JsonValue | undefined): readonly BlockDelta[] {
  const citation = readCitation(value);
  return citation === undefined ? [] : [{ kind: 'citation', citation }];
}

/** A call whose input came with its start and in no delta. */
function inputOf(start: JsonObject): string {
  return isJsonObject(start.input) ? JSON.stringify(start.input) : '{}';
}

function wholePart({ start, inputJson }: OpenBlock): Part | undefined {
  const input = inputJson === '' ? undefined : findJsonObject(inputJson);
  const block = input === undefined ? start : { ...start, input };
  const part = readBlock(block, '', () => {});
  if (part !== undefined) return part;
  return typeof block.type === 'string' ? nativePart(block, block.type) : undefined;
}

function blockDelta(block: number, delta: BlockDelta): NeutralEvent {
  return { kind: 'blockDelta', choice: 0, block, delta };
}

function indexOf({ index }: JsonObject): number {
  return typeof index === 'number' ? index : 0;
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
