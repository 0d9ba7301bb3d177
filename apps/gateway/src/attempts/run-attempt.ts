/**
 * Makes one attempt: its dispatch frame is written, then the provider is called, until there is an answer that
 * can be given to the client, or a failure that may be tried elsewhere.
 *
 * A failed attempt is settled here. One that has an answer is settled by the pipeline's last step.
 */
import { GatewayError } from '@tollgate/errors';
import type { Hold, Refusal } from '@tollgate/limits';
import type { AttemptTarget } from '@tollgate/metering';
import type { UpstreamPlan } from '@tollgate/providers';
import { holdFor, isRefusal } from '../budgets/hold.ts';
import type { Candidate } from '../pipeline/candidates.ts';
import { type Exchange, known, type UpstreamAnswer } from '../pipeline/exchange.ts';
import { type FixedPrice, fixPrice } from '../pricing.ts';
import type { Services } from '../services.ts';
import { addressOf, requestHeaders } from '../upstream/credential-access.ts';
import { streamConsumer, wholeConsumer } from './answer-consumers.ts';
import { Attempt } from './attempt.ts';
import {
  clientGone,
  type Failure,
  interruptionOf,
  logUnwritable,
  NOTHING_SENT,
  settleFailure,
} from './attempt-failure.ts';
import type { FailedTry } from './retry-policy.ts';
import { UpstreamCall, type UpstreamRequest } from './upstream-call.ts';
import { flushed } from './usage-log.ts';

export type AttemptResult =
  | { readonly kind: 'answer'; readonly answer: UpstreamAnswer }
  | { readonly kind: 'failed'; readonly error: GatewayError; readonly failed: FailedTry }
  /** By a budget: nothing was dispatched. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** The candidate's format cannot say what is asked: nothing was dispatched. */
  | { readonly kind: 'unsupported'; readonly error: GatewayError };

/** @param deadlineMs Monotonic; for a whole answer. */
export async function runAttempt(
  exchange: Exchange,
  services: Services,
  candidate: Candidate,
  deadlineMs: number,
): Promise<AttemptResult> {
  if (!services.log.writable) throw logUnwritable();
  // A body may have been minutes on its way.
  if (exchange.revoked !== undefined) throw exchange.revoked;
  const fixed = exchange.batch === undefined ? priceOf(exchange, candidate) : UNTOLD_PRICE;
  const target = targetOf(exchange, candidate, fixed);
  const answer = holdFor(exchange, services, candidate, target, fixed.price);
  const hold = answer instanceof Promise ? await answer : answer;
  if (isRefusal(hold)) return { kind: 'refused', refusal: hold };
  if (exchange.revoked !== undefined) {
    hold?.release();
    throw exchange.revoked;
  }
  const plan = planFor(exchange, services, candidate, hold, fixed);
  if (plan instanceof GatewayError) return { kind: 'unsupported', error: plan };
  exchange.plan = plan;
  const attempt = new Attempt({
    log: services.log,
    subject: known(exchange.subject, 'the subject'),
    target,
    price: fixed.price,
    priceAt: (serviceTier) => priceOf(exchange, candidate, serviceTier),
    inputBytes: plan.guess === undefined ? plan.body.length : 0,
    guess: plan.guess,
    hold,
    onOverrun: () => noteOverrun(exchange, services, target),
    batch: exchange.batch?.started,
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

/** What a batch costs is told when it is over; until then its cost is unknown, whatever its models' prices. */
const UNTOLD_PRICE: FixedPrice = {
  price: undefined,
  target: { priceVersionId: '', markupRuleId: '', markupBasisPoints: 0 },
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

function priceOf(
  exchange: Exchange,
  candidate: Candidate,
  serviceTier = tierOf(exchange, candidate),
): FixedPrice {
  const { credential, model } = candidate;
  return fixPrice({
    organization: known(exchange.organization, 'the organization'),
    platform: known(exchange.platform, 'the catalogue'),
    credential,
    model,
    region: regionOf(exchange, candidate),
    serviceTier,
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
  const dispatcher = services.pools.get(owner, origin, credential.owner === 'operator');
  return { dispatcher, method, path, headers, body };
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
    : wholeConsumer(exchange, services, candidate, plan, attempt, resolve, () => call);
  const call: UpstreamCall = new UpstreamCall(
    request,
    consumer,
    services.deadlines,
    stream ? services.clock.monotonicMs() + firstTokenTimeoutMs(exchange, services) : deadlineMs,
  );
  const interrupt = (): void => {
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
  exchange.onInterrupt = interrupt;
}

function firstTokenTimeoutMs(exchange: Exchange, services: Services): number {
  return Math.min(services.limits.firstTokenTimeoutMs, exchange.clientTimeoutMs ?? Number.POSITIVE_INFINITY);
}
