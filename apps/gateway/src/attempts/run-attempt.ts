/**
 * Makes one attempt: its dispatch frame is written, then the provider is called, until there is an answer that
 * can be given to the client, or a failure that may be tried elsewhere.
 *
 * A failed attempt is settled here. One that has an answer is settled by the pipeline's last step.
 */
import { GatewayError } from '@tollgate/errors';
import type { Hold, Refusal } from '@tollgate/limits';
import type { AttemptTarget } from '@tollgate/metering';
import { type AnswerStream, type UpstreamPlan, upstreamRequestId } from '@tollgate/providers';
import { holdFor, isRefusal } from '../budgets/hold.ts';
import type { Candidate } from '../pipeline/candidates.ts';
import { type Exchange, known, type UpstreamAnswer } from '../pipeline/exchange.ts';
import { type FixedPrice, fixPrice } from '../pricing.ts';
import type { Services } from '../services.ts';
import { addressOf, requestHeaders, secretsOf } from '../upstream/credential-access.ts';
import { Attempt } from './attempt.ts';
import { OpenStream } from './open-stream.ts';
import type { FailedTry } from './retry-policy.ts';
import {
  type CallConsumer,
  type CallFailure,
  UpstreamCall,
  type UpstreamRequest,
  type UpstreamResponseHeaders,
} from './upstream-call.ts';
import { flushed } from './usage-log.ts';

export type AttemptResult =
  | { readonly kind: 'answer'; readonly answer: UpstreamAnswer }
  | { readonly kind: 'failed'; readonly error: GatewayError; readonly failed: FailedTry }
  /** By a budget: nothing was dispatched. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** The candidate's format cannot say what is asked: nothing was dispatched. */
  | { readonly kind: 'unsupported'; readonly error: GatewayError };

/** How an attempt without an answer ended. */
interface Failure {
  readonly error: GatewayError;
  readonly httpStatus: number;
  readonly mayBeBilled: boolean;
  readonly aborted: boolean;
  readonly timedOut: boolean;
  readonly upstreamRequestId: string;
}

const ERROR_BODY_MAX_BYTES = 256 * 1024;
const AFTER_END_MS = 5_000;

/** @param deadlineMs Monotonic; for a whole answer. */
export async function runAttempt(
  exchange: Exchange,
  services: Services,
  candidate: Candidate,
  deadlineMs: number,
): Promise<AttemptResult> {
  if (!services.log.writable) throw logUnwritable();
  const fixed = priceOf(exchange, candidate);
  const target = targetOf(exchange, candidate, fixed);
  const answer = holdFor(exchange, services, candidate, target, fixed.price);
  const hold = answer instanceof Promise ? await answer : answer;
  if (isRefusal(hold)) return { kind: 'refused', refusal: hold };
  const plan = planFor(exchange, services, candidate, hold, fixed);
  if (plan instanceof GatewayError) return { kind: 'unsupported', error: plan };
  exchange.plan = plan;
  const attempt = new Attempt({
    log: services.log,
    subject: known(exchange.subject, 'the subject'),
    target,
    price: fixed.price,
    inputBytes: plan.guess === undefined ? plan.body.length : 0,
    guess: plan.guess,
    hold,
    onOverrun: () => noteOverrun(exchange, services, target),
  });
  attempt.dispatch();
  exchange.attempts.push(attempt);
  const dispatchedMs = services.clock.monotonicMs();
  const fail = (failure: Failure): AttemptResult => {
    settleFailure(exchange, services, attempt, candidate, failure, dispatchedMs);
    const { error, httpStatus, timedOut } = failure;
    const { retryAfterMs } = error.details;
    return { kind: 'failed', error, failed: { code: error.code, httpStatus, retryAfterMs, timedOut } };
  };

  if (!(await flushed(services.log))) return fail({ ...NOTHING_SENT, error: logUnwritable() });
  const early = interruptionOf(exchange);
  if (early !== undefined) return fail({ ...NOTHING_SENT, error: early, aborted: true });

  const { promise, resolve } = Promise.withResolvers<UpstreamAnswer | Failure>();
  const calledMs = services.clock.monotonicMs();
  try {
    const request = requestOf(exchange, services, candidate, attempt, plan);
    const pending = request.headers;
    const headers = pending instanceof Promise ? await pending : pending;
    const meanwhile = interruptionOf(exchange);
    if (meanwhile !== undefined) return fail({ ...NOTHING_SENT, error: meanwhile, aborted: true });
    startCall(exchange, services, candidate, attempt, plan, { ...request, headers }, deadlineMs, resolve);
  } catch (error) {
    // A call that has begun tells of its own failures: whatever is thrown comes before it.
    if (error instanceof GatewayError) return fail({ ...NOTHING_SENT, error });
    fail({ ...NOTHING_SENT, error: new GatewayError('service_unavailable', 'Cannot send the request.') });
    throw error;
  }
  const outcome = await promise;
  exchange.onInterrupt = undefined;
  exchange.waitedMs += services.clock.monotonicMs() - calledMs;
  return 'kind' in outcome ? { kind: 'answer', answer: outcome } : fail(outcome);
}

const NOTHING_SENT: Omit<Failure, 'error'> = {
  httpStatus: 0,
  mayBeBilled: false,
  aborted: false,
  timedOut: false,
  upstreamRequestId: '',
};

/** The request as this provider gets it; under a budget with an output cap in it. */
function planFor(
  exchange: Exchange,
  { clock }: Services,
  { provider, upstreamModel }: Candidate,
  hold: Hold | undefined,
  { price }: FixedPrice,
): UpstreamPlan | GatewayError {
  try {
    return known(exchange.asked, 'the request').plan({
      provider,
      model: upstreamModel,
      outputCap: hold?.outputCap ?? undefined,
      unsupported: exchange.unsupported,
      requestId: exchange.requestId,
      nowSeconds: Math.floor(clock.nowMs() / 1000),
      price: price?.components,
    });
  } catch (error) {
    hold?.release();
    // Another candidate's format may be able to say it.
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

function tierOf({ asked }: Exchange, { provider, upstreamModel }: Candidate): string {
  return known(asked, 'the request').serviceTierAt(provider, upstreamModel);
}

function regionOf({ asked }: Exchange, { credential, provider, upstreamModel }: Candidate): string {
  return known(asked, 'the request').regionAt?.(provider, upstreamModel) ?? credential.region;
}

function priceOf(exchange: Exchange, candidate: Candidate): FixedPrice {
  const { credential, model } = candidate;
  return fixPrice({
    organization: known(exchange.organization, 'the organization'),
    platform: known(exchange.platform, 'the catalogue'),
    credential,
    model,
    region: regionOf(exchange, candidate),
    serviceTier: tierOf(exchange, candidate),
    startedAtMs: exchange.startedAtMs,
  });
}

function targetOf(exchange: Exchange, candidate: Candidate, fixed: FixedPrice): AttemptTarget {
  const { credential, model } = candidate;
  return {
    attempt: exchange.attempts.length + 1,
    model,
    provider: credential.provider,
    credentialId: credential.id,
    credentialOwner: credential.owner,
    region: regionOf(exchange, candidate),
    serviceTier: tierOf(exchange, candidate),
    livemode: credential.livemode,
    ...fixed.target,
  };
}

/** The one way past a hard budget: a provider that bills more than the request could be bounded to. */
function noteOverrun({ requestId }: Exchange, services: Services, { model, provider }: AttemptTarget): void {
  services.metrics.budgetOverrun();
  services.logger.error(
    { alarm: true, requestId, model, provider },
    'an attempt cost more than was held for it: the budget is exceeded by the rest',
  );
}

type Unsigned = Omit<UpstreamRequest, 'headers'> & {
  readonly headers: ReturnType<Services['authorizeRequest']>;
};

function requestOf(
  exchange: Exchange,
  services: Services,
  { credential, provider, upstreamModel }: Candidate,
  attempt: Attempt,
  plan: UpstreamPlan,
): Unsigned {
  const { origin, path } = addressOf(credential, provider, plan, plan.model ?? upstreamModel);
  const owner = `${known(exchange.key, 'the key').organizationId} ${credential.id} ${credential.version}`;
  const { method } = plan;
  const body = method === 'POST' ? plan.body : null;
  const own = requestHeaders(credential, provider, plan, `${exchange.requestId}-${attempt.target.attempt}`);
  const headers = services.authorizeRequest(credential, provider, {
    method,
    origin,
    path,
    headers: own,
    body,
    nowMs: services.clock.nowMs(),
  });
  return { dispatcher: services.pools.get(owner, origin), method, path, headers, body };
}

function startCall(
  exchange: Exchange,
  services: Services,
  candidate: Candidate,
  attempt: Attempt,
  plan: UpstreamPlan,
  request: UpstreamRequest,
  deadlineMs: number,
  resolve: (outcome: UpstreamAnswer | Failure) => void,
): void {
  const { stream } = plan;
  const consumer = stream
    ? streamConsumer(exchange, services, candidate, plan, attempt, resolve, () => call)
    : wholeConsumer(services, candidate, plan, attempt, resolve, () => call);
  const call: UpstreamCall = new UpstreamCall(
    request,
    consumer,
    services.deadlines,
    stream ? services.clock.monotonicMs() + firstTokenTimeoutMs(exchange, services) : deadlineMs,
  );
  exchange.onInterrupt = () => {
    if (exchange.cut === undefined && !stream) return; // A whole answer is drained, so that its usage is known.
    call.abort();
    resolve({
      error: exchange.cut ?? clientGone(),
      httpStatus: 0,
      mayBeBilled: true,
      aborted: true,
      timedOut: false,
      upstreamRequestId: '',
    });
  };
}

function firstTokenTimeoutMs(exchange: Exchange, services: Services): number {
  return Math.min(services.limits.firstTokenTimeoutMs, exchange.clientTimeoutMs ?? Number.POSITIVE_INFINITY);
}

/** Collects a whole answer, or the body of an error. */
function wholeConsumer(
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
      if (bytes <= maxBytes) chunks.push(chunk);
      else if (status < 300) {
        chunks = [];
        call().abort();
        resolve(unusable(candidate, headers, `answered with more than ${maxBytes} bytes`));
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
function streamConsumer(
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
      refused = wholeConsumer(services, candidate, plan, attempt, resolve, call);
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

function statusFailure(
  { provider, credential }: Candidate,
  plan: UpstreamPlan,
  status: number,
  headers: UpstreamResponseHeaders,
  body: Buffer,
): Failure {
  const secret = secretsOf(credential, provider);
  return {
    error: plan.failure({ status, headers, body, secret, provider: provider.id }),
    httpStatus: status,
    mayBeBilled: false,
    aborted: false,
    timedOut: false,
    upstreamRequestId: upstreamRequestId(headers, secret),
  };
}

/** The provider said yes and then something that cannot be passed on: it will have billed it. */
function unusable(
  { provider, credential }: Candidate,
  headers: UpstreamResponseHeaders,
  what: string,
): Failure {
  return {
    error: new GatewayError('upstream_error', `${provider.id} ${what}.`, { source: 'provider' }),
    httpStatus: 200,
    mayBeBilled: true,
    aborted: false,
    timedOut: false,
    upstreamRequestId: upstreamRequestId(headers, secretsOf(credential, provider)),
  };
}

function callFailure(
  { provider, credential }: Candidate,
  { reason, sent, cause }: CallFailure,
  status: number,
  headers: UpstreamResponseHeaders,
): Failure {
  const failure = {
    httpStatus: status,
    mayBeBilled: sent,
    aborted: false,
    timedOut: reason === 'timeout',
    upstreamRequestId: upstreamRequestId(headers, secretsOf(credential, provider)),
  };
  const details = { source: 'provider', cause } as const;
  switch (reason) {
    case 'timeout':
      return { ...failure, error: timedOut(provider.id, cause) };
    case 'private-address': {
      const rule = 'private addresses need the operator to allow that origin';
      return {
        ...failure,
        error: new GatewayError('upstream_unavailable', `Cannot reach ${provider.id}: ${rule}.`, details),
      };
    }
    case 'connect':
      return {
        ...failure,
        error: new GatewayError('upstream_unavailable', `${provider.id} cannot be reached.`, details),
      };
    case 'broken':
      return { ...failure, error: brokenOff(provider.id, cause) };
  }
}

function timedOut(provider: string, cause?: Error): GatewayError {
  return new GatewayError('upstream_timeout', `${provider} did not answer in time.`, {
    source: 'provider',
    cause,
  });
}

function brokenOff(provider: string, cause?: Error): GatewayError {
  return new GatewayError('upstream_error', `${provider} broke off its answer.`, {
    source: 'provider',
    cause,
  });
}

function holdUsedUp(provider: string): GatewayError {
  return new GatewayError(
    'request_exceeds_budget',
    `The answer was ended: ${provider} wrote more than the request was capped to, and what a budget held for it is used up.`,
  );
}

function logUnwritable(): GatewayError {
  return new GatewayError('service_unavailable', 'Cannot take paid requests now; try again.');
}

/** Why nothing is to be sent any more. */
function interruptionOf({ cut, clientGone: isGone }: Exchange): GatewayError | undefined {
  return cut ?? (isGone ? clientGone() : undefined);
}

/** Never seen by anybody but the log: there is nobody left to tell. */
function clientGone(): GatewayError {
  return new GatewayError('invalid_request', 'The client went away.', { status: 499 });
}

function isEncoded(headers: UpstreamResponseHeaders): boolean {
  const encoding = headers['content-encoding'];
  return encoding !== undefined && encoding !== 'identity' && encoding !== '';
}

function settleFailure(
  exchange: Exchange,
  services: Services,
  attempt: Attempt,
  candidate: Candidate,
  failure: Failure,
  dispatchedMs: number,
): void {
  const nowMs = services.clock.monotonicMs();
  attempt.settle({
    status: failure.aborted ? 'aborted' : 'failed',
    httpStatus: failure.httpStatus,
    errorCode: failure.aborted && exchange.clientGone ? 'client_closed' : failure.error.code,
    finishReason: '',
    usage: undefined,
    mayBeBilled: failure.mayBeBilled && exchange.asked?.isFree !== true,
    outputBytes: 0,
    untoldBytes: 0,
    firstTokenMs: null,
    totalMs: nowMs - dispatchedMs,
    overheadUs: 0,
    upstreamRequestId: failure.upstreamRequestId,
  });
  services.metrics.attemptEnded(candidate.provider.id, failure.aborted ? 'aborted' : failure.error.code);
}
