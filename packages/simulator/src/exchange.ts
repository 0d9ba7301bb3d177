/**
 * Carries out one chat exchange: answers or breaks it as decided, and keeps the truth log in step.
 *
 * What the provider bills: nothing for a refusal or for a request that it let hang unanswered; the whole answer for
 * a plain request, even when its client left; the prompt and the tokens produced so far for a stream that was cut.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { type Answer, buildAnswer, requestIdOf, type Usage } from './answer.ts';
import { echoedHeaders, FIXED_HEADERS, rateLimitHeaders, refusalHeaders } from './answer-headers.ts';
import { completionBody } from './completion-body.ts';
import type { Controls } from './controls.ts';
import { type Accepted, plainDelayMs, type Refused, refused } from './decide-chat.ts';
import type { FailureCounter } from './failure-counter.ts';
import { errorBody, errorForStatus } from './provider-error.ts';
import { cutResponse, StreamSender, writeInPieces } from './send-stream.ts';
import { streamEvents } from './stream-events.ts';
import type { Ticker, Wait } from './ticker.ts';
import type { Outcome, TruthLog } from './truth-log.ts';

export interface Runtime {
  readonly seed: number;
  readonly ticker: Ticker;
  readonly truth: TruthLog | null;
  readonly failures: FailureCounter;
  /** Wall clock in milliseconds. */
  readonly now: () => number;
  isStopping: boolean;
}

export interface ReceivedRequest {
  readonly message: IncomingMessage;
  readonly bodyText: string;
  readonly sequence: number;
}

const NOTHING: Usage = { promptTokens: 0, cachedTokens: 0, completionTokens: 0, reasoningTokens: 0 };
const LOGGED_HEADERS = /^(x-client-request-id|x-tollgate-.*|x-request-id|idempotency-key|traceparent)$/;
const JUNK = 'HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\njunk!\n';
const HTML_ERROR =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>Bad gateway</body>\r\n</html>\r\n';

export class Exchange {
  readonly #runtime: Runtime;
  readonly #received: ReceivedRequest;
  readonly #response: ServerResponse;
  readonly #requestId: string;
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
    this.#requestId = requestIdOf(runtime.seed, received.sequence);
  }

  run(given: Accepted | Refused): void {
    const decision = this.#failOnPurpose(given);
    this.#logReceived(decision);
    this.#response.once('finish', () => this.#finished(decision.controls));
    this.#response.once('close', () => this.#closed());
    if (decision.controls.hang === true) {
      this.#brokenBy = 'hang';
      return;
    }
    if (decision.kind === 'refused')
      this.#after(decision.controls['latency-ms'] ?? 0, () => this.#refuse(decision));
    else this.#answer(decision);
  }

  /** `fail-times` refuses the first tries of the same nonce. */
  #failOnPurpose(decision: Accepted | Refused): Accepted | Refused {
    const { controls } = decision;
    const times = controls['fail-times'];
    if (decision.kind === 'refused' || times === undefined) return decision;
    const nonce = controls.nonce ?? this.#received.bodyText;
    if (this.#runtime.failures.next(nonce) > times) return decision;
    const error = errorForStatus(controls.status ?? 500, decision.model.id, controls.code);
    return refused(error, controls, decision.request.model, decision.request);
  }

  #after(delayMs: number, run: () => void): void {
    const { ticker } = this.#runtime;
    if (delayMs <= 0) run();
    else this.#wait = ticker.at(ticker.now() + delayMs, run);
  }

  #refuse({ error, controls }: Refused): void {
    const form = controls['error-body'] ?? 'json';
    const body = Buffer.from(form === 'json' ? errorBody(error) : form === 'html' ? HTML_ERROR : '');
    this.#sending(body.length, 0, false);
    this.#writeHead(error.status, controls, [
      'content-type',
      form === 'html' ? 'text/html' : 'application/json; charset=utf-8',
      'content-length',
      String(body.length),
      ...refusalHeaders(error.status, controls),
    ]);
    this.#response.end(body);
  }

  #answer(decision: Accepted): void {
    const { request, controls, model, promptTokens } = decision;
    const answer = buildAnswer(request, controls, model.id, promptTokens, {
      seed: this.#runtime.seed,
      sequence: this.#received.sequence,
      createdSeconds: Math.floor(this.#runtime.now() / 1000),
    });
    if (request.stream) {
      this.#stream(decision, answer);
      return;
    }
    this.#billed = () => answer.usage;
    const delayMs = plainDelayMs(decision, answer.usage.completionTokens);
    this.#after(delayMs, () => this.#answerPlainly(decision, answer, delayMs));
  }

  #answerPlainly({ request, controls, promptTokens }: Accepted, answer: Answer, delayMs: number): void {
    const response = this.#response;
    const text = completionBody(answer, { logprobs: request.logprobs, controls });
    const plain = Buffer.from(controls['bad-event'] === undefined ? text : text.slice(0, text.length >> 1));
    const body = controls.gzip === true ? gzipSync(plain) : plain;
    const isCut = controls['cut-after-chunks'] !== undefined || controls['cut-mid-event'] === true;
    this.#sending(
      isCut ? body.length >> 1 : body.length,
      answer.usage.completionTokens,
      !isCut && controls['no-usage'] !== true,
    );
    this.#writeHead(200, controls, [
      'content-type',
      'application/json',
      'content-length',
      String(body.length),
      'openai-processing-ms',
      String(Math.round(delayMs)),
      ...(controls.gzip === true ? ['content-encoding', 'gzip'] : []),
      ...rateLimitHeaders(promptTokens),
    ]);
    if (isCut) {
      this.#brokenBy = 'cut';
      // A plain body has a length, so every way to end it here is a broken one.
      cutResponse(
        response,
        body.subarray(0, body.length >> 1),
        controls['cut-how'] === 'reset' ? 'reset' : 'close',
      );
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

  #stream({ request, controls, promptTokens, pacing }: Accepted, answer: Answer): void {
    const { usage } = answer;
    this.#billed = () => ({
      promptTokens: usage.promptTokens,
      cachedTokens: usage.cachedTokens,
      completionTokens: this.#tokensWritten,
      reasoningTokens: Math.min(usage.reasoningTokens, this.#tokensWritten),
    });
    const { includeUsage, includeObfuscation, logprobs } = request;
    this.#sender = new StreamSender({
      response: this.#response,
      events: streamEvents(answer, { includeUsage, includeObfuscation, logprobs, controls }),
      controls,
      pacing,
      reasoningTokens: usage.reasoningTokens,
      ticker: this.#runtime.ticker,
      watcher: {
        begin: () => this.#beginStream(controls, promptTokens, pacing.firstTokenMs),
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

  #beginStream(controls: Controls, promptTokens: number, firstTokenMs: number): void {
    this.#writeHead(200, controls, [
      'content-type',
      'text/event-stream; charset=utf-8',
      'cache-control',
      'no-cache',
      'openai-processing-ms',
      String(Math.round(firstTokenMs)),
      ...rateLimitHeaders(promptTokens),
    ]);
  }

  #writeHead(status: number, controls: Controls, headers: readonly string[]): void {
    const echoed = controls['echo-headers'] === true ? echoedHeaders(this.#received.message.rawHeaders) : [];
    this.#response.writeHead(status, [
      'x-request-id',
      this.#requestId,
      ...headers,
      ...FIXED_HEADERS,
      ...echoed,
    ]);
  }

  #sending(bytes: number, tokens: number, hasUsage: boolean): void {
    this.#bytesWritten += bytes;
    this.#tokensWritten += tokens;
    this.#usageWritten ||= hasUsage;
    this.#runtime.truth?.sending(this.#received.sequence, this.#state());
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

  #logReceived(decision: Accepted | Refused): void {
    const { truth } = this.#runtime;
    if (truth === null) return;
    const { message, bodyText, sequence } = this.#received;
    const { controls, request } = decision;
    truth.received(sequence, {
      requestId: this.#requestId,
      model: decision.kind === 'accepted' ? decision.model.id : decision.model,
      bodySha256: createHash('sha256').update(bodyText).digest('hex'),
      bodyBytes: Buffer.byteLength(bodyText),
      headers: correlationHeaders(message),
      metadata: request?.metadata ?? null,
      user: request?.user ?? null,
      ref: controls.ref ?? null,
      stream: request?.stream ?? false,
      inputTokens: decision.kind === 'accepted' ? decision.promptTokens : 0,
    });
  }
}

/** The headers by which a test finds its request again. Never the credential. */
function correlationHeaders({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      LOGGED_HEADERS.test(name) && value !== undefined ? [[name, String(value).slice(0, 1_000)]] : [],
    ),
  );
}
