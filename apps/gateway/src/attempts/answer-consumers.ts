/**
 * What listens to a call: collects a whole answer, or feeds a stream that the pipeline gets at its first event. Each
 * tells exactly one outcome, an answer or a failure.
 */
import { GatewayError } from '@tollgate/errors';
import { type AnswerStream, type UpstreamPlan, upstreamRequestId } from '@tollgate/providers';
import type { Candidate } from '../pipeline/candidates.ts';
import type { Exchange, UpstreamAnswer } from '../pipeline/exchange.ts';
import type { Services } from '../services.ts';
import { secretsOf } from '../upstream/credential-access.ts';
import type { Attempt } from './attempt.ts';
import {
  brokenOff,
  callFailure,
  type Failure,
  holdUsedUp,
  statusFailure,
  timedOut,
  unusable,
} from './attempt-failure.ts';
import { OpenStream } from './open-stream.ts';
import type { CallConsumer, UpstreamCall, UpstreamResponseHeaders } from './upstream-call.ts';

const ERROR_BODY_MAX_BYTES = 256 * 1024;
const AFTER_END_MS = 5_000;

/** Nearly all answers are smaller: who asks for those needs no share of the gateway's memory. */
const UNCOUNTED_BYTES = 64 * 1024;

/** Collects a whole answer, or the body of an error. */
export function wholeConsumer(
  exchange: Exchange,
  services: Services,
  candidate: Candidate,
  plan: UpstreamPlan,
  attempt: Attempt,
  resolve: (outcome: UpstreamAnswer | Failure) => void,
  call: () => UpstreamCall,
): CallConsumer {
  let status = 0;
  let headers: UpstreamResponseHeaders = {};
  let chunks: Buffer[] = [];
  let bytes = 0;
  return {
    onHead(receivedStatus, receivedHeaders) {
      status = receivedStatus;
      headers = receivedHeaders;
    },
    onData(chunk) {
      bytes += chunk.length;
      const maxBytes = status < 300 ? services.limits.answerMaxBytes : ERROR_BODY_MAX_BYTES;
      const refusal = bytes > UNCOUNTED_BYTES ? takeBytes(exchange, services, chunk.length) : undefined;
      if (bytes <= maxBytes && refusal === undefined) chunks.push(chunk);
      else if (status < 300) {
        chunks = [];
        call().abort();
        const failure = unusable(candidate, headers, `answered with more than ${maxBytes} bytes`);
        resolve(refusal === undefined ? failure : { ...failure, error: refusal });
      }
    },
    onEnd() {
      const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      resolve(wholeOutcome(candidate, plan, attempt, status, headers, body));
    },
    onFailure(failure) {
      resolve(callFailure(candidate, failure, status, headers));
    },
  };
}

/** Feeds a stream; gives it to the pipeline at its first event. */
export function streamConsumer(
  exchange: Exchange,
  services: Services,
  candidate: Candidate,
  plan: UpstreamPlan,
  attempt: Attempt,
  resolve: (outcome: UpstreamAnswer | Failure) => void,
  call: () => UpstreamCall,
): CallConsumer {
  const { id: provider } = candidate.provider;
  const secret = secretsOf(candidate.credential, candidate.provider);
  const { idleTimeoutMs } = services.limits;
  let refused: CallConsumer | undefined;
  let headers: UpstreamResponseHeaders = {};
  let stream: OpenStream | undefined;
  const begin = (answer: AnswerStream): OpenStream => {
    const opened = new OpenStream({
      answer,
      failure: (body) => plan.streamFailure(body, provider, secret),
      cutOff: () => brokenOff(provider),
    });
    void opened.ready.then(() => {
      const { end } = opened;
      if (opened.hasOutput || end?.kind === 'complete') {
        if (exchange.firstTokenMs === null)
          exchange.firstTokenMs = services.clock.monotonicMs() - exchange.startedMs;
        resolve({ kind: 'stream', candidate, attempt, headers, stream: opened, call: call() });
      } else if (end?.kind === 'failed') {
        resolve({
          error: end.error,
          httpStatus: 200,
          mayBeBilled: true,
          aborted: false,
          timedOut: end.error.code === 'upstream_timeout',
          upstreamRequestId: upstreamRequestId(headers, secret),
        });
      }
    });
    void opened.ended.then((end) => {
      if (end.kind === 'complete') call().extend(services.clock.monotonicMs() + AFTER_END_MS);
      else call().abort();
    });
    return opened;
  };
  return {
    onHead(status, receivedHeaders) {
      headers = receivedHeaders;
      const type = String(receivedHeaders['content-type'] ?? '');
      if (status < 300) {
        const answer = isEncoded(receivedHeaders) ? undefined : plan.createStream(type);
        if (answer !== undefined) {
          stream = begin(answer);
          return;
        }
        call().abort();
        resolve(unusable(candidate, headers, 'did not answer with a stream of events'));
        return;
      }
      refused = wholeConsumer(exchange, services, candidate, plan, attempt, resolve, call);
      refused.onHead(status, receivedHeaders);
    },
    onData(chunk) {
      if (refused !== undefined) {
        refused.onData(chunk);
        return;
      }
      if (stream === undefined || stream.end !== undefined) return;
      if (stream.hasOutput) call().extend(services.clock.monotonicMs() + idleTimeoutMs);
      try {
        stream.feed(chunk);
      } catch (cause) {
        const error = new GatewayError('upstream_error', `${provider} sent an event that is too large.`, {
          source: 'provider',
          cause,
        });
        stream.finish({ kind: 'failed', error });
      }
      if (attempt.isHoldUsedUp(stream)) stream.finish({ kind: 'failed', error: holdUsedUp(provider) });
      if (stream.hasOutput && stream.end === undefined) {
        call().extend(services.clock.monotonicMs() + idleTimeoutMs);
      }
    },
    onEnd() {
      if (refused === undefined) stream?.upstreamEnded();
      else refused.onEnd();
    },
    onFailure(failure) {
      if (refused !== undefined) refused.onFailure(failure);
      else if (stream?.hasOutput === true) {
        const error = failure.reason === 'timeout' ? timedOut(provider) : brokenOff(provider);
        stream.finish({ kind: 'failed', error });
      } else resolve(callFailure(candidate, failure, 0, headers));
    },
  };
}

/** Answers are kept in memory as bodies are, and count as they do: whoever answers may be anybody. */
function takeBytes(exchange: Exchange, { load }: Services, bytes: number): GatewayError | undefined {
  if (exchange.share === undefined) return undefined;
  const refusal = load.takeBytes(exchange.share, bytes, exchange.bufferedBytes);
  if (refusal === undefined) exchange.bufferedBytes += bytes;
  return refusal;
}

function wholeOutcome(
  candidate: Candidate,
  plan: UpstreamPlan,
  attempt: Attempt,
  status: number,
  headers: UpstreamResponseHeaders,
  body: Buffer,
): UpstreamAnswer | Failure {
  if (status >= 300) return statusFailure(candidate, plan, status, headers, body);
  if (isEncoded(headers)) return unusable(candidate, headers, 'answered compressed without being asked to');
  const read = plan.readWhole(body, String(headers['content-type'] ?? ''));
  if (read === undefined) return unusable(candidate, headers, 'answered with something that is not JSON');
  return { kind: 'whole', candidate, attempt, headers, status, read };
}

function isEncoded(headers: UpstreamResponseHeaders): boolean {
  const encoding = headers['content-encoding'];
  return encoding !== undefined && encoding !== 'identity' && encoding !== '';
}
