/**
 * Every code with which the gateway refuses or fails a request, and what each dialect calls it.
 *
 * One table, so that a code without a status or without a dialect's name does not compile. Rendering lives
 * in packages/dialects.
 */

/** What a client should do next. `provider`: as the provider said. `wait`: when the rule resets. */
export type RetryAdvice = 'no' | 'soon' | 'wait' | 'provider';

export interface GatewayErrorDefinition {
  readonly status: number;
  readonly openaiType: string;
  readonly anthropicType: string;
  readonly geminiStatus: string;
  readonly retry: RetryAdvice;
}

const define = (
  status: number,
  openaiType: string,
  anthropicType: string,
  geminiStatus: string,
  retry: RetryAdvice,
): GatewayErrorDefinition => ({ status, openaiType, anthropicType, geminiStatus, retry });

const unauthenticated = define(401, 'authentication_error', 'authentication_error', 'UNAUTHENTICATED', 'no');
const unpaid = define(402, 'insufficient_quota', 'billing_error', 'FAILED_PRECONDITION', 'no');
const invalid = define(400, 'invalid_request_error', 'invalid_request_error', 'INVALID_ARGUMENT', 'no');
const credential = define(502, 'server_error', 'api_error', 'UNAVAILABLE', 'no');

export const GATEWAY_ERROR = {
  invalid_api_key: unauthenticated,
  key_revoked: unauthenticated,
  key_expired: unauthenticated,
  budget_exceeded: unpaid,
  request_exceeds_budget: unpaid,
  unbounded_cost: unpaid,
  budget_in_flight: define(429, 'rate_limit_error', 'rate_limit_error', 'RESOURCE_EXHAUSTED', 'soon'),
  permission_denied: define(403, 'permission_error', 'permission_error', 'PERMISSION_DENIED', 'no'),
  model_not_found: define(404, 'invalid_request_error', 'not_found_error', 'NOT_FOUND', 'no'),
  not_found: define(404, 'invalid_request_error', 'not_found_error', 'NOT_FOUND', 'no'),
  method_not_allowed: define(405, 'invalid_request_error', 'invalid_request_error', 'INVALID_ARGUMENT', 'no'),
  rate_limit_exceeded: define(429, 'rate_limit_error', 'rate_limit_error', 'RESOURCE_EXHAUSTED', 'wait'),
  request_too_large: define(413, 'invalid_request_error', 'request_too_large', 'INVALID_ARGUMENT', 'no'),
  invalid_request: invalid,
  unsupported_parameter: invalid,
  guardrail_blocked: invalid,
  idempotency_key_reused: define(
    422,
    'invalid_request_error',
    'invalid_request_error',
    'INVALID_ARGUMENT',
    'no',
  ),
  idempotency_in_progress: define(409, 'invalid_request_error', 'invalid_request_error', 'ABORTED', 'soon'),
  upstream_rate_limited: define(
    429,
    'rate_limit_error',
    'rate_limit_error',
    'RESOURCE_EXHAUSTED',
    'provider',
  ),
  provider_credential_rejected: credential,
  provider_quota_exhausted: credential,
  upstream_error: define(502, 'server_error', 'api_error', 'UNAVAILABLE', 'provider'),
  upstream_timeout: define(504, 'server_error', 'api_error', 'DEADLINE_EXCEEDED', 'provider'),
  upstream_unavailable: define(503, 'server_error', 'overloaded_error', 'UNAVAILABLE', 'provider'),
  service_unavailable: define(503, 'server_error', 'api_error', 'UNAVAILABLE', 'soon'),
  /** A gateway under pressure, and the caller's key or organization has more than its share of it. */
  capacity_share_exceeded: define(503, 'server_error', 'api_error', 'UNAVAILABLE', 'soon'),
} as const satisfies Record<string, GatewayErrorDefinition>;

export type GatewayErrorCode = keyof typeof GATEWAY_ERROR;

/** Whose rule it was: the thing a limit, budget or permission is attached to. */
export interface ErrorScope {
  readonly type:
    | 'organization'
    | 'team'
    | 'key'
    | 'member'
    | 'serviceAccount'
    | 'endUser'
    | 'model'
    | 'tag'
    | 'provider'
    | 'route';
  readonly id: string;
  readonly name?: string;
}
