/**
 * Why a request may not go on: what the client is told [G6], as data for `GatewayError`.
 */
import { type ErrorScope, GatewayError, type GatewayErrorDetails } from '@tollgate/errors';
import type { OnExceeded } from './budget/budget-policy.ts';

export type RefusalCode =
  | 'budget_exceeded'
  | 'request_exceeds_budget'
  | 'unbounded_cost'
  | 'budget_in_flight'
  | 'rate_limit_exceeded'
  | 'service_unavailable';

export interface Refusal {
  readonly kind: 'refused';
  readonly code: RefusalCode;
  readonly message: string;
  readonly ruleId?: string;
  readonly scope?: ErrorScope;
  /** USD for budgets, a count for rate limits. */
  readonly limit?: string;
  readonly used?: string;
  readonly requested?: string;
  readonly resetsAtMs?: number;
  readonly retryAfterMs?: number;
  /** Of a rate limit: it counts one model, so that another one may be tried. */
  readonly ofModel?: boolean;
  /** What the budget says to do instead of refusing. */
  readonly onExceeded?: OnExceeded;
}

export function toGatewayError(refusal: Refusal): GatewayError {
  const { ruleId, scope, limit, used, requested, resetsAtMs, retryAfterMs } = refusal;
  const details: GatewayErrorDetails = {
    source: 'tollgate',
    ...(ruleId === undefined ? {} : { ruleId }),
    ...(scope === undefined ? {} : { scope }),
    ...(limit === undefined ? {} : { limit }),
    ...(used === undefined ? {} : { used }),
    ...(requested === undefined ? {} : { requested }),
    ...(resetsAtMs === undefined ? {} : { resetsAt: new Date(resetsAtMs).toISOString() }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
  return new GatewayError(refusal.code, refusal.message, details);
}

/** Our own dependency is away: never a word about budgets [G1]. */
export function unavailable(retryAfterMs: number): Refusal {
  return {
    kind: 'refused',
    code: 'service_unavailable',
    message: 'Cannot reserve budget: the authority on budgets cannot be reached, try again',
    retryAfterMs,
  };
}
