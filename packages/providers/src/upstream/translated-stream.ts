/**
 * A stream whose client speaks another format than the provider: events become neutral ones, and those the client's.
 * The client's last words wait for `finish`, so that the books can be closed first.
 */
import type { TokenUsage } from '@tollgate/catalog';
import {
  decodeBytes,
  encodeBytes,
  type JsonValue,
  type NeutralEvent,
  type StreamMessage,
  type StreamReader,
  type StreamWriter,
} from '@tollgate/dialects';
import type { GatewayError } from '@tollgate/errors';
import { readFinishReason } from '../openai-compatible/finish-reason.ts';
import { laterUsage } from '../openai-compatible/usage.ts';
import type { CreateEventSource, EventSource } from './event-source.ts';
import type { Framing } from './framing.ts';
import type { AnswerStream, AnswerStreamState } from './understood-request.ts';

export interface TranslatedStreamOptions {
  readonly reader: StreamReader;
  readonly writer: StreamWriter;
  readonly framing: Framing;
  readonly createSource: CreateEventSource;
  /** What the tier that the answer names is called by prices; undefined: it is none with a price. */
  readonly servedTierOf: (tier: string | undefined) => string | undefined;
}

const OPEN: AnswerStreamState = { kind: 'open' };
const COMPLETE: AnswerStreamState = { kind: 'complete' };
const BEYOND_ASCII = /[^\0-\x7f]/;

export class TranslatedStream implements AnswerStream {
  readonly #reader: StreamReader;
  readonly #writer: StreamWriter;
  readonly #framing: Framing;
  readonly #source: EventSource;
  readonly #servedTierOf: TranslatedStreamOptions['servedTierOf'];
  #output = '';
  #last = '';
  #toldBytes = 0;
  usage: TokenUsage | undefined;
  finishReason = '';
  servedTier: string | undefined;
  outputBytes = 0;
  pieces = 0;
  hasOutput = false;
  state: AnswerStreamState = OPEN;

  constructor({ reader, writer, framing, createSource, servedTierOf }: TranslatedStreamOptions) {
    this.#servedTierOf = servedTierOf;
    this.#reader = reader;
    this.#writer = writer;
    this.#framing = framing;
    this.#source = createSource(
      (event, data) => this.#take(event, data),
      (body) => {
        if (this.state === OPEN) this.state = { kind: 'failed', body };
      },
    );
  }

  get contentType(): string {
    return this.#framing.contentType;
  }

  get untoldBytes(): number {
    return this.outputBytes - this.#toldBytes;
  }

  feed(chunk: Buffer): string {
    this.#source.feed(chunk);
    return this.#taken();
  }

  close(): string {
    this.#source.end();
    if (this.state === OPEN) this.#write(this.#reader.close());
    return this.#taken();
  }

  finish(): string {
    return this.#last + this.#frame(this.#writer.finish()) + this.#framing.close();
  }

  fail(error: GatewayError): string {
    return this.#frame(this.#writer.fail(error)) + this.#framing.close();
  }

  #taken(): string {
    const output = this.#output;
    this.#output = '';
    return output;
  }

  #take(event: string, data: string): void {
    if (this.state !== OPEN) return;
    const value = parseEvent(data);
    if (value === undefined) this.state = { kind: 'failed', body: undefined };
    else {
      const told = this.usage;
      this.#write(this.#reader.read(value, event));
      // Usage counts what came with it, whichever the reader tells first.
      if (this.usage !== told) this.#toldBytes = this.outputBytes;
    }
  }

  #write(events: readonly NeutralEvent[]): void {
    for (const event of events) {
      if (this.state !== OPEN) return;
      if (event.kind === 'error') {
        this.state = { kind: 'failed', body: event.body };
        return;
      }
      this.#meter(event);
      const text = this.#frame(this.#writer.write(event));
      if (event.kind === 'end') {
        this.#last = text;
        this.state = COMPLETE;
      } else this.#output += text;
    }
  }

  #meter(event: NeutralEvent): void {
    switch (event.kind) {
      case 'start':
        this.servedTier = this.#servedTierOf(event.serviceTier);
        break;
      case 'usage':
        this.usage = laterUsage(this.usage, event.usage);
        this.servedTier = this.#servedTierOf(event.serviceTier) ?? this.servedTier;
        break;
      case 'finish':
        if (this.finishReason === '') this.finishReason = readFinishReason(event.finish.raw);
        break;
      case 'blockDelta': {
        const bytes = deltaBytes(event.delta);
        if (bytes > 0) this.pieces += 1;
        this.outputBytes += bytes;
        break;
      }
      default:
        break;
    }
    this.hasOutput = true;
  }

  #frame(messages: readonly StreamMessage[]): string {
    let text = '';
    for (const { event, data } of messages) {
      text += this.#framing.frame(event, BEYOND_ASCII.test(data) ? encodeBytes(data) : data);
    }
    return text;
  }
}

function deltaBytes(delta: (NeutralEvent & { kind: 'blockDelta' })['delta']): number {
  switch (delta.kind) {
    case 'text':
      return Buffer.byteLength(delta.text);
    case 'audio':
      // The bytes of sound are no measure of tokens.
      return Buffer.byteLength(delta.transcript ?? '');
    default:
      return 0;
  }
}

/** `[DONE]` is no JSON, and is passed as that string. */
function parseEvent(data: string): JsonValue | undefined {
  if (data.trim() === '[DONE]') return '[DONE]';
  try {
    return JSON.parse(BEYOND_ASCII.test(data) ? decodeBytes(data) : data) as JsonValue;
  } catch {
    return undefined;
  }
}
