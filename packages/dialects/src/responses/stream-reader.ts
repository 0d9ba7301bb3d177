/** A provider's Responses events as neutral ones. */
import {
  integerIn,
  isJsonObject,
  listIn,
  numberIn,
  objectIn,
  someTextIn,
  textIn,
} from '../json/json-value.ts';
import type { BlockDelta, BlockStart, NeutralEvent } from '../neutral/answer.ts';
import type { StreamReader } from '../neutral/codec.ts';
import { readCallId } from '../neutral/tool-call-id.ts';
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';
import { readLogprobs } from '../openai/chat-codec/logprobs.ts';
import { readAnnotation } from '../openai/citations.ts';
import { readProof } from './proof.ts';
import { readAnswerItem, readResponseFinish } from './read-answer.ts';
import { readResponsesUsage } from './usage.ts';

export function createResponsesStreamCodecReader(): StreamReader {
  return new ResponsesStreamReader();
}

interface OpenBlock {
  readonly key: string;
  readonly block: number;
  /** What has been told of it, to know what a `done` event adds. */
  text: string;
}

class ResponsesStreamReader implements StreamReader {
  #events: NeutralEvent[] = [];
  #isStarted = false;
  #hasEnded = false;
  #count = 0;
  #open: OpenBlock | undefined;
  /** Keys of blocks that have been told: a `done` event of theirs adds nothing. */
  readonly #told = new Set<string>();
  /** Added items, for what later events do not repeat. */
  readonly #items = new Map<number, JsonObject>();
  /** Ids of items that were told whole: the answer as a whole repeats them, not always at the same place. */
  readonly #doneIds = new Set<string>();
  /** Keys of a message's texts in their order: Bedrock numbers its only one 1. */
  readonly #textKeys = new Map<number, string[]>();
  #hasCalls = false;

  read(data: JsonValue, eventName: string): readonly NeutralEvent[] {
    if (this.#hasEnded || data === '[DONE]') return [];
    this.#events = [];
    if (isJsonObject(data)) this.#take(someTextIn(data.type) ?? eventName, data);
    else this.#events.push({ kind: 'error', body: data });
    return this.#events;
  }

  close(): readonly NeutralEvent[] {
    if (this.#hasEnded) return [];
    this.#hasEnded = true;
    this.#events = [];
    this.#end();
    return this.#events;
  }

  #take(type: string, event: JsonObject): void {
    if (type === 'error' || (isJsonObject(event.error) && event.response === undefined)) {
      this.#events.push({ kind: 'error', body: event });
      return;
    }
    const response = event.response;
    if (isJsonObject(response)) this.#lifecycle(type, response);
    else if (type.startsWith('response.')) this.#progress(type, event);
    else if (type === '') this.#events.push({ kind: 'error', body: event });
  }

  #lifecycle(type: string, response: JsonObject): void {
    this.#begin(response);
    switch (type) {
      case 'response.completed':
      case 'response.incomplete':
      case 'response.done':
        this.#finish(response);
        return;
      case 'response.failed':
      case 'response.cancelled':
        this.#events.push({ kind: 'error', body: { error: response.error ?? null } });
        return;
      default:
        return;
    }
  }

  #begin(response: JsonObject): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const createdAt = numberIn(response.created_at);
    this.#events.push({
      kind: 'start',
      id: textIn(response.id) ?? '',
      model: textIn(response.model) ?? '',
      ...(createdAt === undefined ? {} : { createdAt: Math.trunc(createdAt) }),
      ...tierOf(response),
    });
  }

  #finish(response: JsonObject): void {
    this.#end();
    // Some servers tell items only here; the others may count them otherwise than their events did.
    if (this.#told.size === 0) {
      listIn(response.output).forEach((item, index) => {
        this.#itemDone(index, objectIn(item));
      });
    }
    const usage = readResponsesUsage(response);
    if (usage !== undefined) this.#events.push({ kind: 'usage', usage, ...tierOf(response) });
    const finish = readResponseFinish(response, this.#hasCalls ? [{ kind: 'toolCall' }] : []);
    this.#events.push({ kind: 'finish', choice: 0, finish }, { kind: 'end' });
    this.#hasEnded = true;
  }

  #progress(type: string, event: JsonObject): void {
    const index = integerIn(event.output_index) ?? 0;
    const content = integerIn(event.content_index) ?? 0;
    const delta = textIn(event.delta) ?? '';
    switch (type) {
      case 'response.output_item.added':
        this.#items.set(index, objectIn(event.item));
        this.#startCall(index, objectIn(event.item));
        return;
      case 'response.output_item.done':
        this.#itemDone(index, objectIn(event.item));
        return;
      case 'response.output_text.delta': {
        this.#content(index, content, { kind: 'text' }, delta);
        const logprobs = readLogprobs(event.logprobs) ?? [];
        if (logprobs.length > 0) this.#delta({ kind: 'logprobs', logprobs });
        return;
      }
      case 'response.refusal.delta':
        this.#content(index, content, { kind: 'refusal' }, delta);
        return;
      case 'response.output_text.annotation.added': {
        const citation = readAnnotation(event.annotation ?? null, 'openai-responses');
        if (citation !== undefined && this.#open?.key === `${index} text ${content}`) {
          this.#delta({ kind: 'citation', citation });
        }
        return;
      }
      case 'response.reasoning_summary_part.added':
        if (this.#open?.key === `${index} summary` && this.#open.text !== '') this.#more('\n\n');
        return;
      case 'response.reasoning_summary_text.delta':
        this.#text(`${index} summary`, this.#reasoningStart(index, true), delta);
        return;
      case 'response.reasoning_text.delta':
        this.#text(`${index} thoughts`, this.#reasoningStart(index, false), delta);
        return;
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        if (this.#open?.key === `${index} call`) this.#more(delta);
        return;
      default:
        // `done` events repeat, and the progress of server tools is told by their item.
        return;
    }
  }

  #reasoningStart(index: number, isSummary: boolean): BlockStart {
    const id = someTextIn(this.#items.get(index)?.id);
    return { kind: 'reasoning', ...(id === undefined ? {} : { id }), ...(isSummary ? { isSummary } : {}) };
  }

  #startCall(index: number, item: JsonObject): void {
    const isCustom = item.type === 'custom_tool_call';
    if (!isCustom && item.type !== 'function_call') return;
    const { id, signature } = readCallId(textIn(item.call_id) ?? textIn(item.id) ?? '');
    const name = textIn(item.name) ?? '';
    this.#start(`${index} call`, { kind: 'toolCall', id, name, ...(isCustom ? { custom: true } : {}) });
    this.#hasCalls = true;
    if (signature !== undefined) this.#delta({ kind: 'signature', signature });
  }

  /** The item as a whole: whatever its deltas have not told is told now. */
  #itemDone(index: number, item: JsonObject): void {
    const itemId = someTextIn(item.id);
    if (itemId !== undefined) this.#doneIds.add(itemId);
    switch (item.type) {
      case 'message':
        this.#messageDone(index, listIn(item.content).map(objectIn));
        break;
      case 'reasoning':
        this.#reasoningDone(index, item);
        break;
      case 'function_call':
      case 'custom_tool_call': {
        const key = `${index} call`;
        if (!this.#told.has(key)) this.#startCall(index, item);
        this.#rest(key, undefined, textIn(item.arguments) ?? textIn(item.input) ?? '');
        break;
      }
      default:
        this.#wholeItem(index, item);
    }
    this.#end();
  }

  /** Servers count parts differently in their deltas: whatever was told of an item is not told again. */
  #messageDone(index: number, content: readonly JsonObject[]): void {
    const isTold = [...this.#told].some((key) => key.startsWith(`${index} text `));
    content.forEach((part, position) => {
      const isLast = position === content.length - 1;
      if (isTold && !isLast) return;
      const isRefusal = part.type === 'refusal';
      const text = textIn(isRefusal ? part.refusal : part.text) ?? '';
      const key = isTold ? (this.#open?.key ?? '') : `${index} text ${position}`;
      const start = { kind: isRefusal ? 'refusal' : 'text' } as const;
      if (!isTold || key.startsWith(`${index} text `)) this.#rest(key, isTold ? undefined : start, text);
      if (!isTold) this.#tellCitations(part);
    });
  }

  #tellCitations(part: JsonObject): void {
    for (const value of listIn(part.annotations)) {
      const citation = readAnnotation(value, 'openai-responses');
      if (citation !== undefined) this.#delta({ kind: 'citation', citation });
    }
  }

  #wholeItem(index: number, item: JsonObject): void {
    const key = `${index} whole`;
    if (this.#told.has(key) || someTextIn(item.type) === undefined) return;
    this.#told.add(key);
    for (const part of readAnswerItem(item)) {
      this.#start(key, { kind: 'whole', part });
      this.#end();
    }
  }

  #reasoningDone(index: number, item: JsonObject): void {
    this.#items.set(index, item);
    const key = `${index} whole`;
    const isNew = !this.#told.has(key);
    this.#told.add(key);
    const encrypted = someTextIn(item.encrypted_content);
    const proof = encrypted === undefined || !isNew ? {} : readProof(encrypted);
    this.#rest(
      `${index} summary`,
      this.#reasoningStart(index, proof.isSummary ?? true),
      joined(item.summary),
    );
    this.#rest(`${index} thoughts`, this.#reasoningStart(index, false), joined(item.content));
    if (proof.signature !== undefined) {
      if (this.#open === undefined) this.#start(`${index} thoughts`, this.#reasoningStart(index, false));
      this.#delta({ kind: 'signature', signature: proof.signature });
    }
    if (proof.redacted === undefined) return;
    const id = someTextIn(item.id);
    const part = {
      kind: 'reasoning',
      ...(id === undefined ? {} : { id }),
      text: '',
      redacted: proof.redacted,
    } as const;
    this.#start(key, { kind: 'whole', part });
    this.#end();
  }

  /** @param start Undefined: the block has been started. @param whole All of its text. */
  #rest(key: string, start: BlockStart | undefined, whole: string): void {
    if (this.#open?.key === key) {
      if (whole.startsWith(this.#open.text)) this.#more(whole.slice(this.#open.text.length));
    } else if (start !== undefined && whole !== '' && !this.#told.has(key)) this.#text(key, start, whole);
  }

  #content(index: number, content: number, start: BlockStart, text: string): void {
    const key = `${index} text ${content}`;
    const keys = this.#textKeys.get(index) ?? [];
    if (!keys.includes(key)) this.#textKeys.set(index, [...keys, key]);
    this.#text(key, start, text);
  }

  #text(key: string, start: BlockStart, text: string): void {
    if (this.#open?.key !== key) this.#start(key, start);
    this.#more(text);
  }

  #more(text: string): void {
    if (text === '' || this.#open === undefined) return;
    this.#open.text += text;
    this.#delta({ kind: 'text', text });
  }

  #start(key: string, start: BlockStart): void {
    this.#end();
    const block = this.#count;
    this.#count += 1;
    this.#open = { key, block, text: '' };
    this.#told.add(key);
    this.#events.push({ kind: 'blockStart', choice: 0, block, start });
  }

  #delta(delta: BlockDelta): void {
    if (this.#open === undefined) return;
    this.#events.push({ kind: 'blockDelta', choice: 0, block: this.#open.block, delta });
  }

  #end(): void {
    if (this.#open === undefined) return;
    this.#events.push({ kind: 'blockEnd', choice: 0, block: this.#open.block });
    this.#open = undefined;
  }
}

function joined(value: JsonValue | undefined): string {
  return listIn(value)
    .map((part) => textIn(objectIn(part).text) ?? '')
    .join('\n\n');
}

/** `auto` is a wish, and no tier. */
function tierOf(response: JsonObject): { readonly serviceTier?: string } {
  const serviceTier = someTextIn(response.service_tier);
  return serviceTier === undefined || serviceTier === 'auto' ? {} : { serviceTier };
}
