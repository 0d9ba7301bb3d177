/**
 * The events of a streamed answer, in the provider's order, with the tokens that each one carries.
 *
 * Framing and faults of content (bad events, errors, missing or doubled usage) are made here; pace, cuts and byte
 * sizes are the sender's (send-stream.ts).
 */
import type { Answer, AnsweredChoice, Usage } from './answer.ts';
import { logprobsJson, toldFinish, usageJson } from './completion-body.ts';
import type { Controls } from './controls.ts';
import { serverError } from './provider-error.ts';
import { countTokens, cutIntoPieces } from './tokens.ts';

export interface StreamEvent {
  /** The bytes of the event with its empty line. */
  readonly text: string;
  /** Completion tokens that were produced for it, reasoning included. */
  readonly tokens: number;
  readonly isUsage: boolean;
}

export interface StreamOptions {
  readonly includeUsage: boolean;
  readonly includeObfuscation: boolean;
  readonly logprobs: boolean;
  readonly controls: Controls;
}

const OBFUSCATION = 'Qup1BsQ3yhjoJbEFdThaZapRIdwxH030h9RiQLLk';

export function* streamEvents(answer: Answer, options: StreamOptions): Generator<StreamEvent> {
  const { controls } = options;
  const errorAfter = controls['error-in-stream'];
  const badAfter = controls['bad-event'];
  const framing = new Framing(answer, options);
  let deltas = 0;
  for (const event of answerEvents(answer, options, framing)) {
    if (event.tokens > 0) {
      if (deltas === errorAfter) {
        const { message, type, param, code } = serverError();
        yield framing.raw(JSON.stringify({ error: { message, type, param, code } }));
        return;
      }
      if (deltas === badAfter) yield framing.raw('{"id":"chatcmpl-broken","choices":[{"delta":{"content":"');
      deltas += 1;
    }
    yield event;
  }
  if (controls['no-done'] !== true) yield framing.raw('[DONE]');
}

function* answerEvents(answer: Answer, options: StreamOptions, framing: Framing): Generator<StreamEvent> {
  const { controls } = options;
  const sendsUsage = options.includeUsage && controls['no-usage'] !== true;
  const isEarly = controls['usage-first'] === true;
  if (sendsUsage && isEarly) yield framing.usage(answer.usage);
  yield* interleave(answer.choices.map((choice, index) => choiceEvents(choice, index, options, framing)));
  for (const [index, choice] of answer.choices.entries())
    yield framing.finish(index, toldFinish(choice, controls));
  if (!sendsUsage || isEarly) return;
  if (controls['usage-twice'] === true) {
    const half = Math.floor(answer.usage.completionTokens / 2);
    yield framing.usage({
      ...answer.usage,
      completionTokens: half,
      reasoningTokens: Math.min(half, answer.usage.reasoningTokens),
    });
  }
  yield framing.usage(answer.usage);
}

/** Choices of `n > 1` arrive in turns. */
function* interleave(sources: readonly Generator<StreamEvent>[]): Generator<StreamEvent> {
  let open = sources;
  while (open.length > 0) {
    const still: Generator<StreamEvent>[] = [];
    for (const source of open) {
      const next = source.next();
      if (next.done === true) continue;
      still.push(source);
      yield next.value;
    }
    open = still;
  }
}

function* choiceEvents(
  choice: AnsweredChoice,
  index: number,
  options: StreamOptions,
  framing: Framing,
): Generator<StreamEvent> {
  // Reasoning is not shown, but it was produced before anything visible was.
  let hidden = choice.reasoningTokens;
  if (options.controls.reasoning === true) {
    // Shown in the member that OpenAI's imitators use.
    yield framing.delta(index, '{"role":"assistant","content":null,"reasoning_content":""}', 0);
    for (const piece of cutIntoPieces(choice.reasoningText))
      yield framing.delta(index, `{"reasoning_content":${JSON.stringify(piece.text)}}`, piece.tokens);
    hidden = 0;
  }
  if (choice.text === null) {
    for (const event of toolEvents(choice, index, framing)) {
      yield hidden === 0 ? event : { ...event, tokens: event.tokens + hidden };
      hidden = 0;
    }
    return;
  }
  const role = choice.isRefusal
    ? '{"role":"assistant","content":null,"refusal":""}'
    : '{"role":"assistant","content":"","refusal":null}';
  yield framing.delta(index, role, choice.text === '' ? hidden : 0);
  const field = choice.isRefusal ? 'refusal' : 'content';
  for (const piece of cutIntoPieces(choice.text)) {
    const probabilities = options.logprobs ? logprobsJson(piece.text) : 'null';
    yield framing.delta(
      index,
      `{"${field}":${JSON.stringify(piece.text)}}`,
      piece.tokens + hidden,
      probabilities,
    );
    hidden = 0;
  }
}

function* toolEvents(choice: AnsweredChoice, index: number, framing: Framing): Generator<StreamEvent> {
  const isSingle = choice.toolCalls.length === 1;
  if (!isSingle) yield framing.delta(index, '{"role":"assistant","content":null}', 0);
  for (const [i, call] of choice.toolCalls.entries()) {
    const head = JSON.stringify([
      { index: i, id: call.id, type: 'function', function: { name: call.name, arguments: '' } },
    ]);
    const delta = isSingle
      ? `{"role":"assistant","content":null,"tool_calls":${head},"refusal":null}`
      : `{"tool_calls":${head}}`;
    yield framing.delta(index, delta, countTokens(call.name));
    for (const piece of cutIntoPieces(call.arguments)) {
      const part = JSON.stringify([{ index: i, function: { arguments: piece.text } }]);
      yield framing.delta(index, `{"tool_calls":${part}}`, piece.tokens);
    }
  }
}

/** Puts JSON into events: the fields every chunk repeats are joined once. */
class Framing {
  readonly #prefix: string;
  readonly #lineEnd: string;
  readonly #comment: string;
  readonly #usageNull: string;
  readonly #options: StreamOptions;
  #count = 0;

  constructor(answer: Answer, options: StreamOptions) {
    const { controls } = options;
    this.#options = options;
    this.#prefix =
      `{"id":"${answer.id}","object":"chat.completion.chunk","created":${answer.created},` +
      `"model":${JSON.stringify(answer.model)},"service_tier":"${answer.serviceTier}",` +
      `"system_fingerprint":"${answer.fingerprint}","choices":[`;
    this.#lineEnd = controls['line-ends'] === 'crlf' ? '\r\n' : controls['line-ends'] === 'cr' ? '\r' : '\n';
    this.#comment = controls.comments === true ? `: keep-alive${this.#lineEnd}${this.#lineEnd}` : '';
    this.#usageNull = options.includeUsage ? ',"usage":null' : '';
  }

  delta(index: number, delta: string, tokens: number, logprobs = 'null'): StreamEvent {
    const choice = `{"index":${index},"delta":${delta},"logprobs":${logprobs},"finish_reason":null}`;
    return this.#chunk(`${choice}]${this.#usageNull}`, tokens, false);
  }

  finish(index: number, reason: string): StreamEvent {
    const choice = `{"index":${index},"delta":{},"logprobs":null,"finish_reason":${JSON.stringify(reason)}}`;
    return this.#chunk(`${choice}]${this.#usageNull}`, 0, false);
  }

  usage(usage: Usage): StreamEvent {
    return this.#chunk(`],"usage":${usageJson(usage, this.#options.controls)}`, 0, true);
  }

  raw(data: string): StreamEvent {
    return { text: this.#frame(data), tokens: 0, isUsage: false };
  }

  #chunk(rest: string, tokens: number, isUsage: boolean): StreamEvent {
    return { text: this.#frame(`${this.#prefix}${rest}${this.#obfuscation()}}`), tokens, isUsage };
  }

  /** Padding of changing length, as the provider adds against traffic analysis. */
  #obfuscation(): string {
    if (!this.#options.includeObfuscation) return '';
    this.#count += 1;
    const start = (this.#count * 7) % 24;
    return `,"obfuscation":"${OBFUSCATION.slice(start, start + ((this.#count * 5) % 14))}"`;
  }

  #frame(data: string): string {
    return `${this.#comment}data: ${data}${this.#lineEnd}${this.#lineEnd}`;
  }
}
