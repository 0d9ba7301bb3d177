/**
 * The pipeline: one list of steps per kind of endpoint, run in order. A step refuses by throwing a
 * GatewayError; anything else that is thrown is a bug and answers 500, without its stack.
 */
import { retryHeaders, tollgateDetails } from '@tollgate/dialects';
import { GatewayError } from '@tollgate/errors';
import { inspectBatch } from '../batches/inspect-batch.ts';
import type { Handling } from '../endpoints.ts';
import type { Services } from '../services.ts';
import { answerHeaders } from './answer-headers.ts';
import { DIALECTS } from './dialect-answers.ts';
import { type Exchange, overheadUs } from './exchange.ts';
import { keepPayload } from './payload.ts';
import { CLIENT_CLOSED, recordOutcome } from './record-outcome.ts';
import { sendJson } from './send-json.ts';
import { admit, endAdmission, watchRateLimits } from './steps/admit.ts';
import { authenticate } from './steps/authenticate.ts';
import { authorize } from './steps/authorize.ts';
import { claimIdempotencyKey, settleIdempotencyKey } from './steps/claim-idempotency-key.ts';
import { dispatch } from './steps/dispatch.ts';
import { getRequest } from './steps/get-request.ts';
import { getModel, listModels } from './steps/list-models.ts';
import { readBody } from './steps/read-body.ts';
import { relay } from './steps/relay.ts';
import { resolve } from './steps/resolve.ts';
import { settle } from './steps/settle.ts';
import { understand } from './steps/understand.ts';

type Step = (exchange: Exchange, services: Services) => void | Promise<void>;

/** What a request for generated content goes through. */
const GENERATE: readonly Step[] = [
  authenticate,
  watchRateLimits,
  authorize,
  readBody,
  understand,
  resolve,
  admit,
  claimIdempotencyKey,
  dispatch,
  relay,
  settle,
];

const STEPS: Readonly<Record<Handling['kind'], readonly Step[]>> = {
  generate: GENERATE,
  task: GENERATE,
  resource: GENERATE.toSpliced(GENERATE.indexOf(dispatch), 0, inspectBatch),
  models: [authenticate, watchRateLimits, authorize, listModels],
  model: [authenticate, watchRateLimits, authorize, getModel],
  request: [authenticate, watchRateLimits, authorize, getRequest],
};

/** Never rejects: every way out is an answer, or a client that is gone. */
export async function run(exchange: Exchange, services: Services): Promise<void> {
  let status = 200;
  services.active.add(exchange);
  try {
    for (const step of STEPS[exchange.endpoint.handling.kind]) {
      // Most steps are done at once; a promise for each would cost more than the step.
      const pending = step(exchange, services);
      if (pending !== undefined) await pending;
      if (exchange.finished) break;
    }
    status = exchange.ending?.status ?? 200;
  } catch (error) {
    status = await fail(exchange, services, toGatewayError(error, exchange, services));
  } finally {
    services.active.remove(exchange);
    endAdmission(exchange);
    if (exchange.share !== undefined) services.load.leave(exchange.share, exchange.bufferedBytes);
    watchRest(exchange, services);
    const nowMs = services.clock.monotonicMs();
    services.metrics.requestEnded(exchange.endpoint.name, status, overheadUs(exchange, nowMs));
  }
}

/** A client that does not take the rest of its answer must not hold it in memory for ever. */
function watchRest({ response }: Exchange, { deadlines, clock, limits }: Services): void {
  const { socket } = response;
  const left = socket?.writableLength ?? 0;
  // All has gone to the kernel: nearly always.
  if (left === 0 || response.destroyed) return;
  const waitMs = limits.idleTimeoutMs + (left / limits.minReadBytesPerSecond) * 1_000;
  deadlines.add(clock.monotonicMs() + waitMs, () => {
    if (!response.writableFinished && !response.destroyed) socket?.resetAndDestroy();
  });
}

function toGatewayError(error: unknown, exchange: Exchange, services: Services): GatewayError {
  if (error instanceof GatewayError) return error;
  services.logger.error({ err: error, requestId: exchange.requestId }, 'a request failed unexpectedly');
  return new GatewayError(
    'service_unavailable',
    'The gateway failed; the request id tells its operator why.',
    {
      status: 500,
      cause: error,
    },
  );
}

async function fail(exchange: Exchange, services: Services, error: GatewayError): Promise<number> {
  const { response, requestId } = exchange;
  const { errorBody, errorStatus } = DIALECTS[exchange.endpoint.dialect];
  const status = errorStatus(error);
  settleWhatIsOpen(exchange, services, error);
  endAdmission(exchange);
  services.metrics.refused(exchange.endpoint.name, error.code);
  const refusal = tollgateDetails(error, requestId);
  if (exchange.idempotencyClaim !== undefined) await settleIdempotencyKey(exchange, services);
  await recordOutcome(exchange, services, { status, errorCode: error.code, refusal });
  const isTold = !exchange.clientGone && !response.headersSent;
  const body = errorBody(error, requestId);
  if (isTold) {
    const headers = answerHeaders(exchange, services.clock.monotonicMs());
    headers.push(...Object.entries(retryHeaders(error)).flat());
    sendJson(response, status, headers, body);
  } else response.destroy();
  keepPayload(exchange, services, () =>
    isTold ? { contentType: 'application/json', body: Buffer.from(body) } : undefined,
  );
  return exchange.clientGone ? CLIENT_CLOSED : status;
}

/** A bug between dispatch and settlement must not leave an attempt open: it is settled by our own count. */
function settleWhatIsOpen(exchange: Exchange, services: Services, error: GatewayError): void {
  for (const attempt of exchange.attempts) {
    if (attempt.settled !== undefined) continue;
    attempt.settle({
      status: 'failed',
      httpStatus: 0,
      errorCode: error.code,
      finishReason: '',
      usage: undefined,
      mayBeBilled: exchange.asked?.isFree !== true,
      outputBytes: 0,
      untoldBytes: 0,
      firstTokenMs: null,
      totalMs: services.clock.monotonicMs() - exchange.startedMs,
      overheadUs: 0,
      upstreamRequestId: '',
    });
  }
}
