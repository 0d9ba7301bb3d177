/**
 * Answers that were recorded elsewhere and are played back byte for byte, below `/replay/NAME/`.
 *
 * Whoever reads recordings (their formats differ) hands over status, headers and the pieces of the body; every
 * request below the base path gets them, whatever it asks. What was asked is kept, so that a test can look at it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ticker } from '../ticker.ts';

export interface ReplayAnswer {
  /** 200 where it is not given. */
  readonly status?: number;
  /** Those that speak of the framing (length, encoding, connection) are left out: the body is played as it is given. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Each is one write, and one HTTP chunk. */
  readonly chunks: readonly Uint8Array[];
  /** Before every chunk. Without it, chunks are still written in separate turns. */
  readonly delayMs?: number;
  /** Breaks the connection after the last chunk instead of ending it. */
  readonly cut?: boolean;
}

export interface ReplayedRequest {
  readonly method: string;
  /** Below the base path, with its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bodyText: string;
}

export interface Replay {
  /** The base URL under which every request gets the answer. */
  readonly url: string;
  /** What was asked, oldest first; at most the last thousand. */
  readonly requests: readonly ReplayedRequest[];
}

interface Entry {
  readonly answers: readonly ReplayAnswer[];
  readonly requests: ReplayedRequest[];
  count: number;
}

const REQUESTS_MAX = 1_000;
const FRAMING = new Set([
  'content-length',
  'transfer-encoding',
  'content-encoding',
  'connection',
  'keep-alive',
]);
const PREFIX = '/replay/';

export class Replays {
  readonly #entries = new Map<string, Entry>();
  readonly #find: (name: string) => readonly ReplayAnswer[] | null;

  /** @param find Answers for names that nobody has registered, from a folder perhaps. */
  constructor(find: (name: string) => readonly ReplayAnswer[] | null = () => null) {
    this.#find = find;
  }

  /** Several answers are given in turn, the last one for good. Registering a name again replaces it. */
  register(name: string, answers: readonly ReplayAnswer[]): readonly ReplayedRequest[] {
    const requests: ReplayedRequest[] = [];
    this.#entries.set(name, { answers, requests, count: 0 });
    return requests;
  }

  static pathOf(name: string): string {
    return `${PREFIX}${encodeURIComponent(name)}`;
  }

  static isReplay(path: string): boolean {
    return path.startsWith(PREFIX);
  }

  /** Null where nothing of that name is known. */
  take(message: IncomingMessage, bodyText: string): ReplayAnswer | null {
    const url = message.url ?? '/';
    const end = url.slice(PREFIX.length).search(/[/?]/);
    const name = decoded(url.slice(PREFIX.length, end === -1 ? undefined : PREFIX.length + end));
    const entry = this.#entryOf(name);
    if (entry === null) return null;
    const path = end === -1 ? '/' : url.slice(PREFIX.length + end);
    entry.requests.push({ method: message.method ?? 'GET', path, headers: message.headers, bodyText });
    if (entry.requests.length > REQUESTS_MAX) entry.requests.shift();
    const answer = entry.answers[Math.min(entry.count, entry.answers.length - 1)] ?? null;
    entry.count += 1;
    return answer;
  }

  #entryOf(name: string): Entry | null {
    const known = this.#entries.get(name);
    if (known !== undefined) return known;
    const answers = this.#find(name);
    if (answers === null) return null;
    this.register(name, answers);
    return this.#entries.get(name) ?? null;
  }
}

/** A name that is no good encoding is taken as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

export async function playBack(
  answer: ReplayAnswer,
  response: ServerResponse,
  ticker: Ticker,
): Promise<void> {
  const { status = 200, headers = {}, chunks, delayMs = 0, cut = false } = answer;
  for (const [name, value] of Object.entries(headers))
    if (!FRAMING.has(name.toLowerCase())) response.setHeader(name, value);
  response.writeHead(status);
  response.flushHeaders();
  for (const chunk of chunks) {
    await nextTurn(delayMs, ticker);
    if (response.destroyed) return;
    if (chunk.length > 0) await written(response, chunk);
  }
  if (cut) response.socket?.destroy();
  else response.end();
}

function nextTurn(delayMs: number, ticker: Ticker): Promise<void> {
  return new Promise((resolve) => {
    if (delayMs > 0) ticker.at(ticker.now() + delayMs, resolve);
    else setImmediate(resolve);
  });
}

/** Resolves when the system took the bytes or the reader left. */
function written(response: ServerResponse, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('close', done);
      resolve();
    };
    response.once('close', done);
    response.write(chunk, done);
  });
}

/** Cuts bytes at the given offsets, for every place where a reader might meet a split. */
export function cutAt(bytes: Uint8Array, offsets: readonly number[]): Uint8Array[] {
  const within = [...new Set(offsets)].filter((offset) => offset > 0 && offset < bytes.length);
  const places = [0, ...within.sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
}

/** Cuts bytes into pieces of one size. */
export function cutEvery(bytes: Uint8Array, size: number): Uint8Array[] {
  const count = Math.max(0, Math.ceil(bytes.length / size) - 1);
  return cutAt(
    bytes,
    Array.from({ length: count }, (_, i) => (i + 1) * size),
  );
}
