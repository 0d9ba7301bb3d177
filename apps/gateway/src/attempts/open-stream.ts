/**
 * A provider's stream while it flows: events in, re-serialized events out, usage and progress kept.
 *
 * Output is held back until somebody takes it (`open`), so that a stream which fails before its first event can
 * still be tried elsewhere. Pieces that arrive in one turn go out together, after their progress frame is
 * written. Bytes are held as Latin-1.
 */
import type { TokenUsage } from '@tollgate/catalog';
import { createEventParser, type EventParser, serializeEvent } from '@tollgate/dialects';
import type { GatewayError } from '@tollgate/errors';
import type { ChatStreamReader, StreamStep } from '@tollgate/providers';

export type StreamEnd =
  | { readonly kind: 'complete' }
  | { readonly kind: 'failed'; readonly error: GatewayError }
  /** The client went away or stopped reading. */
  | { readonly kind: 'client-gone' }
  /** The gateway ended it: revoked key, shutdown. */
  | { readonly kind: 'cut'; readonly error: GatewayError };

export interface OpenStreamOptions {
  readonly reader: ChatStreamReader;
  readonly failure: (step: Extract<StreamStep, { kind: 'error' }>) => GatewayError;
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
  readonly #parser: EventParser;
  #pending = '';
  #sink: ((output: string) => void) | undefined;
  #scheduled = false;
  #hasOutput = false;
  #pieces = 0;
  #end: StreamEnd | undefined;

  constructor(options: OpenStreamOptions) {
    this.#options = options;
    const ready = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<StreamEnd>();
    this.ready = ready.promise;
    this.ended = ended.promise;
    this.#becomeReady = ready.resolve;
    this.#becomeEnded = ended.resolve;
    this.#parser = createEventParser((event) => {
      if (this.#end === undefined) this.#take(event.event, event.data);
    });
  }

  get usage(): TokenUsage | undefined {
    return this.#options.reader.usage;
  }

  get finishReason(): string {
    return this.#options.reader.finishReason;
  }

  get outputBytes(): number {
    return this.#options.reader.outputBytes;
  }

  /** Events that brought output; each is a token at least. */
  get pieces(): number {
    return this.#pieces;
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
    this.#parser.feed(chunk);
    if (this.#pending !== '') this.#schedule();
  }

  /** The provider closed the stream. */
  upstreamEnded(): void {
    if (this.#end !== undefined) return;
    this.#parser.end();
    if (this.#end !== undefined) return;
    // Some providers omit [DONE]; a finish reason says as well that all is there.
    if (this.finishReason !== '') this.finish({ kind: 'complete' });
    else this.finish({ kind: 'failed', error: this.#options.cutOff() });
  }

  finish(end: StreamEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#becomeReady();
    this.#becomeEnded(end);
  }

  /** Lets output flow, beginning with what was held back. @param sink Gets all that arrived in one turn. */
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

  #take(event: string, data: string): void {
    const { reader } = this.#options;
    const before = reader.outputBytes;
    const step = reader.next(data);
    if (reader.outputBytes > before) this.#pieces += 1;
    switch (step.kind) {
      case 'data':
        if (step.data !== null) this.#pending += serializeEvent({ event, data: step.data });
        if (!this.#hasOutput) {
          this.#hasOutput = true;
          this.#becomeReady();
        }
        break;
      case 'end':
        this.finish({ kind: 'complete' });
        break;
      case 'error':
        this.finish({ kind: 'failed', error: this.#options.failure(step) });
        break;
    }
  }

  #schedule(): void {
    if (this.#scheduled || this.#sink === undefined) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (this.#end !== undefined || this.#pending === '') return;
      this.#sink?.(this.takeRest());
    });
  }
}
