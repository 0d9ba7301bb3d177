/**
 * The provider's own books: what was asked, what was sent, what it would bill. Append-only JSON Lines.
 *
 * A meter in front of the simulator is right when it agrees with this file. Each line is written with one
 * synchronous append before the bytes it speaks of are handed over, so that `kill -9` loses nothing that a client
 * saw; at most the log says more than was delivered. Read it with read-truth.ts.
 */
import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Usage } from './answer.ts';

export type Outcome =
  /** The whole answer was handed to the operating system. */
  | 'finished'
  /** An error answer (4xx, 5xx) was sent; nothing is billed. */
  | 'refused'
  | 'client_abort'
  | 'cut_by_simulator'
  /** The simulator was told to stop while the answer was under way. */
  | 'simulator_stopped';

export interface ReceivedEntry {
  readonly requestId: string;
  /** The wire format: `openai-chat`, `anthropic-messages`, … */
  readonly format: string;
  readonly model: string | null;
  readonly bodySha256: string;
  readonly bodyBytes: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly user: string | null;
  /** From the control `ref`: what a test called this request. */
  readonly ref: string | null;
  readonly stream: boolean;
  readonly inputTokens: number;
}

export interface SentState {
  readonly bytesWritten: number;
  readonly tokensWritten: number;
  /** Usage was handed over, at least to the socket's buffer; `usageSent` says that the system took it. */
  readonly usageWritten: boolean;
  readonly usageSent: boolean;
  readonly billed: Usage;
}

export type TruthLine = { readonly run: string; readonly at: string } & (
  | { readonly event: 'started'; readonly nextSequence: number }
  | ({ readonly event: 'received'; readonly sequence: number } & ReceivedEntry)
  | ({ readonly event: 'sending'; readonly sequence: number } & SentState)
  | ({
      readonly event: 'closed';
      readonly sequence: number;
      readonly status: number;
      readonly outcome: Outcome;
    } & SentState)
  /** After usage was handed over, the reader ended the connection with bytes of the answer unread in its buffers. */
  | { readonly event: 'unread'; readonly sequence: number }
);

type NewLine = TruthLine extends infer L ? (L extends TruthLine ? Omit<L, 'run' | 'at'> : never) : never;

const READ_BYTES = 1 << 20;
const NEW_LINE = 10;

export class TruthLog {
  readonly path: string;
  /** The first sequence of this run; it continues after the last one in the file. */
  readonly nextSequence: number;
  readonly #descriptor: number;
  readonly #run: string;
  readonly #now: () => number;
  #openCount = 0;
  #whenSettled: (() => void)[] = [];

  /** @throws The folder cannot be made or the file not opened for appending. */
  constructor(path: string, now: () => number) {
    mkdirSync(dirname(path), { recursive: true });
    this.path = path;
    this.#now = now;
    this.#descriptor = openSync(path, 'a+');
    const { lastSequence, isTorn } = scan(this.#descriptor);
    // A kill in the middle of an append leaves half a line; the next line must not continue it.
    if (isTorn) writeSync(this.#descriptor, '\n');
    this.nextSequence = lastSequence + 1;
    this.#run = `${new Date(now()).toISOString()}#${this.nextSequence}`;
    this.#append({ event: 'started', nextSequence: this.nextSequence });
  }

  received(sequence: number, entry: ReceivedEntry): void {
    this.#openCount += 1;
    this.#append({ event: 'received', sequence, ...entry });
  }

  sending(sequence: number, state: SentState): void {
    this.#append({ event: 'sending', sequence, ...state });
  }

  closed(sequence: number, status: number, outcome: Outcome, state: SentState): void {
    this.#append({ event: 'closed', sequence, status, outcome, ...state });
    this.#openCount -= 1;
    if (this.#openCount > 0) return;
    for (const settle of this.#whenSettled.splice(0)) settle();
  }

  unread(sequence: number): void {
    this.#append({ event: 'unread', sequence });
  }

  /** Resolves once every received request has its closing line. */
  whenSettled(): Promise<void> {
    if (this.#openCount === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenSettled.push(resolve));
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #append(line: NewLine): void {
    const { event, ...rest } = line;
    const text = JSON.stringify({ event, run: this.#run, at: new Date(this.#now()).toISOString(), ...rest });
    writeSync(this.#descriptor, `${text}\n`);
  }
}

/** Finds the highest sequence of earlier runs without holding the file in memory. */
function scan(descriptor: number): { lastSequence: number; isTorn: boolean } {
  const { size } = fstatSync(descriptor);
  const buffer = Buffer.alloc(READ_BYTES);
  let lastSequence = 0;
  let rest = '';
  let lastByte = NEW_LINE;
  for (let position = 0; position < size; ) {
    const count = readSync(descriptor, buffer, 0, READ_BYTES, position);
    if (count === 0) break;
    position += count;
    lastByte = buffer[count - 1] ?? NEW_LINE;
    const lines = (rest + buffer.toString('latin1', 0, count)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) lastSequence = Math.max(lastSequence, sequenceOf(line));
  }
  return { lastSequence: Math.max(lastSequence, sequenceOf(rest)), isTorn: lastByte !== NEW_LINE };
}

function sequenceOf(line: string): number {
  const found = /^\{"event":"[a-z]+","run":"[^"]+","at":"[^"]+","sequence":(\d+)[,}]/.exec(line);
  return found?.[1] === undefined ? 0 : Number(found[1]);
}
