/**
 * What a failure of the Messages API means for us and for the caller; what Anthropic does not say in a way of its
 * own is as everywhere (openai-compatible/errors.ts). Vertex and Bedrock serve Claude with their own errors.
 */
import { GatewayError } from '@tollgate/errors';
import {
  redact,
  type Secrets,
  streamFailureError,
  type UpstreamFailure,
  upstreamFailureError,
} from '../openai-compatible/errors.ts';
import { parseObject } from './response.ts';

/** The error for the caller, from an answer with status 400 or above. */
export function messagesFailureError(failure: UpstreamFailure): GatewayError {
  const { provider, body } = failure;
  const said = readError(parseObject(body.toString('utf8')));
  const error = upstreamFailureError(failure);
  if (said.type === 'overloaded_error' || failure.status === 529) return overloaded(provider, error);
  if (isUnpaid(said)) return unpaid(provider);
  return error;
}

/** The error for an `error` event inside a stream; `body` as parsed from the event. */
export function messagesStreamFailureError(body: unknown, provider: string, secret: Secrets): GatewayError {
  const said = readError(body);
  const message = redact(said.message, secret);
  const error = streamFailureError(body, provider, secret);
  const { upstreamType } = error.details;
  const details = { source: 'provider', ...(upstreamType === undefined ? {} : { upstreamType }) } as const;
  if (isUnpaid(said)) return unpaid(provider);
  switch (said.type) {
    case 'overloaded_error':
      return overloaded(provider, error);
    case 'rate_limit_error':
      return new GatewayError('upstream_rate_limited', message || `${provider} limits the rate.`, details);
    case 'authentication_error':
    case 'permission_error':
      return new GatewayError(
        'provider_credential_rejected',
        `${provider} refused the gateway's credential.`,
        {
          source: 'provider',
        },
      );
    case 'timeout_error':
      return new GatewayError('upstream_timeout', `${provider} did not answer in time.`, details);
    case 'invalid_request_error':
      return new GatewayError('upstream_error', error.message, { ...details, status: 400 });
    default:
      return error;
  }
}

function overloaded(provider: string, { details: { retryAfterMs } }: GatewayError): GatewayError {
  return new GatewayError('upstream_unavailable', `${provider} is overloaded.`, {
    source: 'provider',
    upstreamType: 'overloaded_error',
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function unpaid(provider: string): GatewayError {
  return new GatewayError('provider_quota_exhausted', `The account at ${provider} has no quota left.`, {
    source: 'provider',
  });
}

interface SaidError {
  readonly type: string;
  readonly message: string;
}

function readError(body: unknown): SaidError {
  const { error } = (body ?? {}) as { error?: unknown };
  const { type, message } = (typeof error === 'object' && error !== null ? error : {}) as Record<
    string,
    unknown
  >;
  return {
    type: typeof type === 'string' ? type : '',
    message: typeof message === 'string' ? message : '',
  };
}

/**
 * An empty account answers `invalid_request_error`, like a bad request; only its text tells. The caller can do
 * nothing about it, another credential can.
 */
function isUnpaid({ type, message }: SaidError): boolean {
  return (
    type === 'billing_error' ||
    (type === 'invalid_request_error' && message.startsWith('Your credit balance is too low'))
  );
}
