/**
 * A provider's answer while it flows: what has arrived for the client, and how it ended.
 *
 * Output is held back until somebody takes it (`open`), so that a stream which fails before its first event can
 * still be tried elsewhere. Pieces that arrive in one turn go out together, after their progress frame is
 * written. What the bytes mean is the stream's own (packages/providers, upstream/). Bytes are held as Latin-1.
 */
import type { TokenUsage } from '@tollgate/catalog';
import type { GatewayError } from '@tollgate/errors';
import type { AnswerStream } from '@tollgate/providers';

export type StreamEnd =
  | { readonly kind: 'complete' }
  | { readonly kind: 'failed'; readonly error: GatewayError }
  /** The client went away or stopped reading. */
  | { readonly kind: 'client-gone' }
  /** The gateway ended it: revoked key, shutdown. */
  | { readonly kind: 'cut'; readonly error: GatewayError };

export interface OpenStreamOptions {
  readonly answer: AnswerStream;
  /** @param body Of the failure that the provider reported. */
  readonly failure: (body: unknown) => GatewayError;
  /** The stream stopped without its end. */
  readonly cutOff: () => GatewayError;
}

export class OpenStream {
  /** Resolves at the first event, or at the end where there is none. */
  readonly ready: Promise<void>;
  readonly ended: Promise<StreamEnd>;
  readonly #becomeReady: () => void;
  readonly #becomeEnded: (end: StreamEnd) => void;
  readonly #options: OpenStreamOptions;
  readonly #answer: AnswerStream;
  #pending = '';
  #sink: ((output: string) => void) | undefined;
  #scheduled = false;
  #notedUsage: TokenUsage | undefined;
  #hasNews = false;
  #hasOutput = false;
  #end: StreamEnd | undefined;

  constructor(options: OpenStreamOptions) {
    this.#options = options;
    this.#answer = options.answer;
    const ready = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<StreamEnd>();
    this.ready = ready.promise;
    this.ended = ended.promise;
    this.#becomeReady = ready.resolve;
    this.#becomeEnded = ended.resolve;
  }

  get usage(): TokenUsage | undefined {
    return this.#answer.usage;
  }

  /** The service tier that answered; undefined: the asked one. */
  get servedTier(): string | undefined {
    return this.#answer.servedTier;
  }

  get finishReason(): string {
    return this.#answer.finishReason;
  }

  get outputBytes(): number {
    return this.#answer.outputBytes;
  }

  /** Of those, what arrived after usage was told. */
  get untoldBytes(): number {
    return this.#answer.untoldBytes;
  }

  get contentType(): string {
    return this.#answer.contentType;
  }

  /** Events that brought output; each is a token at least. */
  get pieces(): number {
    return this.#answer.pieces;
  }

  /** Whether any event has arrived that belongs to the answer. */
  get hasOutput(): boolean {
    return this.#hasOutput;
  }

  get end(): StreamEnd | undefined {
    return this.#end;
  }

  /** @throws {EventTooLargeError} */
  feed(chunk: Buffer): void {
    if (this.#end === undefined) this.#take(this.#answer.feed(chunk));
  }

  /** The provider closed the stream. */
  upstreamEnded(): void {
    if (this.#end !== undefined) return;
    this.#take(this.#answer.close());
    this.finish({ kind: 'failed', error: this.#options.cutOff() });
  }

  finish(end: StreamEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#becomeReady();
    this.#becomeEnded(end);
  }

  /** Lets output flow, beginning with what was held back. @param sink Gets all that arrived in one turn; nothing: usage was told. */
  open(sink: (output: string) => void): void {
    this.#sink = sink;
    if (this.#pending !== '') this.#schedule();
  }

  /** What no sink has taken yet; goes out with the ending. */
  takeRest(): string {
    const rest = this.#pending;
    this.#pending = '';
    return rest;
  }

  /** The format's last words for how it ended; null: it has none for a failure, which only a broken connection tells. */
  lastWords(end: StreamEnd): string | null {
    return 'error' in end ? this.#answer.fail(end.error) : this.#answer.finish();
  }

  #take(output: string): void {
    if (output !== '') {
      this.#pending += output;
      this.#schedule();
    } else if (this.#answer.usage !== this.#notedUsage) {
      // A client that did not ask for usage gets nothing of its event; whoever keeps the books must not wait for more.
      this.#notedUsage = this.#answer.usage;
      this.#hasNews = true;
      this.#schedule();
    }
    if (!this.#hasOutput && this.#answer.hasOutput) {
      this.#hasOutput = true;
      this.#becomeReady();
    }
    const { state } = this.#answer;
    if (state.kind === 'complete') this.finish({ kind: 'complete' });
    else if (state.kind === 'failed') {
      this.finish({ kind: 'failed', error: this.#options.failure(state.body) });
    }
  }

  #schedule(): void {
    if (this.#scheduled || this.#sink === undefined) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (this.#end !== undefined || (this.#pending === '' && !this.#hasNews)) return;
      this.#hasNews = false;
      this.#sink?.(this.takeRest());
    });
  }
}
