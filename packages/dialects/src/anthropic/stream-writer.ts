/**
 * Neutral events as those of a Messages stream.
 *
 * Usage of other providers comes last, so that `message_start` tells zeros and `message_delta` the counts; the
 * official SDKs take them from there. A call's start waits for its signature, which has to travel in the id; a
 * signature of thinking comes just before the block's end.
 */
import { emptyUsage, type TokenUsage } from '@tollgate/catalog';
import type { GatewayError } from '@tollgate/errors';
import {
  type AnswerContext,
  type BlockDelta,
  type BlockStart,
  type Finish,
  type JsonObject,
  type NeutralEvent,
  type Part,
  type Signature,
  type StreamMessage,
  type StreamWriter,
  signedCallId,
} from '../neutral/index.ts';
import { DIRECT_CALLER, writeAnswerPart, writeCitation, writeMessageId } from './answer-writer.ts';
import { anthropicErrorBody } from './error-body.ts';
import { writeProof } from './signature.ts';
import { writeStopReason } from './stop-reason.ts';
import { writeMessagesUsage } from './usage.ts';

interface WrittenBlock {
  readonly start: BlockStart;
  readonly index: number;
  /** Whether the client has seen its start. */
  shown: boolean;
  signature?: Signature;
  /** Free text of a custom tool has begun, inside the object that an input must be here. */
  isInputOpen?: boolean;
}

export function createMessagesStreamWriter(context: AnswerContext): StreamWriter {
  const blocks = new Map<number, WrittenBlock>();
  let nextIndex = 0;
  let serviceTier: string | undefined;
  let usage: TokenUsage = emptyUsage();
  let finish: Finish | undefined;
  let blocked = false;

  const startMessage = (event: Extract<NeutralEvent, { kind: 'start' }>): StreamMessage[] => {
    ({ serviceTier } = event);
    return [
      message('message_start', {
        message: {
          id: writeMessageId(event.id, context.requestId),
          type: 'message',
          role: 'assistant',
          model: context.model,
          content: [],
          stop_reason: null,
          stop_sequence: null,
          stop_details: null,
          container: null,
          usage: writeMessagesUsage(usage, serviceTier),
        },
      }),
    ];
  };

  const startBlock = (number: number, start: BlockStart): StreamMessage[] => {
    if (start.kind === 'whole') {
      const written = writeWhole(start.part, nextIndex);
      if (written.length > 0) nextIndex += 1;
      return written;
    }
    // Audio has no block here; what is spoken comes as text.
    const block: WrittenBlock = { start, index: nextIndex, shown: start.kind !== 'toolCall' };
    nextIndex += 1;
    blocks.set(number, block);
    return block.shown ? [blockStart(block.index, firstContent(start, undefined))] : [];
  };

  const show = (block: WrittenBlock): StreamMessage[] => {
    if (block.shown) return [];
    block.shown = true;
    return [blockStart(block.index, firstContent(block.start, block.signature))];
  };

  const writeDelta = (block: WrittenBlock, delta: BlockDelta): StreamMessage[] => {
    switch (delta.kind) {
      case 'text':
        return [...show(block), blockDelta(block.index, textDelta(block, delta.text))];
      case 'audio':
        return delta.transcript === undefined || delta.transcript === ''
          ? []
          : [blockDelta(block.index, { type: 'text_delta', text: delta.transcript })];
      case 'citation': {
        const citation = writeCitation(delta.citation);
        return citation === undefined ? [] : [blockDelta(block.index, { type: 'citations_delta', citation })];
      }
      case 'signature':
        block.signature = delta.signature;
        return [];
      case 'logprobs':
        return [];
    }
  };

  const endBlock = (number: number): StreamMessage[] => {
    const block = blocks.get(number);
    if (block === undefined) return [];
    blocks.delete(number);
    return [...show(block), ...signatureDelta(block), ...closedInput(block), blockStop(block.index)];
  };

  return {
    write(event) {
      switch (event.kind) {
        case 'start':
          return startMessage(event);
        case 'blockStart':
          return event.choice === 0 ? startBlock(event.block, event.start) : [];
        case 'blockDelta': {
          const block = event.choice === 0 ? blocks.get(event.block) : undefined;
          return block === undefined ? [] : writeDelta(block, event.delta);
        }
        case 'blockEnd':
          return event.choice === 0 ? endBlock(event.block) : [];
        case 'usage':
          ({ usage } = event);
          return [];
        case 'finish':
          if (event.choice === 0) ({ finish } = event);
          return [];
        case 'promptBlocked':
          blocked = true;
          return [];
        case 'native':
        case 'error':
        case 'end':
          return [];
      }
    },
    finish() {
      const reason = finish === undefined ? (blocked ? 'refusal' : 'end_turn') : writeStopReason(finish);
      return [
        ...[...blocks.keys()].flatMap(endBlock),
        message('message_delta', {
          delta: {
            stop_reason: reason,
            stop_sequence: finish?.stopSequence ?? null,
            stop_details: null,
            container: null,
          },
          usage: deltaUsage(usage),
        }),
        message('message_stop', {}),
      ];
    },
    fail: (error: GatewayError) => [{ event: 'error', data: anthropicErrorBody(error, context.requestId) }],
  };
}

/** A block that came whole: its start, what its kind tells by deltas, its stop. */
function writeWhole(part: Part, index: number): StreamMessage[] {
  const content = writeAnswerPart(part);
  if (content === undefined) return [];
  const deltas: JsonObject[] = [];
  let start = content;
  if (content.type === 'text') {
    start = { ...content, text: '' };
    deltas.push({ type: 'text_delta', text: content.text ?? '' });
  } else if (content.type === 'thinking') {
    start = { ...content, thinking: '', signature: '' };
    deltas.push({ type: 'thinking_delta', thinking: content.thinking ?? '' });
    deltas.push({ type: 'signature_delta', signature: content.signature ?? '' });
  } else if (content.type === 'tool_use') {
    start = { ...content, input: {} };
    deltas.push({ type: 'input_json_delta', partial_json: JSON.stringify(content.input) });
  }
  return [blockStart(index, start), ...deltas.map((delta) => blockDelta(index, delta)), blockStop(index)];
}

function firstContent(start: BlockStart, signature: Signature | undefined): JsonObject {
  switch (start.kind) {
    case 'reasoning':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'toolCall':
      return {
        type: 'tool_use',
        id: signedCallId(start.id, signature),
        name: start.name,
        input: {},
        caller: DIRECT_CALLER,
      };
    default:
      return { type: 'text', text: '', citations: null };
  }
}

function textDelta(block: WrittenBlock, text: string): JsonObject {
  switch (block.start.kind) {
    case 'reasoning':
      return { type: 'thinking_delta', thinking: text };
    case 'toolCall':
      return { type: 'input_json_delta', partial_json: isFreeText(block) ? freeText(block, text) : text };
    default:
      return { type: 'text_delta', text };
  }
}

function isFreeText({ start }: WrittenBlock): boolean {
  return start.kind === 'toolCall' && start.custom === true;
}

/** The same object as `writeInput` makes of a whole call: `{"input": …}`, piece by piece. */
function freeText(block: WrittenBlock, text: string): string {
  const opening = block.isInputOpen === true ? '' : '{"input":"';
  block.isInputOpen = true;
  return opening + JSON.stringify(text).slice(1, -1);
}

function closedInput(block: WrittenBlock): StreamMessage[] {
  if (!isFreeText(block)) return [];
  const rest = `${block.isInputOpen === true ? '' : freeText(block, '')}"}`;
  return [blockDelta(block.index, { type: 'input_json_delta', partial_json: rest })];
}

/** Always one for thinking: clients wait for it, and send the block back with it. */
function signatureDelta({ start, index, signature }: WrittenBlock): StreamMessage[] {
  if (start.kind !== 'reasoning') return [];
  const { id, isSummary } = start;
  const proof = writeProof({
    ...(id === undefined ? {} : { id }),
    ...(isSummary === undefined ? {} : { isSummary }),
    ...(signature === undefined ? {} : { signature }),
  });
  return proof === '' ? [] : [blockDelta(index, { type: 'signature_delta', signature: proof })];
}

/** Cumulative; what only a message's start tells is left out, but for writes that cost more than the usual ones. */
function deltaUsage(usage: TokenUsage): JsonObject {
  const written = writeMessagesUsage(usage, undefined);
  return {
    input_tokens: written.input_tokens ?? 0,
    cache_creation_input_tokens: written.cache_creation_input_tokens ?? 0,
    cache_read_input_tokens: written.cache_read_input_tokens ?? 0,
    ...(usage.cacheWrite1hTokens === 0 ? {} : { cache_creation: written.cache_creation ?? null }),
    output_tokens: written.output_tokens ?? 0,
    output_tokens_details: written.output_tokens_details ?? null,
    server_tool_use: written.server_tool_use ?? null,
  };
}

function blockStart(index: number, content: JsonObject): StreamMessage {
  return message('content_block_start', { index, content_block: content });
}

function blockDelta(index: number, delta: JsonObject): StreamMessage {
  return message('content_block_delta', { index, delta });
}

function blockStop(index: number): StreamMessage {
  return message('content_block_stop', { index });
}

function message(type: string, members: JsonObject): StreamMessage {
  return { event: type, data: JSON.stringify({ type, ...members }) };
}
