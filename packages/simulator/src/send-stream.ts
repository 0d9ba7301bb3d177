/**
 * Sends the events of a stream at their pace, and breaks the stream in the ways a test asks for.
 *
 * Late wake-ups do not slow a stream down: every event that is due goes out in one write. A reader that does not
 * read stops production, so that ten thousand slow readers cost no memory.
 */
import type { ServerResponse } from 'node:http';
import type { Controls } from './controls.ts';
import type { Pacing } from './models.ts';
import type { StreamEvent } from './stream-events.ts';
import type { Ticker, Wait } from './ticker.ts';

const BATCH_CHARACTERS_MAX = 16_384;

export interface StreamWatcher {
  /** The head of the response is due. */
  begin(): void;
  /** Called before the bytes are handed to the socket. `tokens` and `bytes` are of this write. */
  sending(bytes: number, tokens: number, hasUsage: boolean): void;
  /** The operating system took the bytes of the usage event. */
  usageSent(): void;
  /** The simulator itself is about to break or silence the stream. */
  breaking(how: 'cut' | 'hang'): void;
}

export interface StreamJob {
  readonly response: ServerResponse;
  readonly events: Iterator<StreamEvent>;
  readonly controls: Controls;
  readonly pacing: Pacing;
  readonly reasoningTokens: number;
  /** The events are bytes, one in each character. */
  readonly isBinary: boolean;
  readonly ticker: Ticker;
  readonly watcher: StreamWatcher;
}

export class StreamSender {
  readonly #job: StreamJob;
  readonly #cutAfter: number;
  readonly #hangAfter: number;
  #next: StreamEvent | null = null;
  #dueMs: number;
  #eventsSent = 0;
  #hasSentTokens = false;
  #hasSentHead = false;
  #wroteToSocket = false;
  #wait: Wait | null = null;

  constructor(job: StreamJob) {
    const { controls, pacing } = job;
    this.#job = job;
    this.#cutAfter =
      controls['cut-after-chunks'] ?? (controls['cut-mid-event'] === true ? 1 : Number.POSITIVE_INFINITY);
    this.#hangAfter = controls['hang-after-chunks'] ?? Number.POSITIVE_INFINITY;
    this.#dueMs = job.ticker.now() + pacing.firstTokenMs + job.reasoningTokens * pacing.intervalMs;
  }

  start(): void {
    const isWaiting = this.#dueMs > this.#job.ticker.now();
    if (isWaiting) this.#sleep();
    else this.#pump();
  }

  /** Nothing is sent after this. */
  stop(): void {
    this.#wait?.cancel();
    this.#wait = null;
  }

  #sleep(): void {
    this.#wait = this.#job.ticker.at(this.#dueMs, () => {
      this.#wait = null;
      this.#pump();
    });
  }

  #pump(): void {
    const { response, events, ticker, pacing, watcher } = this.#job;
    if (response.destroyed) return;
    if (!response.headersSent) watcher.begin();
    const nowMs = ticker.now();
    let batch = '';
    let tokens = 0;
    let hasUsage = false;
    while (true) {
      const event = this.#take(events);
      if (this.#eventsSent >= this.#cutAfter || this.#eventsSent >= this.#hangAfter) {
        this.#write(batch, tokens, hasUsage);
        this.#break(event);
        return;
      }
      if (event === null) {
        this.#write(batch, tokens, hasUsage);
        response.end();
        return;
      }
      if (event.tokens > 0 && this.#hasSentTokens && this.#dueMs > nowMs) {
        this.#write(batch, tokens, hasUsage);
        this.#sleep();
        return;
      }
      if (event.tokens > 0) {
        this.#hasSentTokens = true;
        this.#dueMs += pacing.intervalMs;
      }
      this.#next = null;
      this.#eventsSent += 1;
      batch += event.text;
      tokens += event.tokens;
      hasUsage ||= event.isUsage;
      if (batch.length < BATCH_CHARACTERS_MAX) continue;
      if (!this.#write(batch, tokens, hasUsage)) {
        this.#pumpWhenDrained(response);
        return;
      }
      batch = '';
      tokens = 0;
      hasUsage = false;
    }
  }

  #pumpWhenDrained(response: ServerResponse): void {
    const waited = this.#wroteToSocket ? response.socket : response;
    waited?.once('drain', () => this.#pump());
  }

  #take(events: Iterator<StreamEvent>): StreamEvent | null {
    if (this.#next !== null) return this.#next;
    const result = events.next();
    this.#next = result.done === true ? null : result.value;
    return this.#next;
  }

  /** Returns false when the reader is behind. */
  #write(text: string, tokens: number, hasUsage: boolean): boolean {
    if (text === '') return true;
    const { response, controls, watcher, isBinary } = this.#job;
    const whenTaken = hasUsage ? takenCallback(() => watcher.usageSent()) : undefined;
    const size = controls['chunk-bytes'];
    const bytes = isBinary ? text.length : Buffer.byteLength(text);
    watcher.sending(bytes, tokens, hasUsage);
    if (size === undefined || size < 1) return this.#writeChunk(text, bytes, whenTaken);
    return writeInPieces(
      response,
      Buffer.from(text, isBinary ? 'latin1' : 'utf8'),
      Math.floor(size),
      whenTaken,
    );
  }

  /**
   * One HTTP chunk in one socket write; Node's own takes several. Node's is used
   * for the first, where the head goes along, and for a response that waits for its turn on the socket.
   */
  #writeChunk(text: string, bytes: number, whenTaken?: (error?: Error | null) => void): boolean {
    const { response } = this.#job;
    const { socket } = response;
    // The response keeps what was written in this turn, head included: nothing may overtake it.
    this.#wroteToSocket =
      this.#hasSentHead && socket !== null && response.writableLength === socket.writableLength;
    this.#hasSentHead = true;
    if (!this.#wroteToSocket || socket === null) {
      return response.write(text, this.#job.isBinary ? 'latin1' : 'utf8', whenTaken);
    }
    return socket.write(
      `${bytes.toString(16)}\r\n${text}\r\n`,
      bytes === text.length ? 'latin1' : 'utf8',
      whenTaken,
    );
  }

  #break(next: StreamEvent | null): void {
    const { response, controls, watcher, isBinary } = this.#job;
    if (this.#eventsSent >= this.#hangAfter) {
      watcher.breaking('hang');
      return;
    }
    watcher.breaking('cut');
    const bytes = Buffer.from(next?.text ?? '', isBinary ? 'latin1' : 'utf8');
    const half =
      controls['cut-mid-event'] === true
        ? bytes.subarray(0, Math.floor(bytes.length / 2))
        : bytes.subarray(0, 0);
    if (half.length > 0) watcher.sending(half.length, 0, false);
    cutResponse(response, half, controls['cut-how']);
  }
}

function takenCallback(run: () => void): (error?: Error | null) => void {
  return (error) => {
    if (error === undefined || error === null) run();
  };
}

/** Writes a buffer as HTTP chunks of `size` bytes, so that a reader meets every possible split. */
export function writeInPieces(
  response: ServerResponse,
  bytes: Buffer,
  size: number,
  whenTaken?: (error?: Error | null) => void,
): boolean {
  let isReady = true;
  for (let start = 0; start < bytes.length; start += size) {
    const isLast = start + size >= bytes.length;
    isReady = response.write(bytes.subarray(start, start + size), isLast ? whenTaken : undefined);
  }
  return isReady;
}

/** Ends a response the wrong way once everything before, and `last`, was taken by the operating system. */
export function cutResponse(response: ServerResponse, last: Buffer, how: string | undefined): void {
  if (how === 'end') {
    response.end(last);
    return;
  }
  const cut = () => {
    if (how === 'reset') response.socket?.resetAndDestroy();
    else response.socket?.destroy();
  };
  if (last.length > 0) response.write(last, cut);
  // What was written in this turn reaches the socket at its end; an empty write then waits for it.
  else setImmediate(() => response.socket?.write('', cut));
}
