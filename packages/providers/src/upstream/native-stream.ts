/**
 * A stream whose client speaks the provider's format: event data passes, framing is written anew, and a follower
 * reads what is metered. The hot path: per chunk it makes nothing but the text that goes out.
 */
import type { TokenUsage } from '@tollgate/catalog';
import type { GatewayError } from '@tollgate/errors';
import type { StreamFollower } from '../stream-follower.ts';
import type { CreateEventSource, EventSource } from './event-source.ts';
import type { Framing } from './framing.ts';
import type { AnswerStream, AnswerStreamState } from './understood-request.ts';

export interface NativeStreamOptions {
  readonly follower: StreamFollower;
  readonly framing: Framing;
  readonly createSource: CreateEventSource;
  /** The data of an event that is the format's last word but no part of the answer: `[DONE]`. */
  readonly lastWord: string;
  /** Data of the format's error event, and its name. @param events That came before it. */
  readonly failure: (
    error: GatewayError,
    events: number,
  ) => { readonly event: string; readonly data: string };
}

const OPEN: AnswerStreamState = { kind: 'open' };
const COMPLETE: AnswerStreamState = { kind: 'complete' };

export class NativeStream implements AnswerStream {
  readonly #follower: StreamFollower;
  readonly #options: NativeStreamOptions;
  readonly #framing: Framing;
  readonly #source: EventSource;
  #output = '';
  #last = '';
  #events = 0;
  #told: TokenUsage | undefined;
  #toldBytes = 0;
  pieces = 0;
  hasOutput = false;
  state: AnswerStreamState = OPEN;

  constructor(options: NativeStreamOptions) {
    this.#options = options;
    this.#follower = options.follower;
    this.#framing = options.framing;
    this.#source = options.createSource(
      (event, data) => this.#take(event, data),
      (body) => {
        if (this.state === OPEN) this.state = { kind: 'failed', body };
      },
    );
  }

  get contentType(): string {
    return this.#framing.contentType;
  }

  get usage() {
    return this.#follower.usage;
  }

  get servedTier(): string | undefined {
    return this.#follower.servedTier;
  }

  get finishReason(): string {
    return this.#follower.finishReason;
  }

  get outputBytes(): number {
    return this.#follower.outputBytes;
  }

  get untoldBytes(): number {
    return this.#follower.outputBytes - this.#toldBytes;
  }

  feed(chunk: Buffer): string {
    this.#source.feed(chunk);
    return this.#taken();
  }

  close(): string {
    this.#source.end();
    // Some providers omit their last word; a finish reason says as well that all is there.
    if (this.state === OPEN && this.finishReason !== '') this.state = COMPLETE;
    return this.#taken();
  }

  finish(): string {
    const { lastWord } = this.#options;
    const last = this.#last + (lastWord === '' ? '' : this.#framing.frame('', lastWord));
    return last + this.#framing.close();
  }

  fail(error: GatewayError): string {
    const { event, data } = this.#options.failure(error, this.#events);
    return this.#framing.frame(event, data) + this.#framing.close();
  }

  #taken(): string {
    const output = this.#output;
    this.#output = '';
    return output;
  }

  #take(event: string, data: string): void {
    if (this.state !== OPEN) return;
    this.#events += 1;
    const before = this.#follower.outputBytes;
    const step = this.#follower.next(data, event);
    const { outputBytes, usage } = this.#follower;
    if (outputBytes > before) this.pieces += 1;
    if (usage !== this.#told) {
      this.#told = usage;
      this.#toldBytes = outputBytes;
    }
    switch (step.kind) {
      case 'data':
        if (step.data !== null) this.#output += this.#framing.frame(event, step.data);
        this.hasOutput = true;
        break;
      case 'end':
        if (step.data !== undefined) this.#last = this.#framing.frame(event, step.data);
        this.state = COMPLETE;
        break;
      case 'error':
        this.state = { kind: 'failed', body: step.body };
        break;
    }
  }
}
