/**
 * What a failure of Cohere's API means for us and for the caller: `{"id", "message"}`, and statuses of its own.
 * Source: docs.cohere.com, Errors.
 */
import { GatewayError } from '@tollgate/errors';
import {
  type Secrets,
  streamFailureError,
  type UpstreamFailure,
  upstreamFailureError,
} from '../openai-compatible/errors.ts';

const BLOCKED_TOKEN = 498;

/** The error for the caller, from an answer with status 400 or above. */
export function cohereFailureError(failure: UpstreamFailure): GatewayError {
  if (failure.status === BLOCKED_TOKEN) {
    return new GatewayError(
      'provider_credential_rejected',
      `${failure.provider} refused the gateway's credential.`,
      { source: 'provider' },
    );
  }
  return upstreamFailureError(failure);
}

/** The error for a failure inside a stream; `body` as parsed from the event. */
export function cohereStreamFailureError(body: unknown, provider: string, secret: Secrets): GatewayError {
  // `message-end` tells a failure as its finish reason, and its words beside it.
  const { delta } = (body ?? {}) as { delta?: unknown };
  const { error } = (delta ?? {}) as { error?: unknown };
  return streamFailureError(typeof error === 'string' ? { error } : body, provider, secret);
}
