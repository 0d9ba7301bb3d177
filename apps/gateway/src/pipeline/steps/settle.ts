/**
 * Closes the books of an answer: the attempt's settlement and the request's own frame, then, once they are
 * written, the end of the answer.
 */
import { upstreamRequestId } from '@tollgate/providers';
import type { AttemptEnd, SettledAttempt } from '../../attempts/attempt.ts';
import type { StreamEnd } from '../../attempts/open-stream.ts';
import { totalSpentUsd } from '../../requests/request-report.ts';
import type { Services } from '../../services.ts';
import { secretsOf } from '../../upstream/credential-access.ts';
import { answerHeaders } from '../answer-headers.ts';
import { type Ending, type Exchange, known, overheadUs, type UpstreamAnswer } from '../exchange.ts';
import { type Given, keepPayload } from '../payload.ts';
import { recordOutcome } from '../record-outcome.ts';
import { endAdmission } from './admit.ts';
import { settleIdempotencyKey } from './claim-idempotency-key.ts';

const ONE_WRITE_BYTES = 16 * 1024;

export async function settle(exchange: Exchange, services: Services): Promise<void> {
  const answer = known(exchange.answer, 'the answer');
  const nowMs = services.clock.monotonicMs();
  const end =
    answer.kind === 'whole' ? wholeEnd(exchange, answer, nowMs) : streamEnd(exchange, answer, nowMs);
  answer.attempt.settle(end);
  endAdmission(exchange);
  services.metrics.attemptEnded(answer.candidate.provider.id, end.errorCode || end.status);
  exchange.ending =
    answer.kind === 'whole' ? wholeEnding(exchange, answer, nowMs) : streamEnding(exchange, answer);
  if (exchange.idempotencyClaim !== undefined) await settleIdempotencyKey(exchange, services);
  await recordOutcome(exchange, services, exchange.ending);
  if (!exchange.clientGone) exchange.ending.send();
  keepPayload(exchange, services, () => givenBy(answer));
}

type WholeAnswer = Extract<UpstreamAnswer, { kind: 'whole' }>;
type StreamAnswer = Extract<UpstreamAnswer, { kind: 'stream' }>;

function wholeEnd(exchange: Exchange, answer: WholeAnswer, nowMs: number): AttemptEnd {
  const { read } = answer;
  return {
    status: 'succeeded',
    httpStatus: answer.status,
    errorCode: '',
    finishReason: read.finishReason,
    usage: read.usage,
    servedTier: read.servedTier,
    batchId: read.batchId,
    mayBeBilled: exchange.asked?.isFree !== true,
    outputBytes: read.outputBytes,
    untoldBytes: 0,
    ...timings(exchange, answer, nowMs),
  };
}

function streamEnd(exchange: Exchange, answer: StreamAnswer, nowMs: number): AttemptEnd {
  const { stream } = answer;
  const end = known(stream.end, 'the end of the stream');
  return {
    ...STATUS_OF_END[end.kind],
    httpStatus: 200,
    ...('error' in end ? { errorCode: end.error.code } : {}),
    finishReason: stream.finishReason,
    usage: stream.usage,
    servedTier: stream.servedTier,
    mayBeBilled: exchange.asked?.isFree !== true,
    outputBytes: stream.outputBytes,
    untoldBytes: stream.untoldBytes,
    ...timings(exchange, answer, nowMs),
  };
}

const STATUS_OF_END = {
  complete: { status: 'succeeded', errorCode: '' },
  failed: { status: 'failed', errorCode: '' },
  'client-gone': { status: 'aborted', errorCode: 'client_closed' },
  cut: { status: 'aborted', errorCode: '' },
} as const satisfies Record<StreamEnd['kind'], Pick<AttemptEnd, 'status' | 'errorCode'>>;

function timings(
  exchange: Exchange,
  answer: UpstreamAnswer,
  nowMs: number,
): Pick<AttemptEnd, 'firstTokenMs' | 'totalMs' | 'overheadUs' | 'upstreamRequestId'> {
  return {
    firstTokenMs: exchange.firstTokenMs,
    totalMs: nowMs - exchange.startedMs,
    overheadUs: overheadUs(exchange, nowMs),
    upstreamRequestId: upstreamRequestId(
      answer.headers,
      secretsOf(answer.candidate.credential, answer.candidate.provider),
    ),
  };
}

function wholeEnding(exchange: Exchange, answer: WholeAnswer, nowMs: number): Ending {
  const { response } = exchange;
  const spentUsd = totalSpentUsd(settledOf(exchange));
  const { body } = answer.read;
  return {
    status: answer.status,
    errorCode: '',
    refusal: null,
    send() {
      const headers = answerHeaders(exchange, nowMs);
      if (spentUsd !== null) headers.push('x-tollgate-cost-usd', spentUsd);
      headers.push('content-type', answer.read.contentType, 'content-length', String(body.length));
      response.writeHead(answer.status, headers);
      // A short text goes out in one write with its headers; a buffer would cost a second one.
      if (body.length <= ONE_WRITE_BYTES) response.end(answer.read.text, 'latin1');
      else response.end(body);
    },
  };
}

function givenBy(answer: UpstreamAnswer): Given | undefined {
  return answer.kind === 'whole' ? answer.read : undefined;
}

function settledOf({ attempts }: Exchange): SettledAttempt[] {
  const all: SettledAttempt[] = [];
  for (const { settled } of attempts) if (settled !== undefined) all.push(settled);
  return all;
}

function streamEnding(exchange: Exchange, { stream }: StreamAnswer): Ending {
  const { response, streamHead } = exchange;
  const end = known(stream.end, 'the end of the stream');
  const rest = stream.takeRest();
  const last = stream.lastWords(end);
  // Who has gone away gets no last words, and a connection that breaks off no rest.
  if (!exchange.clientGone && last !== null) streamHead?.add(rest + last);
  return {
    status: 200,
    errorCode: 'error' in end ? end.error.code : '',
    refusal: null,
    send() {
      if (last !== null) response.end(rest + last, 'latin1');
      // Bytes that broke off cannot say so; the connection can.
      else response.destroy();
    },
  };
}
