/**
 * One call to a provider at undici's dispatch level: no promise, stream or timer per chunk.
 *
 * Tells its consumer what happens, in order: a head, data, then exactly one of end and failure. After `abort`
 * it tells nothing any more.
 */
import type { Dispatcher } from 'undici';
import type { Deadline, Deadlines } from '../deadlines.ts';

export type UpstreamResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

export type CallFailureReason = 'connect' | 'private-address' | 'timeout' | 'broken';

export interface CallFailure {
  readonly reason: CallFailureReason;
  /** Whether anything may have reached the provider. */
  readonly sent: boolean;
  readonly cause: Error;
}

export interface CallConsumer {
  onHead(status: number, headers: UpstreamResponseHeaders): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  onFailure(failure: CallFailure): void;
}

export interface UpstreamRequest {
  readonly dispatcher: Dispatcher;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

class AbortedCallError extends Error {
  override readonly name = 'AbortedCallError';
}

export class UpstreamCall implements Dispatcher.DispatchHandler {
  readonly #consumer: CallConsumer;
  readonly #deadlines: Deadlines;
  readonly #deadline: Deadline;
  #controller: Dispatcher.DispatchController | undefined;
  #over = false;
  #sent = false;

  /** Starts at once. @param deadlineMs Monotonic; moved with `extend`. */
  constructor(request: UpstreamRequest, consumer: CallConsumer, deadlines: Deadlines, deadlineMs: number) {
    this.#consumer = consumer;
    this.#deadlines = deadlines;
    this.#deadline = deadlines.add(deadlineMs, () => this.#expire());
    request.dispatcher.dispatch(
      { path: request.path, method: request.method, headers: request.headers, body: request.body },
      this,
    );
  }

  get over(): boolean {
    return this.#over;
  }

  extend(deadlineMs: number): void {
    this.#deadline.atMs = deadlineMs;
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  /** Closes the connection to the provider. The consumer hears nothing more. */
  abort(): void {
    if (this.#over) return;
    this.#finish();
    this.#controller?.abort(new AbortedCallError('the gateway ended this call'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Aborted or expired while it waited for a connection.
    if (this.#over) controller.abort(new AbortedCallError('the gateway ended this call before it was sent'));
    else this.#sent = true;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: UpstreamResponseHeaders,
  ): void {
    if (!this.#over && status >= 200) this.#consumer.onHead(status, headers);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#over) this.#consumer.onData(chunk);
  }

  onResponseEnd(): void {
    if (this.#over) return;
    this.#finish();
    try {
      this.#consumer.onEnd();
    } catch (error) {
      // An answer that no reader gets through, too deep for one: nobody else would tell, and the request never end.
      const cause = error instanceof Error ? error : new Error('an answer cannot be read', { cause: error });
      this.#consumer.onFailure({ reason: 'broken', sent: true, cause });
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#over) return;
    this.#finish();
    this.#consumer.onFailure({ reason: this.#reasonOf(error), sent: this.#sent, cause: error });
  }

  #reasonOf(error: Error): CallFailureReason {
    if ((error as { code?: unknown }).code === 'TOLLGATE_PRIVATE_ADDRESS') return 'private-address';
    return this.#sent ? 'broken' : 'connect';
  }

  #expire(): void {
    if (this.#over) return;
    this.#finish();
    const cause = new AbortedCallError('the provider did not answer in time');
    this.#controller?.abort(cause);
    this.#consumer.onFailure({ reason: 'timeout', sent: this.#sent, cause });
  }

  #finish(): void {
    this.#over = true;
    this.#deadlines.remove(this.#deadline);
  }
}
