/**
 * How an attempt without an answer ended: what its caller is told, what the ledger is, and whether the provider may
 * bill it.
 *
 * Not here: whether it is tried again (retry-policy.ts).
 */
import { GatewayError } from '@tollgate/errors';
import { type UpstreamPlan, upstreamRequestId } from '@tollgate/providers';
import type { Candidate } from '../pipeline/candidates.ts';
import type { Exchange } from '../pipeline/exchange.ts';
import type { Services } from '../services.ts';
import { secretsOf } from '../upstream/credential-access.ts';
import type { Attempt } from './attempt.ts';
import type { CallFailure, UpstreamResponseHeaders } from './upstream-call.ts';

/** How an attempt without an answer ended. */
export interface Failure {
  readonly error: GatewayError;
  readonly httpStatus: number;
  readonly mayBeBilled: boolean;
  readonly aborted: boolean;
  readonly timedOut: boolean;
  readonly upstreamRequestId: string;
}

export const NOTHING_SENT: Omit<Failure, 'error'> = {
  httpStatus: 0,
  mayBeBilled: false,
  aborted: false,
  timedOut: false,
  upstreamRequestId: '',
};

export function statusFailure(
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
export function unusable(
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

export function callFailure(
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

export function timedOut(provider: string, cause?: Error): GatewayError {
  return new GatewayError('upstream_timeout', `${provider} did not answer in time.`, {
    source: 'provider',
    cause,
  });
}

export function brokenOff(provider: string, cause?: Error): GatewayError {
  return new GatewayError('upstream_error', `${provider} broke off its answer.`, {
    source: 'provider',
    cause,
  });
}

export function holdUsedUp(provider: string): GatewayError {
  return new GatewayError(
    'request_exceeds_budget',
    `The answer was ended: ${provider} wrote more than the request was capped to, and what a budget held for it is used up.`,
  );
}

export function logUnwritable(): GatewayError {
  return new GatewayError('service_unavailable', 'Cannot take paid requests now; try again.');
}

/** Why nothing is to be sent any more. */
export function interruptionOf({ cut, revoked, clientGone: isGone }: Exchange): GatewayError | undefined {
  return cut ?? revoked ?? (isGone ? clientGone() : undefined);
}

/** Never seen by anybody but the log: there is nobody left to tell. */
export function clientGone(): GatewayError {
  return new GatewayError('invalid_request', 'The client went away.', { status: 499 });
}

export function settleFailure(
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
