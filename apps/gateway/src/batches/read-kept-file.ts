/**
 * Reads a file that an account keeps, line by line, while it arrives: no more than some pieces of it are ever in memory,
 * and the event loop is given back every few milliseconds. It costs nothing, so that no attempt is made of it.
 *
 * Not here: what the lines mean.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LineSplitter, LineTooLongError, readResourceRequest, type UpstreamPlan } from '@tollgate/providers';
import { callFailure, interruptionOf, statusFailure } from '../attempts/attempt-failure.ts';
import {
  type CallConsumer,
  type CallFailure,
  UpstreamCall,
  type UpstreamResponseHeaders,
} from '../attempts/upstream-call.ts';
import type { Candidate } from '../pipeline/candidates.ts';
import { type Exchange, known } from '../pipeline/exchange.ts';
import type { Services } from '../services.ts';
import { addressOf, requestHeaders } from '../upstream/credential-access.ts';

/** A limit of ours, or of what the provider gives out: there may be a batch of the file, but nobody has seen its lines. */
export interface Unread {
  readonly reason: string;
}

const NO_BODY = Buffer.alloc(0);
const ERROR_BODY_MAX_BYTES = 256 * 1024;
const SLICE_MS = 5;
/** A provider that knows the file, and keeps it to itself. */
const WITHHELD: ReadonlySet<number> = new Set([400, 403, 405, 422]);

/**
 * @param onLine Throws to end the reading; that is thrown here.
 * @returns Undefined: all of it was read.
 * @throws {GatewayError} There is no such file, or the provider does not serve just now.
 */
export async function readKeptFile(
  exchange: Exchange,
  services: Services,
  keeper: Candidate,
  fileId: string,
  onLine: (line: Buffer) => void,
): Promise<Unread | undefined> {
  const { limits, clock } = services;
  const asked = readResourceRequest('openai-files', NO_BODY, {
    method: 'GET',
    subject: `${fileId}/content`,
    query: '',
    contentType: '',
  });
  if (!asked.isServedBy(keeper.provider, '')) return { reason: 'its provider does not give files out' };
  const plan = asked.plan({
    provider: keeper.provider,
    model: '',
    outputCap: undefined,
    unsupported: 'usual',
    requestId: exchange.requestId,
    nowSeconds: Math.floor(clock.nowMs() / 1000),
    price: undefined,
  });
  const { credential, provider } = keeper;
  const { origin, path } = addressOf(credential, provider, plan, '');
  const owner = `${known(exchange.key, 'the key').organizationId} ${credential.id} ${credential.version}`;
  const headers = await services.authorizeRequest(credential, provider, {
    method: 'GET',
    origin,
    path,
    headers: requestHeaders(credential, provider, plan, `${exchange.requestId}-input`),
    body: null,
    nowMs: clock.nowMs(),
  });
  const source = new FileSource(limits.batchFileMaxBytes);
  const deadlineMs =
    exchange.startedMs +
    Math.min(limits.totalTimeoutMs, exchange.clientTimeoutMs ?? Number.POSITIVE_INFINITY);
  const dispatcher = services.pools.get(owner, origin, credential.owner === 'operator');
  const request = { dispatcher, method: 'GET' as const, path, headers };
  const call = new UpstreamCall({ ...request, body: null }, source, services.deadlines, deadlineMs);
  source.call = call;
  const interrupt = (): void => {
    call.abort();
    source.stop();
  };
  exchange.onInterrupt = interrupt;
  try {
    const unread = await readLines(source, services, onLine);
    const early = interruptionOf(exchange);
    if (early !== undefined) throw early;
    return unread ?? endOf(source.end, keeper, plan, limits.batchFileMaxBytes);
  } finally {
    exchange.onInterrupt = undefined;
    call.abort();
  }
}

/** @returns Undefined when all lines were taken; the end of the source then tells whether it was the whole file. */
async function readLines(
  source: FileSource,
  { limits, clock }: Services,
  onLine: (line: Buffer) => void,
): Promise<Unread | undefined> {
  const splitter = new LineSplitter(limits.batchLineMaxBytes);
  let lines = 0;
  let sliceMs = clock.monotonicMs();
  const take = async (found: readonly Buffer[]): Promise<boolean> => {
    for (const line of found) {
      lines += 1;
      if (lines > limits.batchMaxLines) return false;
      onLine(line);
      if (clock.monotonicMs() - sliceMs < SLICE_MS) continue;
      await nextTurn();
      sliceMs = clock.monotonicMs();
    }
    return true;
  };
  const tooMany = { reason: `its input file has more than ${limits.batchMaxLines} lines` };
  try {
    for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next()) {
      if (!(await take(splitter.feed(chunk)))) return tooMany;
      // Also a chunk without an end of a line takes its time.
      if (clock.monotonicMs() - sliceMs >= SLICE_MS) await nextTurn();
    }
    if (source.end?.kind === 'complete' && !(await take(splitter.end()))) return tooMany;
  } catch (error) {
    if (error instanceof LineTooLongError) return { reason: `in its input file ${error.message}` };
    throw error;
  }
  return undefined;
}

/** @throws {GatewayError} The connection failed. */
function endOf(
  end: FileEnd | undefined,
  keeper: Candidate,
  plan: UpstreamPlan,
  maxBytes: number,
): Unread | undefined {
  switch (end?.kind) {
    case 'complete':
      return undefined;
    case 'too-large':
      return { reason: `its input file has more than ${maxBytes} bytes` };
    case 'encoded':
      return { reason: 'its input file comes compressed without being asked to' };
    case 'refused': {
      const { status, headers, body } = end;
      if (!WITHHELD.has(status)) throw statusFailure(keeper, plan, status, headers, body).error;
      return { reason: `its provider does not give the input file out (${status})` };
    }
    case 'failed':
      throw callFailure(keeper, end.failure, 0, {}).error;
    case undefined:
      throw new Error('Cannot go on: a file that ended must say how');
  }
}

type FileEnd =
  | { readonly kind: 'complete' | 'too-large' | 'encoded' }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly headers: UpstreamResponseHeaders;
      readonly body: Buffer;
    }
  | { readonly kind: 'failed'; readonly failure: CallFailure };

/** What arrives of a file, for one reader that takes it as fast as it can: the connection waits for it. */
class FileSource implements CallConsumer {
  call: UpstreamCall | undefined;
  readonly #maxBytes: number;
  #status = 0;
  #headers: UpstreamResponseHeaders = {};
  #chunks: Buffer[] = [];
  #bytes = 0;
  #end: FileEnd | undefined;
  #wake: (() => void) | undefined;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** How it ended, once `next` has returned undefined. */
  get end(): FileEnd | undefined {
    return this.#end;
  }

  /** @returns Undefined: nothing more comes. */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      const chunk = this.#status < 300 ? this.#chunks.shift() : undefined;
      if (chunk !== undefined) return chunk;
      if (this.#end !== undefined) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.call?.resume();
      });
    }
  }

  /** Nobody waits for the rest. */
  stop(): void {
    this.#chunks = [];
    this.#finish({ kind: 'complete' });
  }

  onHead(status: number, headers: UpstreamResponseHeaders): void {
    this.#status = status;
    this.#headers = headers;
    const encoding = headers['content-encoding'];
    if (status < 300 && encoding !== undefined && encoding !== 'identity' && encoding !== '') {
      this.#giveUp({ kind: 'encoded' });
    }
  }

  onData(chunk: Buffer): void {
    if (this.#end !== undefined) return;
    this.#bytes += chunk.length;
    if (this.#status >= 300) {
      if (this.#bytes <= ERROR_BODY_MAX_BYTES) this.#chunks.push(chunk);
      return;
    }
    if (this.#bytes > this.#maxBytes) {
      this.#giveUp({ kind: 'too-large' });
      return;
    }
    this.#chunks.push(chunk);
    this.call?.pause();
    this.#rouse();
  }

  onEnd(): void {
    const [status, headers] = [this.#status, this.#headers];
    this.#finish(
      status < 300
        ? { kind: 'complete' }
        : { kind: 'refused', status, headers, body: Buffer.concat(this.#chunks) },
    );
  }

  onFailure(failure: CallFailure): void {
    this.#finish({ kind: 'failed', failure });
  }

  #giveUp(end: FileEnd): void {
    this.call?.abort();
    this.#chunks = [];
    this.#finish(end);
  }

  #finish(end: FileEnd): void {
    this.#end ??= end;
    this.#rouse();
  }

  #rouse(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
