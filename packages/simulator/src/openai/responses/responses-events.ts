/** The events of a streamed response, numbered, in the provider's order. */
import { countTokens, cutIntoPieces } from '../../tokens.ts';
import { asArray, asObjects, type Body } from '../../wire/json.ts';
import type { Spoken } from '../../wire/speech.ts';
import type { WireEvent } from '../../wire/sse.ts';
import { finalStatus, type Item, type ResponseStatus, responseObject } from './response-object.ts';
import type { ResponsesRequest } from './responses-request.ts';

const OBFUSCATION = 'Qup1BsQ3yhjoJbEFdThaZapRIdwxH030h9RiQLLk';

export class ResponseEvents {
  readonly #spoken: Spoken;
  readonly #body: Body;
  readonly #items: readonly Item[];
  #count = 0;

  constructor(spoken: Spoken, body: Body, items: readonly Item[]) {
    this.#spoken = spoken;
    this.#body = body;
    this.#items = items;
  }

  *all(): Generator<WireEvent> {
    yield this.#whole('response.created', 'in_progress', []);
    yield this.#whole('response.in_progress', 'in_progress', []);
    for (const [index, item] of this.#items.entries()) yield* this.#item(item, index);
    const status = finalStatus(this.#spoken);
    const isUsage = this.#spoken.controls['no-usage'] !== true;
    yield { ...this.#whole(`response.${status}`, status, this.#items), isUsage, isEnd: true };
  }

  /** What ends a stream that fails half-way. Numbered when it is sent, hence a getter in disguise. */
  failure(): readonly WireEvent[] {
    const message = 'The server had an error processing your request. Sorry about that!';
    const error = { code: 'server_error', message };
    const failed = responseObject(this.#spoken, this.#body, 'failed', [], error);
    return [this.#event('response.failed', { response: failed })];
  }

  #whole(type: string, status: ResponseStatus, output: readonly Item[]): WireEvent {
    return this.#event(type, { response: responseObject(this.#spoken, this.#body, status, output) });
  }

  #event(type: string, content: object, tokens = 0): WireEvent {
    const data = JSON.stringify({ type, sequence_number: this.#count, ...content });
    this.#count += 1;
    return { event: type, data, tokens };
  }

  *#item(item: Item, output_index: number): Generator<WireEvent> {
    yield this.#event('response.output_item.added', { output_index, item: begun(item) });
    if (item.type === 'reasoning') yield* this.#reasoning(item, output_index);
    else if (item.type === 'message') yield* this.#message(item, output_index);
    else if (item.type === 'function_call') yield* this.#call(item, output_index);
    else yield* this.#picture(item, output_index);
    yield this.#event('response.output_item.done', { output_index, item });
  }

  *#reasoning(item: Item, output_index: number): Generator<WireEvent> {
    for (const [summary_index, part] of asObjects(item.summary).entries()) {
      const at = { item_id: item.id, output_index, summary_index };
      const text = String(part.text);
      yield this.#event('response.reasoning_summary_part.added', { ...at, part: { ...part, text: '' } });
      yield* this.#deltas('response.reasoning_summary_text.delta', text, at);
      yield this.#event('response.reasoning_summary_text.done', { ...at, text });
      yield this.#event('response.reasoning_summary_part.done', { ...at, part });
    }
  }

  *#message(item: Item, output_index: number): Generator<WireEvent> {
    for (const [content_index, part] of asObjects(item.content).entries()) {
      const at = { item_id: item.id, output_index, content_index };
      if (part.type === 'refusal') {
        const refusal = String(part.refusal);
        yield this.#event('response.content_part.added', { ...at, part: { type: 'refusal', refusal: '' } });
        yield* this.#deltas('response.refusal.delta', refusal, at);
        yield this.#event('response.refusal.done', { ...at, refusal });
      } else {
        const text = String(part.text);
        const empty = { ...part, annotations: [], logprobs: [], text: '' };
        yield this.#event('response.content_part.added', { ...at, part: empty });
        yield* this.#deltas('response.output_text.delta', text, at, asArray(part.logprobs));
        for (const [annotation_index, annotation] of asArray(part.annotations).entries())
          yield this.#event('response.output_text.annotation.added', { ...at, annotation_index, annotation });
        yield this.#event('response.output_text.done', { ...at, logprobs: part.logprobs, text });
      }
      yield this.#event('response.content_part.done', { ...at, part });
    }
  }

  *#call(item: Item, output_index: number): Generator<WireEvent> {
    const at = { item_id: item.id, output_index };
    const whole = String(item.arguments);
    let before = countTokens(String(item.name));
    for (const { text, tokens } of cutIntoPieces(whole)) {
      yield this.#delta('response.function_call_arguments.delta', { ...at, delta: text }, tokens + before);
      before = 0;
    }
    yield this.#event('response.function_call_arguments.done', { ...at, arguments: whole }, before);
  }

  *#picture(item: Item, output_index: number): Generator<WireEvent> {
    const at = { item_id: item.id, output_index };
    yield this.#event('response.image_generation_call.in_progress', at);
    yield this.#event('response.image_generation_call.generating', at);
    const partial = { partial_image_index: 0, partial_image_b64: item.result };
    yield this.#event('response.image_generation_call.partial_image', { ...at, ...partial });
    yield this.#event('response.image_generation_call.completed', at);
  }

  *#deltas(
    type: string,
    whole: string,
    at: object,
    logprobs: readonly unknown[] | null = null,
  ): Generator<WireEvent> {
    let position = 0;
    for (const { text, tokens } of cutIntoPieces(whole)) {
      const extra = logprobs === null ? {} : { logprobs: logprobs.slice(position, position + 1) };
      position += 1;
      yield this.#delta(type, { ...at, delta: text, ...extra }, tokens);
    }
  }

  #delta(type: string, content: object, tokens: number): WireEvent {
    if (!(this.#spoken.request as ResponsesRequest).includeObfuscation)
      return this.#event(type, content, tokens);
    const start = (this.#count * 7) % 24;
    const obfuscation = OBFUSCATION.slice(start, start + ((this.#count * 5) % 14));
    return this.#event(type, { ...content, obfuscation }, tokens);
  }
}

/** An item as it is announced: nothing in it yet. */
function begun(item: Item): object {
  switch (item.type) {
    case 'reasoning':
      return { ...item, summary: [] };
    case 'message':
      return { ...item, status: 'in_progress', content: [] };
    case 'function_call':
      return { ...item, status: 'in_progress', arguments: '' };
    default: {
      const { result: _, ...rest } = item;
      return { ...rest, status: 'in_progress' };
    }
  }
}
