/**
 * Whether to try again, and where. Pure.
 *
 * Only asked before the first byte has reached the client. A failed connection or a broken provider may be tried
 * at the next candidate, or once more at the same one; a refusal of our credential or a rate limit only
 * elsewhere; a refusal of the request itself nowhere: it would be refused again.
 */
import type { GatewayErrorCode } from '@tollgate/errors';

export interface FailedTry {
  readonly code: GatewayErrorCode;
  /** Of the provider's answer; 0: none arrived. */
  readonly httpStatus: number;
  /** How long the provider asked to wait. */
  readonly retryAfterMs: number | undefined;
  readonly timedOut: boolean;
}

export interface RetryState {
  /** Tries made so far. */
  readonly attempts: number;
  readonly maxAttempts: number;
  /** Index of the candidate that failed. */
  readonly index: number;
  readonly candidates: number;
  /** Tries made at that candidate. */
  readonly attemptsHere: number;
}

export type RetryDecision =
  | { readonly kind: 'give-up'; readonly reason: string }
  | { readonly kind: 'retry'; readonly index: number; readonly delayMs: number };

const MAX_TRIES_HERE = 2;
const SAME_DELAY_MS = 100;
const LONGEST_DELAY_MS = 1_000;

/** @param random From 0 up to 1: spreads the waiting of many clients. */
export function decideRetry(failed: FailedTry, state: RetryState, random: number): RetryDecision {
  if (state.attempts >= state.maxAttempts) return { kind: 'give-up', reason: 'all tries are used' };
  const scope = retryScope(failed);
  if (scope === 'nowhere') return { kind: 'give-up', reason: 'another try would be refused as well' };
  if (state.index + 1 < state.candidates) return { kind: 'retry', index: state.index + 1, delayMs: 0 };
  if (scope === 'elsewhere') return { kind: 'give-up', reason: 'no other credential serves the model' };
  if (state.attemptsHere >= MAX_TRIES_HERE)
    return { kind: 'give-up', reason: 'the same credential failed twice' };
  const delayMs = failed.retryAfterMs ?? SAME_DELAY_MS * (0.5 + random);
  if (delayMs > LONGEST_DELAY_MS) return { kind: 'give-up', reason: 'the provider asks to wait longer' };
  return { kind: 'retry', index: state.index, delayMs };
}

function retryScope({ code, httpStatus, timedOut }: FailedTry): 'anywhere' | 'elsewhere' | 'nowhere' {
  if (timedOut) return 'elsewhere';
  switch (code) {
    case 'upstream_rate_limited':
    case 'provider_credential_rejected':
    case 'provider_quota_exhausted':
      return 'elsewhere';
    case 'upstream_unavailable':
    case 'upstream_timeout':
      return 'anywhere';
    case 'upstream_error':
      return httpStatus >= 400 && httpStatus < 500 ? 'nowhere' : 'anywhere';
    default:
      return 'nowhere';
  }
}
