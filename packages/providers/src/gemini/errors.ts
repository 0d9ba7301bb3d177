/**
 * What a failure of Google's APIs (Gemini, Vertex AI) means for us and for the caller; what they do not say in a way
 * of their own is as everywhere (openai-compatible/errors.ts).
 *
 * `google.rpc.Status`: a bad key is a bad request by its status, and only the details tell; the wait stands in a
 * `RetryInfo`, not in a header.
 */
import { GatewayError, type GatewayErrorDetails } from '@tollgate/errors';
import {
  redact,
  type Secrets,
  type UpstreamFailure,
  upstreamFailureError,
} from '../openai-compatible/errors.ts';

const MAX_RETRY_MS = 24 * 60 * 60 * 1000;

interface SaidError {
  readonly message: string;
  /** `INVALID_ARGUMENT` and the like; empty where none is told. */
  readonly status: string;
  readonly code: number;
  readonly reasons: readonly string[];
  readonly retryAfterMs: number | undefined;
  readonly field: string | undefined;
}

/** The error for the caller, from an answer with status 400 or above. */
export function geminiFailureError(failure: UpstreamFailure): GatewayError {
  const said = readError(parse(failure.body));
  return said === undefined
    ? upstreamFailureError(failure)
    : errorOf(said, failure.status, failure.provider, failure.secret, failure);
}

/** The error for a failure inside a stream; `body` as parsed from the event. */
export function geminiStreamFailureError(body: unknown, provider: string, secret: Secrets): GatewayError {
  const said = readError(body);
  if (said === undefined) {
    return new GatewayError('upstream_error', `${provider} broke off the stream.`, { source: 'provider' });
  }
  return errorOf(said, said.code, provider, secret, undefined);
}

function errorOf(
  said: SaidError,
  status: number,
  provider: string,
  secret: Secrets,
  failure: UpstreamFailure | undefined,
): GatewayError {
  const { retryAfterMs } = said;
  const wait: GatewayErrorDetails =
    retryAfterMs === undefined ? { source: 'provider' } : { source: 'provider', retryAfterMs };
  if (said.reasons.some((reason) => KEY_REASONS.has(reason)) || CREDENTIAL_STATUSES.has(said.status)) {
    return new GatewayError('provider_credential_rejected', `${provider} refused the gateway's credential.`, {
      source: 'provider',
    });
  }
  if (said.reasons.includes('BILLING_DISABLED')) {
    return new GatewayError('provider_quota_exhausted', `The account at ${provider} has no quota left.`, {
      source: 'provider',
    });
  }
  const usual = upstreamFailureError(
    failure ?? { status, headers: {}, body: Buffer.alloc(0), secret, provider },
  );
  const message = said.message === '' ? usual.message : redact(said.message, secret);
  const typed = said.status === '' ? {} : { upstreamType: said.status };
  switch (usual.code) {
    case 'upstream_rate_limited': {
      const known = retryAfterMs ?? usual.details.retryAfterMs;
      return new GatewayError('upstream_rate_limited', message, {
        source: 'provider',
        ...typed,
        ...(known === undefined ? {} : { retryAfterMs: known }),
      });
    }
    case 'upstream_error':
      if (status < 400 || status >= 500) return new GatewayError('upstream_error', usual.message, wait);
      return new GatewayError('upstream_error', message, {
        source: 'provider',
        status,
        ...typed,
        ...(said.field === undefined ? {} : { param: said.field }),
      });
    case 'upstream_unavailable':
    case 'upstream_timeout':
      return new GatewayError(usual.code, usual.message, { ...usual.details, ...wait });
    default:
      return usual;
  }
}

/** Of `google.rpc.ErrorInfo`: all are about our key, whatever the status is. */
const KEY_REASONS: ReadonlySet<string> = new Set([
  'API_KEY_INVALID',
  'API_KEY_EXPIRED',
  'API_KEY_SERVICE_BLOCKED',
  'API_KEY_HTTP_REFERRER_BLOCKED',
  'API_KEY_IP_ADDRESS_BLOCKED',
  'ACCESS_TOKEN_EXPIRED',
  'ACCESS_TOKEN_TYPE_UNSUPPORTED',
  'SERVICE_DISABLED',
  'CONSUMER_INVALID',
  'CONSUMER_SUSPENDED',
]);
const CREDENTIAL_STATUSES: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'PERMISSION_DENIED']);

/** A stream that is a JSON list tells its failure in a list, too. */
function readError(body: unknown): SaidError | undefined {
  const holder: unknown = Array.isArray(body) ? body[0] : body;
  const error = memberOf(holder, 'error');
  if (typeof error !== 'object' || error === null) return undefined;
  const { message, status, code, details } = error as Record<string, unknown>;
  const list = Array.isArray(details) ? (details as readonly unknown[]) : [];
  const violations = list.flatMap((detail) => memberOf(detail, 'fieldViolations') ?? []);
  const field = memberOf(violations[0], 'field');
  return {
    message: typeof message === 'string' ? message : '',
    status: typeof status === 'string' && /^[A-Z_]{1,40}$/.test(status) ? status : '',
    code: typeof code === 'number' ? code : 0,
    reasons: list
      .map((detail) => memberOf(detail, 'reason'))
      .filter((one): one is string => typeof one === 'string'),
    retryAfterMs: list
      .map((detail) => readDelay(memberOf(detail, 'retryDelay')))
      .find((one) => one !== undefined),
    field: typeof field === 'string' && field.length <= 200 ? field : undefined,
  };
}

/** Protobuf's duration as text: `12s`, `0.5s`. */
function readDelay(value: unknown): number | undefined {
  const seconds = typeof value === 'string' ? /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(value)?.[1] : undefined;
  return seconds === undefined ? undefined : Math.min(Math.ceil(Number(seconds) * 1000), MAX_RETRY_MS);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
