/**
 * The legacy completions endpoint for providers that only chat: the prompt becomes a user's message, the answer's
 * text a completion. Only a client's side: no provider is asked in this format through the neutral model.
 */
import type { TokenUsage } from '@tollgate/catalog';
import { GatewayError } from '@tollgate/errors';
import { present } from '../../json/json-value.ts';
import type { Finish, NeutralAnswer, NeutralEvent, TokenLogprob } from '../../neutral/answer.ts';
import type { AnswerContext, Codec, RequestHints, StreamMessage, StreamWriter } from '../../neutral/codec.ts';
import type { NeutralRequest } from '../../neutral/request.ts';
import type { JsonObject } from '../../neutral/wire-format.ts';
import { givenIn, readInteger } from '../body-reader.ts';
import { readChatCodecRequest } from '../chat-codec/read-request.ts';
import { openAiErrorBody } from '../error-body.ts';
import { invalidRequest } from '../invalid-request.ts';
import { writeChatUsage } from '../usage.ts';

export const openAiCompletionsCodec: Pick<Codec, 'readRequest' | 'writeAnswer' | 'createStreamWriter'> = {
  readRequest: readCompletions,
  writeAnswer,
  createStreamWriter: (context) => new CompletionsStreamWriter(context),
};

/** What a chat cannot do, however it is asked. */
function readCompletions(body: JsonObject, hints: RequestHints): NeutralRequest {
  if ((readInteger(body, 'best_of') ?? 1) > 1) throw unsupported('best_of');
  if (body.echo === true) throw unsupported('echo');
  if (typeof body.suffix === 'string' && body.suffix !== '') throw unsupported('suffix');
  const {
    best_of: _best,
    echo: _echo,
    suffix: _suffix,
    prompt: _prompt,
    logprobs: _logprobs,
    ...others
  } = body;
  const logprobs = readInteger(body, 'logprobs');
  const messages = [{ role: 'user', content: readPrompt(body) }];
  const asked = logprobs === undefined ? {} : { logprobs: true, top_logprobs: logprobs };
  return readChatCodecRequest({ ...others, ...asked, messages }, hints);
}

function readPrompt(body: JsonObject): string {
  const prompt = givenIn(body, 'prompt');
  const [only, ...more] = Array.isArray(prompt) ? prompt : [prompt];
  if (typeof only === 'string' && more.length === 0) return only;
  if (prompt === undefined) throw invalidRequest('"prompt" is required', 'prompt');
  throw unsupported('prompt', 'takes one text, neither several nor tokens');
}

function unsupported(param: string, why = 'has nothing like it'): GatewayError {
  return new GatewayError('unsupported_parameter', `Cannot use "${param}": the provider ${why}.`, { param });
}

function writeAnswer(answer: NeutralAnswer, context: AnswerContext): JsonObject {
  const choices = answer.choices.map(({ content, finish, logprobs }, index) => ({
    index,
    text: content.map((part) => (part.kind === 'text' ? part.text : '')).join(''),
    logprobs: logprobs === undefined ? null : writeLogprobs(logprobs, 0),
    finish_reason: reasonOf(finish),
  }));
  const blocked = { index: 0, text: '', logprobs: null, finish_reason: 'content_filter' };
  return present({
    ...headOf(answer, context),
    choices: choices.length === 0 ? [blocked] : choices,
    usage: answer.usage === undefined ? undefined : writeChatUsage(answer.usage),
  });
}

function headOf(
  answer: { readonly id: string; readonly model: string; readonly createdAt?: number },
  context: AnswerContext,
): JsonObject {
  return {
    id: answer.id || `cmpl-${context.requestId}`,
    object: 'text_completion',
    created: answer.createdAt ?? context.nowSeconds,
    model: answer.model || context.model,
  };
}

function reasonOf({ kind }: Finish): string {
  if (kind === 'length') return 'length';
  return kind === 'filtered' || kind === 'refusal' ? 'content_filter' : 'stop';
}

/** @param offset Where the first token stands in the text. */
function writeLogprobs(logprobs: readonly TokenLogprob[], offset: number): JsonObject {
  const offsets: number[] = [];
  let at = offset;
  for (const { token } of logprobs) {
    offsets.push(at);
    at += token.length;
  }
  return {
    tokens: logprobs.map(({ token }) => token),
    token_logprobs: logprobs.map(({ logprob }) => logprob),
    top_logprobs: logprobs.map(({ top }) =>
      Object.fromEntries(top.map(({ token, logprob }) => [token, logprob])),
    ),
    text_offset: offsets,
  };
}

class CompletionsStreamWriter implements StreamWriter {
  readonly #context: AnswerContext;
  #head: JsonObject;
  #usage: TokenUsage | undefined;
  /** Blocks that hold text, by choice and number. */
  readonly #texts = new Set<string>();
  readonly #lengths = new Map<number, number>();

  constructor(context: AnswerContext) {
    this.#context = context;
    this.#head = headOf({ id: '', model: '' }, context);
  }

  write(event: NeutralEvent): readonly StreamMessage[] {
    switch (event.kind) {
      case 'start':
        this.#head = headOf(event, this.#context);
        return [];
      case 'blockStart':
        if (event.start.kind === 'text') this.#texts.add(`${event.choice} ${event.block}`);
        return [];
      case 'blockDelta':
        return this.#texts.has(`${event.choice} ${event.block}`) ? this.#writeDelta(event) : [];
      case 'usage':
        this.#usage = event.usage;
        return [];
      case 'finish':
        return [this.#chunk(event.choice, '', null, reasonOf(event.finish))];
      case 'promptBlocked':
        return [this.#chunk(0, '', null, 'content_filter')];
      default:
        return [];
    }
  }

  finish(): readonly StreamMessage[] {
    const done = { event: '', data: '[DONE]' };
    if (!this.#context.showUsage || this.#usage === undefined) return [done];
    const data = JSON.stringify({ ...this.#head, choices: [], usage: writeChatUsage(this.#usage) });
    return [{ event: '', data }, done];
  }

  fail(error: GatewayError): readonly StreamMessage[] {
    return [{ event: '', data: openAiErrorBody(error, this.#context.requestId) }];
  }

  #writeDelta({ choice, delta }: Extract<NeutralEvent, { kind: 'blockDelta' }>): readonly StreamMessage[] {
    const length = this.#lengths.get(choice) ?? 0;
    if (delta.kind === 'text') {
      this.#lengths.set(choice, length + delta.text.length);
      return [this.#chunk(choice, delta.text, null, null)];
    }
    if (delta.kind !== 'logprobs') return [];
    // They come behind their text.
    const told = delta.logprobs.reduce((sum, { token }) => sum + token.length, 0);
    return [this.#chunk(choice, '', writeLogprobs(delta.logprobs, Math.max(0, length - told)), null)];
  }

  #chunk(index: number, text: string, logprobs: JsonObject | null, reason: string | null): StreamMessage {
    const choices = [{ index, text, logprobs, finish_reason: reason }];
    const usage = this.#context.showUsage ? { usage: null } : {};
    return { event: '', data: JSON.stringify({ ...this.#head, choices, ...usage }) };
  }
}
