/**
 * Carries out one exchange of any format: answers or breaks it as decided, and keeps the truth log in step.
 *
 * What the provider bills: nothing for a refusal or for a request that it let hang unanswered; the whole answer for
 * a plain request, even when its client left; the prompt and the tokens produced so far for a stream that was cut.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Usage } from '../answer.ts';
import { echoedHeaders } from '../answer-headers.ts';
import type { Controls } from '../controls.ts';
import type { Runtime } from '../runtime.ts';
import { cutResponse, StreamSender, writeInPieces } from '../send-stream.ts';
import type { Wait } from '../ticker.ts';
import type { Outcome } from '../truth-log.ts';
import type { PlainReply, RefusalReply, Reply, StreamReply } from './reply.ts';

export interface ReceivedRequest {
  readonly message: IncomingMessage;
  readonly bytes: Buffer;
  readonly sequence: number;
  readonly requestId: string;
}

const NOTHING: Usage = { promptTokens: 0, cachedTokens: 0, completionTokens: 0, reasoningTokens: 0 };
const LOGGED_HEADERS = /^(x-client-request-id|x-tollgate-.*|x-request-id|idempotency-key|traceparent)$/;
const JUNK = 'HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\njunk!\n';
const HTML_ERROR =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>Bad gateway</body>\r\n</html>\r\n';

export class Delivery {
  readonly #runtime: Runtime;
  readonly #received: ReceivedRequest;
  readonly #response: ServerResponse;
  #fixedHeaders: readonly string[] = [];
  #bytesWritten = 0;
  #tokensWritten = 0;
  #usageWritten = false;
  #usageSent = false;
  #isFinished = false;
  #brokenBy: 'cut' | 'hang' | null = null;
  #billed: () => Usage = () => NOTHING;
  #wait: Wait | null = null;
  #sender: StreamSender | null = null;

  constructor(runtime: Runtime, received: ReceivedRequest, response: ServerResponse) {
    this.#runtime = runtime;
    this.#received = received;
    this.#response = response;
  }

  run(reply: Reply): void {
    this.#fixedHeaders = reply.fixedHeaders;
    // The connection brings another request: whoever reads it has read the answer before.
    stopWatching(this.#received.message.socket);
    this.#logReceived(reply);
    this.#response.once('finish', () => this.#finished(reply.controls));
    this.#response.once('close', () => this.#closed());
    if (reply.controls.hang === true) {
      this.#brokenBy = 'hang';
      return;
    }
    if (reply.kind === 'refusal') this.#after(reply.controls['latency-ms'] ?? 0, () => this.#refuse(reply));
    else if (reply.kind === 'stream') this.#stream(reply);
    else {
      this.#billed = () => reply.usage;
      this.#after(reply.delayMs, () => this.#answerPlainly(reply));
    }
  }

  #after(delayMs: number, run: () => void): void {
    const { ticker } = this.#runtime;
    if (delayMs <= 0) run();
    else this.#wait = ticker.at(ticker.now() + delayMs, run);
  }

  #refuse({ failure, controls }: RefusalReply): void {
    const form = controls['error-body'] ?? 'json';
    const body = Buffer.from(form === 'json' ? failure.body : form === 'html' ? HTML_ERROR : '');
    this.#sending(body.length, 0, false);
    this.#writeHead(failure.status, controls, [
      'content-type',
      form === 'html' ? 'text/html' : failure.contentType,
      'content-length',
      String(body.length),
      ...failure.headers,
    ]);
    this.#response.end(body);
  }

  #answerPlainly({ controls, body: content, headers, usage, hasUsage, status }: PlainReply): void {
    const response = this.#response;
    const whole = typeof content === 'string' ? Buffer.from(content) : content;
    const plain = controls['bad-event'] === undefined ? whole : whole.subarray(0, whole.length >> 1);
    const body = controls.gzip === true ? gzipSync(plain) : plain;
    const isCut = controls['cut-after-chunks'] !== undefined || controls['cut-mid-event'] === true;
    this.#sending(isCut ? body.length >> 1 : body.length, usage.completionTokens, !isCut && hasUsage);
    this.#writeHead(status, controls, [
      ...headers,
      'content-length',
      String(body.length),
      ...(controls.gzip === true ? ['content-encoding', 'gzip'] : []),
    ]);
    if (isCut) {
      this.#brokenBy = 'cut';
      // A plain body has a length, so every way to end it here is a broken one.
      const how = controls['cut-how'] === 'reset' ? 'reset' : 'close';
      cutResponse(response, body.subarray(0, body.length >> 1), how);
      return;
    }
    const size = controls['chunk-bytes'];
    if (size === undefined || size < 1) {
      response.end(body);
      return;
    }
    writeInPieces(response, body, Math.floor(size));
    response.end();
  }

  #stream({ controls, usage, events, pacing, hiddenTokens, headers, isBinary }: StreamReply): void {
    this.#billed = () => ({
      ...usage,
      completionTokens: Math.min(usage.completionTokens, this.#tokensWritten),
      reasoningTokens: Math.min(usage.reasoningTokens, this.#tokensWritten),
    });
    this.#sender = new StreamSender({
      response: this.#response,
      events,
      controls,
      pacing,
      reasoningTokens: hiddenTokens,
      isBinary,
      ticker: this.#runtime.ticker,
      watcher: {
        begin: () => this.#writeHead(200, controls, headers),
        sending: (bytes, tokens, hasUsage) => this.#sending(bytes, tokens, hasUsage),
        usageSent: () => {
          this.#usageSent = true;
        },
        breaking: (how) => {
          this.#brokenBy = how;
        },
      },
    });
    this.#sender.start();
  }

  #writeHead(status: number, controls: Controls, headers: readonly string[]): void {
    const echoed = controls['echo-headers'] === true ? echoedHeaders(this.#received.message.rawHeaders) : [];
    this.#response.writeHead(status, [...headers, ...this.#fixedHeaders, ...echoed]);
  }

  #sending(bytes: number, tokens: number, hasUsage: boolean): void {
    this.#bytesWritten += bytes;
    this.#tokensWritten += tokens;
    if (hasUsage && !this.#usageWritten) this.#watchReader();
    this.#usageWritten ||= hasUsage;
    this.#runtime.truth?.sending(this.#received.sequence, this.#state());
  }

  /**
   * A reader that dies or leaves with bytes of its own unread resets the connection; one that had read everything
   * closes it. So the books can tell a usage that arrived in a process from one that only reached its machine.
   */
  #watchReader(): void {
    const { truth } = this.#runtime;
    if (truth === null) return;
    const { message, sequence } = this.#received;
    watch(message.socket, (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') truth.unread(sequence);
    });
  }

  #state() {
    return {
      bytesWritten: this.#bytesWritten,
      tokensWritten: this.#tokensWritten,
      usageWritten: this.#usageWritten,
      usageSent: this.#usageSent,
      billed: this.#billed(),
    };
  }

  #finished(controls: Controls): void {
    this.#isFinished = true;
    this.#usageSent = this.#usageWritten;
    const junk = controls['extra-bytes'];
    if (junk !== undefined)
      this.#received.message.socket.write(JUNK.repeat(Math.ceil(junk / JUNK.length)).slice(0, junk));
    // Not on `close`: a client may ask the log for this request before its connection says anything more.
    this.#logClosed();
  }

  #closed(): void {
    this.#wait?.cancel();
    this.#sender?.stop();
    if (!this.#isFinished) this.#logClosed();
  }

  #logClosed(): void {
    const status = this.#response.headersSent ? this.#response.statusCode : 0;
    this.#runtime.truth?.closed(this.#received.sequence, status, this.#outcome(), this.#state());
  }

  #outcome(): Outcome {
    if (this.#brokenBy === 'cut') return 'cut_by_simulator';
    if (this.#isFinished) return this.#response.statusCode >= 300 ? 'refused' : 'finished';
    return this.#runtime.isStopping ? 'simulator_stopped' : 'client_abort';
  }

  #logReceived(reply: Reply): void {
    const { truth } = this.#runtime;
    if (truth === null) return;
    const { message, bytes, sequence, requestId } = this.#received;
    truth.received(sequence, {
      requestId,
      format: reply.format,
      model: reply.model,
      bodySha256: createHash('sha256').update(bytes).digest('hex'),
      bodyBytes: bytes.length,
      headers: correlationHeaders(message),
      metadata: reply.metadata,
      user: reply.user,
      ref: reply.controls.ref ?? null,
      stream: reply.isStream,
      inputTokens: reply.inputTokens,
    });
  }
}

const watchers = new WeakMap<Socket, (error: Error) => void>();

function watch(socket: Socket, listener: (error: Error) => void): void {
  stopWatching(socket);
  watchers.set(socket, listener);
  socket.once('error', listener);
}

function stopWatching(socket: Socket): void {
  const listener = watchers.get(socket);
  if (listener !== undefined) socket.off('error', listener);
}

/** The headers by which a test finds its request again. Never the credential. */
function correlationHeaders({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      LOGGED_HEADERS.test(name) && value !== undefined ? [[name, String(value).slice(0, 1_000)]] : [],
    ),
  );
}
