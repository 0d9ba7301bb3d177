/**
 * Neutral events as the events of the Responses API, all of them: every item, part and text is opened, told and
 * closed, numbered in sequence, with the same ids throughout.
 *
 *     created, in_progress, (item added, (part added, deltas, done, part done), item done)*, completed
 */
import type { TokenUsage } from '@tollgate/catalog';
import type { GatewayError } from '@tollgate/errors';
import type { BlockDelta, BlockStart, Finish, NeutralEvent, TokenLogprob } from '../neutral/answer.ts';
import type { AnswerContext, StreamMessage, StreamWriter } from '../neutral/codec.ts';
import type { Part, Signature } from '../neutral/parts.ts';
import type { JsonObject } from '../neutral/wire-format.ts';
import { writeLogprobs } from '../openai/chat-codec/logprobs.ts';
import { writeResponsesAnnotation } from '../openai/citations.ts';
import { responsesErrorData } from './error-event.ts';
import {
  callItem,
  imageItem,
  messageItem,
  nativeItem,
  outputText,
  reasoningItem,
  textProofItem,
} from './output-items.ts';
import { headOf, itemId, type ResponseHead, statusOf, writeResponse } from './response-object.ts';

export function createResponsesStreamCodecWriter(context: AnswerContext): StreamWriter {
  return new ResponsesStreamWriter(context);
}

/** An item that has been added and not yet closed. */
type OpenItem =
  | { readonly kind: 'message'; readonly id: string; readonly content: JsonObject[] }
  | {
      readonly kind: 'reasoning';
      readonly id: string;
      readonly ownId: string | undefined;
      readonly block: OpenBlock;
    }
  | { readonly kind: 'call'; readonly id: string; readonly block: OpenBlock };

interface OpenBlock {
  readonly number: number;
  readonly start: BlockStart;
  text: string;
  readonly annotations: JsonObject[];
  readonly logprobs: TokenLogprob[];
  signature: Signature | undefined;
  redacted: Signature | undefined;
  /** The part of the message, or the call's item, has been announced. */
  isTold: boolean;
  hasEnded: boolean;
}

class ResponsesStreamWriter implements StreamWriter {
  readonly #context: AnswerContext;
  #head: ResponseHead;
  #messages: StreamMessage[] = [];
  #sequence = 0;
  readonly #output: JsonObject[] = [];
  #item: OpenItem | undefined;
  #block: OpenBlock | undefined;
  #usage: TokenUsage | undefined;
  #finish: Finish | undefined;
  #isStarted = false;

  constructor(context: AnswerContext) {
    this.#context = context;
    this.#head = headOf({ id: '', model: '' }, context);
  }

  write(event: NeutralEvent): readonly StreamMessage[] {
    this.#messages = [];
    // One answer is all that can be asked for.
    if ('choice' in event && event.choice !== 0) return [];
    this.#take(event);
    return this.#messages;
  }

  #take(event: NeutralEvent): void {
    switch (event.kind) {
      case 'start':
        this.#head = headOf(event, this.#context);
        this.#begin();
        return;
      case 'blockStart':
        this.#begin();
        this.#startBlock(event.block, event.start);
        return;
      case 'blockDelta':
        if (this.#block?.number === event.block) this.#writeDelta(this.#block, event.delta);
        return;
      case 'blockEnd':
        if (this.#block?.number === event.block) this.#endBlock(this.#block);
        return;
      case 'usage':
        this.#usage = event.usage;
        return;
      case 'finish':
        this.#closeItem();
        this.#finish = event.finish;
        return;
      case 'promptBlocked':
        this.#begin();
        this.#finish = { kind: 'filtered', raw: event.reason };
        return;
      case 'native':
      case 'error':
      case 'end':
        return;
    }
  }

  finish(): readonly StreamMessage[] {
    this.#messages = [];
    this.#begin();
    this.#closeItem();
    const status = statusOf(this.#finish);
    this.#say(`response.${status}`, { response: this.#response(status) });
    return this.#messages;
  }

  fail(error: GatewayError): readonly StreamMessage[] {
    const data = responsesErrorData(error, this.#context.requestId, this.#sequence);
    return [{ event: 'error', data }];
  }

  #response(status: 'in_progress' | 'completed' | 'incomplete'): JsonObject {
    const state = { status, output: this.#output, usage: this.#usage, finish: this.#finish };
    return writeResponse(
      this.#head,
      status === 'in_progress' ? { status, output: [] } : state,
      this.#context,
    );
  }

  #say(type: string, members: JsonObject): void {
    const data = JSON.stringify({ type, sequence_number: this.#sequence, ...members });
    this.#sequence += 1;
    this.#messages.push({ event: type, data });
  }

  #begin(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#say('response.created', { response: this.#response('in_progress') });
    this.#say('response.in_progress', { response: this.#response('in_progress') });
  }

  #addItem(item: JsonObject): void {
    this.#say('response.output_item.added', { output_index: this.#output.length, item });
  }

  #itemDone(item: JsonObject): void {
    this.#say('response.output_item.done', { output_index: this.#output.length, item });
    this.#output.push(item);
    this.#item = undefined;
  }

  #startBlock(number: number, start: BlockStart): void {
    if (this.#block !== undefined && !this.#block.hasEnded) this.#endBlock(this.#block);
    const block: OpenBlock = {
      number,
      start,
      text: '',
      annotations: [],
      logprobs: [],
      signature: undefined,
      redacted: undefined,
      isTold: false,
      hasEnded: false,
    };
    switch (start.kind) {
      case 'text':
      case 'refusal':
      case 'audio':
        this.#openMessage();
        break;
      case 'reasoning':
        this.#closeItem();
        this.#openReasoning(block, start.id);
        break;
      case 'toolCall':
        // Announced when it is known whether its id carries a signature.
        this.#closeItem();
        break;
      case 'whole':
        this.#block = undefined;
        this.#writeWhole(start.part);
        return;
    }
    this.#block = block;
  }

  #openMessage(): void {
    if (this.#item?.kind === 'message') return;
    this.#closeItem();
    const id = itemId('msg', this.#head, this.#output.length);
    this.#item = { kind: 'message', id, content: [] };
    this.#addItem(messageItem(id, 'in_progress', []));
  }

  #openReasoning(block: OpenBlock, ownId: string | undefined): void {
    const id = this.#unusedId(ownId) ?? itemId('rs', this.#head, this.#output.length);
    this.#item = { kind: 'reasoning', id, ownId, block };
    this.#addItem({ id, type: 'reasoning', summary: [] });
  }

  /** Clients know items by their ids: none may come twice. */
  #unusedId(id: string | undefined): string | undefined {
    return this.#output.some((item) => item.id === id) ? undefined : id;
  }

  /** Where it stands: what every event of the open item says. */
  #place(item: OpenItem): JsonObject {
    return { item_id: item.id, output_index: this.#output.length };
  }

  #tellPart(block: OpenBlock): void {
    const item = this.#item;
    if (block.isTold || item === undefined) return;
    block.isTold = true;
    if (item.kind === 'message') {
      const place = { ...this.#place(item), content_index: item.content.length };
      this.#say('response.content_part.added', { ...place, part: emptyPart(block) });
    } else if (item.kind === 'reasoning') {
      const place = { ...this.#place(item), summary_index: 0 };
      const part = { type: 'summary_text', text: '' };
      this.#say('response.reasoning_summary_part.added', { ...place, part });
    }
  }

  #tellCall(block: OpenBlock): void {
    if (block.isTold || block.start.kind !== 'toolCall') return;
    block.isTold = true;
    const id = itemId(block.start.custom === true ? 'ctc' : 'fc', this.#head, this.#output.length);
    this.#item = { kind: 'call', id, block };
    this.#addItem(callItem({ ...callOf(block), arguments: '' }, id, 'in_progress'));
  }

  #writeDelta(block: OpenBlock, delta: BlockDelta): void {
    switch (delta.kind) {
      case 'text':
        this.#writeText(block, delta.text, []);
        return;
      case 'signature':
        block.signature = delta.signature;
        if (block.start.kind === 'toolCall') this.#tellCall(block);
        return;
      case 'citation': {
        const annotation = writeResponsesAnnotation(delta.citation);
        if (annotation === undefined || this.#item?.kind !== 'message') return;
        this.#tellPart(block);
        this.#say('response.output_text.annotation.added', {
          ...this.#place(this.#item),
          content_index: this.#item.content.length,
          annotation_index: block.annotations.length,
          annotation,
        });
        block.annotations.push(annotation);
        return;
      }
      case 'audio':
        // What was spoken is all that this API's clients can be told of it.
        if (delta.transcript !== undefined) this.#writeText(block, delta.transcript, []);
        return;
      case 'logprobs':
        block.logprobs.push(...delta.logprobs);
        if (block.start.kind === 'text') this.#writeText(block, '', delta.logprobs);
        return;
    }
  }

  #writeText(block: OpenBlock, text: string, logprobs: readonly TokenLogprob[]): void {
    block.text += text;
    if (block.start.kind === 'toolCall') this.#tellCall(block);
    else this.#tellPart(block);
    const item = this.#item;
    if (item === undefined) return;
    const place = this.#place(item);
    switch (item.kind) {
      case 'reasoning':
        this.#say('response.reasoning_summary_text.delta', { ...place, summary_index: 0, delta: text });
        return;
      case 'call': {
        const isCustom = block.start.kind === 'toolCall' && block.start.custom === true;
        const type = isCustom ? 'custom_tool_call_input' : 'function_call_arguments';
        this.#say(`response.${type}.delta`, { ...place, delta: text });
        return;
      }
      case 'message': {
        const at = { ...place, content_index: item.content.length, delta: text };
        if (block.start.kind === 'refusal') this.#say('response.refusal.delta', at);
        else this.#say('response.output_text.delta', { ...at, logprobs: writeLogprobs(logprobs) });
        return;
      }
    }
  }

  #endBlock(block: OpenBlock): void {
    block.hasEnded = true;
    this.#block = undefined;
    if (block.start.kind === 'toolCall') {
      this.#tellCall(block);
      this.#endCall(block);
      return;
    }
    const item = this.#item;
    if (item?.kind === 'message') this.#endContent(item, block);
    // Its item stays open: what proves it may come as the next block.
    else if (item?.kind === 'reasoning' && block.isTold) {
      const place = { ...this.#place(item), summary_index: 0 };
      this.#say('response.reasoning_summary_text.done', { ...place, text: block.text });
      const part = { type: 'summary_text', text: block.text };
      this.#say('response.reasoning_summary_part.done', { ...place, part });
    }
  }

  #endContent(item: Extract<OpenItem, { kind: 'message' }>, block: OpenBlock): void {
    this.#tellPart(block);
    const place = { ...this.#place(item), content_index: item.content.length };
    const part = wholePart(block);
    if (block.start.kind === 'refusal') this.#say('response.refusal.done', { ...place, refusal: block.text });
    else {
      const logprobs = writeLogprobs(block.logprobs);
      this.#say('response.output_text.done', { ...place, text: block.text, logprobs });
    }
    this.#say('response.content_part.done', { ...place, part });
    item.content.push(part);
    if (block.signature === undefined) return;
    this.#closeItem();
    this.#wholeItem(textProofItem(block.signature));
  }

  #endCall(block: OpenBlock): void {
    const item = this.#item;
    if (item?.kind !== 'call' || block.start.kind !== 'toolCall') return;
    const place = this.#place(item);
    if (block.start.custom === true) {
      this.#say('response.custom_tool_call_input.done', { ...place, input: block.text });
    } else {
      const { name } = block.start;
      this.#say('response.function_call_arguments.done', { ...place, name, arguments: block.text });
    }
    this.#itemDone(callItem(callOf(block), item.id, 'completed'));
  }

  #closeItem(): void {
    if (this.#block !== undefined && !this.#block.hasEnded) this.#endBlock(this.#block);
    const item = this.#item;
    if (item?.kind === 'message') this.#itemDone(messageItem(item.id, 'completed', item.content));
    else if (item?.kind === 'reasoning') {
      const { text, signature, redacted, start } = item.block;
      const isSummary = start.kind === 'reasoning' && start.isSummary === true;
      const proof = { text, isSummary, signature, redacted };
      this.#itemDone(
        reasoningItem(
          {
            text,
            isSummary,
            ...(proof.signature === undefined ? {} : { signature: proof.signature }),
            ...(proof.redacted === undefined ? {} : { redacted: proof.redacted }),
          },
          item.id,
        ),
      );
    }
  }

  #writeWhole(part: Part): void {
    const item = this.#item;
    const isSameThought =
      part.kind === 'reasoning' && part.text === '' && item?.kind === 'reasoning' && item.ownId === part.id;
    if (isSameThought && part.id !== undefined) {
      item.block.redacted = part.redacted;
      return;
    }
    this.#closeItem();
    const index = this.#output.length;
    switch (part.kind) {
      case 'reasoning':
        this.#wholeItem(reasoningItem(part, this.#unusedId(part.id) ?? itemId('rs', this.#head, index)));
        return;
      case 'image':
        this.#wholeItem(imageItem(part, itemId('ig', this.#head, index)));
        return;
      case 'toolCall':
        this.#wholeItem(callItem(part, itemId('fc', this.#head, index), 'completed'));
        return;
      case 'native':
        this.#wholeItem(nativeItem(part));
        return;
      default:
        return;
    }
  }

  #wholeItem(item: JsonObject | undefined): void {
    if (item === undefined) return;
    this.#addItem(item);
    this.#itemDone(item);
  }
}

function emptyPart({ start }: OpenBlock): JsonObject {
  return start.kind === 'refusal' ? { type: 'refusal', refusal: '' } : outputText('', [], []);
}

function wholePart(block: OpenBlock): JsonObject {
  return block.start.kind === 'refusal'
    ? { type: 'refusal', refusal: block.text }
    : outputText(block.text, block.annotations, block.logprobs);
}

function callOf(block: OpenBlock): Parameters<typeof callItem>[0] {
  const { start, text, signature } = block;
  if (start.kind !== 'toolCall') return { id: '', name: '', arguments: text };
  return {
    id: start.id,
    name: start.name,
    arguments: text,
    ...(start.custom === undefined ? {} : { custom: start.custom }),
    ...(signature === undefined ? {} : { signature }),
  };
}
