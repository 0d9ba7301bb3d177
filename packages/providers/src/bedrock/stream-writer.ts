/** Neutral events as those of a Converse stream; each message's event is the frame's type. */
import { emptyUsage, type TokenUsage } from '@tollgate/catalog';
import type {
  AnswerContext,
  BlockDelta,
  BlockStart,
  Finish,
  JsonObject,
  Part,
  StreamMessage,
  StreamWriter,
} from '@tollgate/dialects';
import type { GatewayError } from '@tollgate/errors';
import { writeAnswerPart } from './answer.ts';
import { objectIn } from './json.ts';
import { writeConverseStop } from './stop-reason.ts';
import { writeConverseUsage } from './usage.ts';

export function createConverseStreamWriter(_context: AnswerContext): StreamWriter {
  const blocks = new Map<number, { readonly index: number; readonly start: BlockStart }>();
  let nextIndex = 0;
  let usage: TokenUsage = emptyUsage();
  let finish: Finish | undefined;

  const startBlock = (number: number, start: BlockStart): StreamMessage[] => {
    if (start.kind === 'whole') {
      const written = writeWhole(start.part, nextIndex);
      if (written.length > 0) nextIndex += 1;
      return written;
    }
    const index = nextIndex;
    nextIndex += 1;
    blocks.set(number, { index, start });
    return start.kind === 'toolCall'
      ? [blockStart(index, { toolUse: { toolUseId: start.id, name: start.name } })]
      : [];
  };

  return {
    write(event) {
      switch (event.kind) {
        case 'start':
          return [message('messageStart', { role: 'assistant' })];
        case 'blockStart':
          return event.choice === 0 ? startBlock(event.block, event.start) : [];
        case 'blockDelta': {
          const block = event.choice === 0 ? blocks.get(event.block) : undefined;
          const delta = block === undefined ? undefined : writeDelta(block.start, event.delta);
          return block === undefined || delta === undefined ? [] : [blockDelta(block.index, delta)];
        }
        case 'blockEnd': {
          const block = event.choice === 0 ? blocks.get(event.block) : undefined;
          blocks.delete(event.block);
          return block === undefined ? [] : [blockStop(block.index)];
        }
        case 'usage':
          ({ usage } = event);
          return [];
        case 'finish':
          if (event.choice === 0) ({ finish } = event);
          return [];
        default:
          return [];
      }
    },
    finish() {
      const sequence = finish?.stopSequence;
      return [
        ...[...blocks.values()].map(({ index }) => blockStop(index)),
        message('messageStop', {
          stopReason: finish === undefined ? 'content_filtered' : writeConverseStop(finish),
          ...(sequence === undefined
            ? {}
            : { additionalModelResponseFields: { delta: { stop_sequence: sequence } } }),
        }),
        message('metadata', { usage: writeConverseUsage(usage), metrics: { latencyMs: 0 } }),
      ];
    },
    fail: (error: GatewayError) => [
      message(error.status === 429 ? 'throttlingException' : 'internalServerException', {
        message: error.message,
      }),
    ],
  };
}

function writeDelta({ kind }: BlockStart, delta: BlockDelta): JsonObject | undefined {
  switch (delta.kind) {
    case 'text':
      if (kind === 'reasoning') return { reasoningContent: { text: delta.text } };
      return kind === 'toolCall' ? { toolUse: { input: delta.text } } : { text: delta.text };
    case 'signature':
      return kind === 'reasoning' ? { reasoningContent: { signature: delta.signature.value } } : undefined;
    case 'citation':
      return delta.citation.native?.format === 'bedrock-converse'
        ? { citation: delta.citation.native.value }
        : undefined;
    case 'audio':
      return delta.transcript === undefined ? undefined : { text: delta.transcript };
    case 'logprobs':
      return undefined;
  }
}

function writeWhole(part: Part, index: number): StreamMessage[] {
  const [block] = writeAnswerPart(part);
  if (block === undefined) return [];
  return [...wholeDeltas(block, index), blockStop(index)];
}

function wholeDeltas(block: JsonObject, index: number): StreamMessage[] {
  const { text, toolUse, toolResult, reasoningContent } = block;
  if (typeof text === 'string') return [blockDelta(index, { text })];
  if (toolUse !== undefined) {
    const { input, ...start } = objectIn(toolUse);
    const piece = { toolUse: { input: JSON.stringify(input ?? {}) } };
    return [blockStart(index, { toolUse: start }), blockDelta(index, piece)];
  }
  if (toolResult !== undefined) {
    const { content, ...start } = objectIn(toolResult);
    return [blockStart(index, { toolResult: start }), blockDelta(index, { toolResult: content ?? [] })];
  }
  const { reasoningText, redactedContent } = objectIn(reasoningContent);
  if (redactedContent !== undefined) return [blockDelta(index, { reasoningContent: { redactedContent } })];
  const { text: thought, signature } = objectIn(reasoningText);
  return [
    ...(typeof thought === 'string' ? [blockDelta(index, { reasoningContent: { text: thought } })] : []),
    ...(typeof signature === 'string' ? [blockDelta(index, { reasoningContent: { signature } })] : []),
  ];
}

function blockStart(index: number, start: JsonObject): StreamMessage {
  return message('contentBlockStart', { contentBlockIndex: index, start });
}

function blockDelta(index: number, delta: JsonObject): StreamMessage {
  return message('contentBlockDelta', { contentBlockIndex: index, delta });
}

function blockStop(index: number): StreamMessage {
  return message('contentBlockStop', { contentBlockIndex: index });
}

function message(event: string, body: JsonObject): StreamMessage {
  return { event, data: JSON.stringify(body) };
}
