/** A provider's chat chunks as neutral events. The last word of the format, `[DONE]`, is taken as that string. */
import { integerIn, isJsonObject, listIn, objectIn, someTextIn, textIn } from '../../json/json-value.ts';
import type { NeutralEvent } from '../../neutral/answer.ts';
import type { StreamReader } from '../../neutral/codec.ts';
import type { Citation, Signature } from '../../neutral/parts.ts';
import { readCallId } from '../../neutral/tool-call-id.ts';
import type { JsonObject, JsonValue } from '../../neutral/wire-format.ts';
import { readAnnotation, readSourceList } from '../citations.ts';
import { readUsage } from '../usage.ts';
import { TEXT_SIGNATURE_ID } from './call-signatures.ts';
import { ChoiceBlocks, type PendingCall, TEXT_KEY } from './choice-blocks.ts';
import { readFinish } from './finish-reason.ts';
import { readLogprobs } from './logprobs.ts';
import { readContent, readImage } from './read-content.ts';
import { argumentsIn, geminiSignature } from './read-tool-calls.ts';
import { type ReasoningDetail, readDetail } from './reasoning-details.ts';

/** More than any provider gives; what claims to be a later choice is not believed. */
const MAX_CHOICES = 128;

export function createChatStreamCodecReader(): StreamReader {
  let events: NeutralEvent[] = [];
  const emit = (event: NeutralEvent): void => {
    events.push(event);
  };
  const choices = new Map<number, ChoiceReader>();
  let started = false;
  let ended = false;

  const readChunk = (chunk: JsonObject): void => {
    const list = listIn(chunk.choices);
    const usage = readUsage(chunk.usage) ?? readUsage(objectIn(chunk.x_groq).usage);
    // Azure opens with a chunk about the prompt alone, without id and model.
    if (!started && list.length === 0 && usage === undefined) return;
    if (!started) {
      started = true;
      emit(startOf(chunk));
    }
    const sources = readSourceList(chunk);
    for (const value of list) {
      const choice = objectIn(value);
      const index = integerIn(choice.index) ?? 0;
      if (index < 0 || index >= MAX_CHOICES) continue;
      let reader = choices.get(index);
      if (reader === undefined) {
        reader = new ChoiceReader(index, emit);
        choices.set(index, reader);
      }
      reader.read(choice, sources);
    }
    if (usage !== undefined) emit({ kind: 'usage', usage, ...tierOf(chunk) });
  };

  const taken = (): readonly NeutralEvent[] => {
    const result = events;
    events = [];
    return result;
  };

  return {
    read(data) {
      if (ended) return [];
      if (data === '[DONE]') {
        ended = true;
        for (const choice of choices.values()) choice.finish();
        emit({ kind: 'end' });
      } else if (!isChunk(data)) emit({ kind: 'error', body: data });
      else readChunk(data);
      return taken();
    },
    close() {
      if (ended) return [];
      ended = true;
      const list = [...choices.values()];
      const isComplete = list.length > 0 && list.every((choice) => choice.finished);
      for (const choice of list) choice.end();
      // Some servers end without a last word.
      if (isComplete) emit({ kind: 'end' });
      return taken();
    },
  };
}

function isChunk(data: JsonValue): data is JsonObject {
  if (!isJsonObject(data)) return false;
  if (data.error !== undefined && data.error !== null) return false;
  return Array.isArray(data.choices) || isJsonObject(data.usage) || typeof data.object === 'string';
}

function startOf(chunk: JsonObject): NeutralEvent {
  const createdAt = integerIn(chunk.created);
  return {
    kind: 'start',
    id: textIn(chunk.id) ?? '',
    model: textIn(chunk.model) ?? '',
    ...(createdAt === undefined ? {} : { createdAt }),
    ...tierOf(chunk),
  };
}

function tierOf(chunk: JsonObject): { readonly serviceTier?: string } {
  const serviceTier = someTextIn(chunk.service_tier);
  return serviceTier === undefined ? {} : { serviceTier };
}

class ChoiceReader {
  readonly #index: number;
  readonly #emit: (event: NeutralEvent) => void;
  readonly #blocks: ChoiceBlocks;
  readonly #calls = new Map<number, PendingCall>();
  #callCount = 0;
  /** Waiting for a text to stand at. */
  #citations: Citation[] = [];
  readonly #cited = new Set<string>();
  finished = false;

  constructor(index: number, emit: (event: NeutralEvent) => void) {
    this.#index = index;
    this.#emit = emit;
    this.#blocks = new ChoiceBlocks(index, emit);
  }

  read(choice: JsonObject, sources: readonly Citation[]): void {
    if (this.finished) return;
    // A few servers stream whole messages.
    const delta = isJsonObject(choice.delta) ? choice.delta : objectIn(choice.message);
    this.#readReasoning(delta);
    this.#readContent(delta.content);
    this.#readRefusal(someTextIn(delta.refusal));
    this.#readLogprobs(objectIn(choice.logprobs));
    this.#readAudio(delta.audio);
    for (const image of listIn(delta.images)) {
      const part = readImage(objectIn(image));
      if (part !== undefined) this.#blocks.whole(part);
    }
    listIn(delta.tool_calls).forEach((call, position) => {
      this.#readCall(objectIn(call), position);
    });
    if (isJsonObject(delta.function_call)) this.#readCall({ function: delta.function_call }, -1);
    this.#readCitations(delta, sources);
    const reason = someTextIn(choice.finish_reason);
    if (reason !== undefined) this.#finish(reason);
  }

  end(): void {
    if (!this.finished) this.#blocks.end();
  }

  /** The last word of the stream came, whether or not a reason did: Snowflake gives none. */
  finish(): void {
    if (!this.finished) this.#finish('stop');
  }

  #finish(reason: string): void {
    this.finished = true;
    this.#blocks.end();
    const finish = readFinish(reason);
    const kind = finish.kind === 'stop' && this.#callCount > 0 ? 'toolCalls' : finish.kind;
    this.#emit({ kind: 'finish', choice: this.#index, finish: { ...finish, kind } });
  }

  #readContent(content: JsonValue | undefined): void {
    if (typeof content === 'string') {
      if (content !== '') this.#text(content);
      return;
    }
    for (const part of readContent(content) ?? []) {
      if (part.kind === 'text') {
        if (part.text !== '') this.#text(part.text);
      } else if (part.kind === 'reasoning') {
        this.#blocks.append('reasoning', { kind: 'reasoning' }, [{ kind: 'text', text: part.text }]);
      } else this.#blocks.whole(part);
    }
  }

  #text(text: string): void {
    this.#blocks.append(TEXT_KEY, { kind: 'text' }, [{ kind: 'text', text }]);
    if (this.#citations.length > 0) this.#cite();
  }

  #readRefusal(text: string | undefined): void {
    if (text !== undefined) this.#blocks.append('refusal', { kind: 'refusal' }, [{ kind: 'text', text }]);
  }

  #readReasoning(delta: JsonObject): void {
    const details = listIn(delta.reasoning_details).flatMap((entry) => readDetail(entry) ?? []);
    const callIds = new Set(listIn(delta.tool_calls).map((call) => textIn(objectIn(call).id)));
    for (const detail of details) this.#readDetail(detail, callIds);
    if (details.some((detail) => detail.text !== '')) return;
    const text = someTextIn(delta.reasoning_content) ?? someTextIn(delta.reasoning);
    if (text !== undefined) this.#blocks.append('reasoning', { kind: 'reasoning' }, [{ kind: 'text', text }]);
  }

  #readDetail(detail: ReasoningDetail, callIds: ReadonlySet<string | undefined>): void {
    const { kind, text, signature, id } = detail;
    if (kind === 'encrypted') {
      if (signature !== undefined) this.#readEncrypted(signature, id, callIds);
      return;
    }
    const isSummary = kind === 'summary';
    const start = {
      kind: 'reasoning',
      ...(id === undefined ? {} : { id }),
      ...(isSummary ? { isSummary } : {}),
    } as const;
    // Entries say whose they are; a plain `reasoning_content` beside them in other chunks is the same thought.
    const key =
      detail.index === undefined && !isSummary ? 'reasoning' : `reasoning ${kind} ${detail.index ?? ''}`;
    this.#blocks.append(key, start, [
      ...(text === '' ? [] : [{ kind: 'text', text } as const]),
      ...(signature === undefined ? [] : [{ kind: 'signature', signature } as const]),
    ]);
  }

  #readEncrypted(
    signature: Signature,
    id: string | undefined,
    callIds: ReadonlySet<string | undefined>,
  ): void {
    const call = [...this.#calls.values()].find((known) => known.id === id);
    if (id === TEXT_SIGNATURE_ID && this.#blocks.openKey === TEXT_KEY) {
      this.#blocks.appendToOpen({ kind: 'signature', signature });
    } else if (id !== undefined && call !== undefined) call.signature ??= signature;
    else if (id !== undefined && callIds.has(id)) this.#callProofs.set(readCallId(id).id, signature);
    else {
      this.#blocks.whole({
        kind: 'reasoning',
        ...(id === undefined ? {} : { id }),
        text: '',
        redacted: signature,
      });
    }
  }

  /** Of calls in the same chunk. */
  readonly #callProofs = new Map<string, Signature>();

  #readLogprobs(logprobs: JsonObject): void {
    const read = readLogprobs(logprobs.content) ?? readLogprobs(logprobs.refusal) ?? [];
    const key = this.#blocks.openKey;
    if (read.length > 0 && (key === TEXT_KEY || key === 'refusal')) {
      this.#blocks.appendToOpen({ kind: 'logprobs', logprobs: read });
    }
  }

  #readAudio(value: JsonValue | undefined): void {
    if (!isJsonObject(value)) return;
    const id = someTextIn(value.id);
    const transcript = someTextIn(value.transcript);
    const expiresAt = integerIn(value.expires_at);
    const data = textIn(value.data) ?? '';
    const isEmpty = data === '' && transcript === undefined && expiresAt === undefined;
    this.#blocks.append('audio', { kind: 'audio', ...(id === undefined ? {} : { id }) }, [
      ...(isEmpty
        ? []
        : [
            {
              kind: 'audio',
              data,
              ...(transcript === undefined ? {} : { transcript }),
              ...(expiresAt === undefined ? {} : { expiresAt }),
            } as const,
          ]),
    ]);
  }

  #readCall(call: JsonObject, position: number): void {
    const isCustom = call.type === 'custom' || isJsonObject(call.custom);
    const called = objectIn(isCustom ? call.custom : call.function);
    const more = argumentsIn(isCustom ? called.input : called.arguments);
    const index = integerIn(call.index) ?? position;
    const name = textIn(called.name) ?? '';
    const givenId = someTextIn(call.id);
    const known = this.#calls.get(index);
    const carried = givenId === undefined ? undefined : readCallId(givenId);
    // Gemini's endpoint numbers every parallel call 0; only their ids tell them apart.
    const isOther = carried !== undefined && known !== undefined && known.id !== carried.id && name !== '';
    if (known !== undefined && !isOther) {
      if (known.name === '') known.name = name;
      this.#blocks.appendToCall(known, more);
      return;
    }
    const id = carried?.id ?? (position === -1 ? 'call_function_0' : `call_${this.#callCount}`);
    const added: PendingCall = {
      id,
      name,
      arguments: more,
      custom: isCustom,
      signature: carried?.signature ?? geminiSignature(call) ?? this.#callProofs.get(id),
    };
    this.#callCount += 1;
    this.#calls.set(index, added);
    this.#blocks.addCall(added);
  }

  #readCitations(delta: JsonObject, sources: readonly Citation[]): void {
    const annotations = listIn(delta.annotations).flatMap(
      (value) => readAnnotation(value, 'openai-chat') ?? [],
    );
    for (const citation of [...annotations, ...sources]) {
      // Perplexity repeats the whole list in every chunk.
      const name = JSON.stringify(citation);
      if (this.#cited.has(name)) continue;
      this.#cited.add(name);
      this.#citations.push(citation);
    }
    if (this.#citations.length > 0 && this.#blocks.openKey === TEXT_KEY) this.#cite();
  }

  #cite(): void {
    const citations = this.#citations;
    this.#citations = [];
    for (const citation of citations) this.#blocks.appendToOpen({ kind: 'citation', citation });
  }
}
