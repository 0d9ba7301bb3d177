/** Neutral events as the chunks that OpenAI's clients read. */
import type { TokenUsage } from '@tollgate/catalog';
import type { GatewayError } from '@tollgate/errors';
import { present } from '../../json/json-value.ts';
import type { BlockDelta, BlockStart, NeutralEvent } from '../../neutral/answer.ts';
import type { AnswerContext, StreamMessage, StreamWriter } from '../../neutral/codec.ts';
import type { Part, Signature } from '../../neutral/parts.ts';
import { signedCallId } from '../../neutral/tool-call-id.ts';
import type { JsonObject } from '../../neutral/wire-format.ts';
import { writeChatAnnotation } from '../citations.ts';
import { openAiErrorBody } from '../error-body.ts';
import { writeChatUsage } from '../usage.ts';
import { TEXT_SIGNATURE_ID } from './call-signatures.ts';
import { writeFinish } from './finish-reason.ts';
import { writeLogprobs } from './logprobs.ts';
import { signatureDetail, writeReasoningDetails } from './reasoning-details.ts';
import { answerId, serviceTierOf, usesLegacyFunctions, writeImage } from './write-answer.ts';

const DONE: StreamMessage = { event: '', data: '[DONE]' };

interface WrittenBlock {
  readonly start: BlockStart;
  /** Of a call among calls, of reasoning among reasoning. */
  readonly index: number;
  /** A call is held until it is known whether its id has to carry a signature. */
  held: boolean;
  callId: string;
  /** Length of the message's text before it: citations count from the message's start. */
  readonly textStart: number;
  /** Of reasoning: how much text its signature is of. */
  reasoningLength?: number;
}

interface WrittenChoice {
  readonly blocks: Map<number, WrittenBlock>;
  calls: number;
  details: number;
  images: number;
  /** Of the text so far. */
  textLength: number;
  hasRefusal: boolean;
  isOpen: boolean;
}

export function createChatStreamCodecWriter(context: AnswerContext): StreamWriter {
  return new ChatStreamWriter(context);
}

class ChatStreamWriter implements StreamWriter {
  readonly #context: AnswerContext;
  readonly #legacy: boolean;
  readonly #choices = new Map<number, WrittenChoice>();
  #head: JsonObject;
  #usage: TokenUsage | undefined;
  /** What stands around a piece of text in the chunks of a choice, since most chunks are such. */
  #textFrames = new Map<number, readonly [string, string]>();

  constructor(context: AnswerContext) {
    this.#context = context;
    this.#legacy = usesLegacyFunctions(context);
    this.#head = this.#headOf('', '', undefined, undefined);
  }

  write(event: NeutralEvent): readonly StreamMessage[] {
    switch (event.kind) {
      case 'start':
        this.#head = this.#headOf(event.id, event.model, event.createdAt, event.serviceTier);
        this.#textFrames = new Map();
        return this.#opened(0);
      case 'blockStart':
        return [...this.#opened(event.choice), ...this.#startBlock(event.choice, event.block, event.start)];
      case 'blockDelta': {
        const choice = this.#choices.get(event.choice);
        const block = choice?.blocks.get(event.block);
        if (choice === undefined || block === undefined) return [];
        return this.#writeDelta(event.choice, choice, block, event.delta);
      }
      case 'blockEnd': {
        const block = this.#choices.get(event.choice)?.blocks.get(event.block);
        return block?.held === true ? this.#release(event.choice, block, undefined) : [];
      }
      case 'usage':
        this.#usage = event.usage;
        return [];
      case 'finish': {
        const opened = this.#opened(event.choice);
        const hasRefusal = this.#choices.get(event.choice)?.hasRefusal ?? false;
        const reason = writeFinish(event.finish, hasRefusal);
        const said = this.#legacy && reason === 'tool_calls' ? 'function_call' : reason;
        return [...opened, this.#chunk(event.choice, {}, said)];
      }
      case 'promptBlocked':
        return [...this.#opened(0), this.#chunk(0, {}, 'content_filter')];
      default:
        return [];
    }
  }

  finish(): readonly StreamMessage[] {
    if (!this.#context.showUsage || this.#usage === undefined) return [DONE];
    const chunk = { ...this.#head, choices: [], usage: writeChatUsage(this.#usage) };
    return [{ event: '', data: JSON.stringify(chunk) }, DONE];
  }

  fail(error: GatewayError): readonly StreamMessage[] {
    return [{ event: '', data: openAiErrorBody(error, this.#context.requestId) }];
  }

  #headOf(id: string, model: string, createdAt: number | undefined, tier: string | undefined): JsonObject {
    return present({
      id: answerId(id, this.#context),
      object: 'chat.completion.chunk',
      created: createdAt ?? this.#context.nowSeconds,
      model: model || this.#context.model,
      service_tier: serviceTierOf(tier),
    });
  }

  #opened(index: number): readonly StreamMessage[] {
    let choice = this.#choices.get(index);
    if (choice === undefined) {
      choice = {
        blocks: new Map(),
        calls: 0,
        details: 0,
        images: 0,
        textLength: 0,
        hasRefusal: false,
        isOpen: false,
      };
      this.#choices.set(index, choice);
    }
    if (choice.isOpen) return [];
    choice.isOpen = true;
    return [this.#chunk(index, { role: 'assistant', content: '', refusal: null })];
  }

  #startBlock(index: number, blockIndex: number, start: BlockStart): readonly StreamMessage[] {
    const choice = this.#choices.get(index);
    if (choice === undefined) return [];
    const isCall = start.kind === 'toolCall';
    const block: WrittenBlock = {
      start,
      index: isCall ? choice.calls : choice.details,
      held: isCall,
      callId: isCall ? start.id : '',
      textStart: choice.textLength,
    };
    choice.blocks.set(blockIndex, block);
    if (isCall) choice.calls += 1;
    if (start.kind === 'reasoning') choice.details += 1;
    if (start.kind === 'refusal') choice.hasRefusal = true;
    if (start.kind === 'audio' && start.id !== undefined)
      return [this.#chunk(index, { audio: { id: start.id } })];
    return start.kind === 'whole' ? this.#writeWhole(index, choice, start.part) : [];
  }

  #writeWhole(index: number, choice: WrittenChoice, part: Part): readonly StreamMessage[] {
    switch (part.kind) {
      case 'reasoning': {
        const details = writeReasoningDetails(part, choice.details);
        choice.details += 1;
        const text = part.text === '' ? {} : { reasoning_content: part.text };
        return [this.#chunk(index, { ...text, reasoning_details: details })];
      }
      case 'image': {
        const image = writeImage(part, choice.images);
        choice.images += 1;
        return [this.#chunk(index, { images: [image] })];
      }
      case 'text':
        choice.textLength += part.text.length;
        return [this.#chunk(index, { content: part.text })];
      default:
        // A native block has no words here; the answer goes on without it.
        return [];
    }
  }

  #writeDelta(
    index: number,
    choice: WrittenChoice,
    block: WrittenBlock,
    delta: BlockDelta,
  ): readonly StreamMessage[] {
    switch (delta.kind) {
      case 'text':
        return this.#writeText(index, choice, block, delta.text);
      case 'signature':
        return this.#writeSignature(index, choice, block, delta.signature);
      case 'citation': {
        const annotation = writeChatAnnotation(delta.citation, block.textStart);
        return annotation === undefined ? [] : [this.#chunk(index, { annotations: [annotation] })];
      }
      case 'audio':
        return [
          this.#chunk(index, {
            audio: present({
              data: delta.data === '' ? undefined : delta.data,
              transcript: delta.transcript,
              expires_at: delta.expiresAt,
            }),
          }),
        ];
      case 'logprobs':
        return [this.#chunk(index, {}, null, { content: writeLogprobs(delta.logprobs), refusal: null })];
    }
  }

  #writeText(
    index: number,
    choice: WrittenChoice,
    block: WrittenBlock,
    text: string,
  ): readonly StreamMessage[] {
    switch (block.start.kind) {
      case 'text':
        choice.textLength += text.length;
        return [this.#textChunk(index, text)];
      case 'refusal':
        return [this.#chunk(index, { refusal: text })];
      case 'reasoning': {
        const { id, isSummary } = block.start;
        block.reasoningLength = (block.reasoningLength ?? 0) + text.length;
        const detail = present({
          ...(isSummary === true
            ? { type: 'reasoning.summary', summary: text }
            : { type: 'reasoning.text', text }),
          id,
          index: block.index,
        });
        return [this.#chunk(index, { reasoning_content: text, reasoning_details: [detail] })];
      }
      case 'toolCall': {
        const released = block.held ? this.#release(index, block, undefined) : [];
        return [...released, this.#chunk(index, this.#callDelta(block, text))];
      }
      default:
        return [];
    }
  }

  #callDelta({ start, index }: WrittenBlock, text: string): JsonObject {
    if (this.#legacy) return { function_call: { arguments: text } };
    const isCustom = start.kind === 'toolCall' && start.custom === true;
    const more = isCustom ? { custom: { input: text } } : { function: { arguments: text } };
    return { tool_calls: [{ index, ...more }] };
  }

  /** The call's first chunk: only now it is sure which id it has. */
  #release(index: number, block: WrittenBlock, signature: Signature | undefined): readonly StreamMessage[] {
    const { start } = block;
    if (start.kind !== 'toolCall') return [];
    block.held = false;
    block.callId = signedCallId(start.id, signature);
    if (this.#legacy) return [this.#chunk(index, { function_call: { name: start.name, arguments: '' } })];
    const call =
      start.custom === true
        ? { type: 'custom', custom: { name: start.name, input: '' } }
        : { type: 'function', function: { name: start.name, arguments: '' } };
    return [this.#chunk(index, { tool_calls: [{ index: block.index, id: block.callId, ...call }] })];
  }

  #writeSignature(
    index: number,
    choice: WrittenChoice,
    block: WrittenBlock,
    signature: Signature,
  ): readonly StreamMessage[] {
    if (block.held) return this.#release(index, block, signature);
    if (block.start.kind === 'reasoning') {
      const detail = signatureDetail('text', signature, block.index, block.start.id);
      const type = block.start.isSummary === true ? { type: 'reasoning.summary' } : {};
      const length = block.reasoningLength ?? 0;
      return [this.#chunk(index, { reasoning_details: [{ ...detail, ...type, length }] })];
    }
    const id = block.start.kind === 'toolCall' ? block.callId : TEXT_SIGNATURE_ID;
    const detail = signatureDetail('encrypted', signature, choice.details, id);
    choice.details += 1;
    return [this.#chunk(index, { reasoning_details: [detail] })];
  }

  #textChunk(index: number, text: string): StreamMessage {
    let frame = this.#textFrames.get(index);
    if (frame === undefined) {
      const [before = '', behind = ''] = this.#chunk(index, { content: '\u0001' }).data.split('"\\u0001"');
      frame = [before, behind];
      this.#textFrames.set(index, frame);
    }
    return { event: '', data: frame[0] + JSON.stringify(text) + frame[1] };
  }

  #chunk(
    index: number,
    delta: JsonObject,
    finishReason: string | null = null,
    logprobs: JsonObject | null = null,
  ): StreamMessage {
    const chunk = {
      ...this.#head,
      choices: [{ index, delta, logprobs, finish_reason: finishReason }],
      ...(this.#context.showUsage ? { usage: null } : {}),
    };
    return { event: '', data: JSON.stringify(chunk) };
  }
}
