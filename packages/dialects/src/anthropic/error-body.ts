/** Errors as Anthropic's clients read them. */
import { GATEWAY_ERROR, type GatewayError } from '@tollgate/errors';
import { encodeBytes, serializeEvent } from '../sse/event-parser.ts';
import { tollgateDetails } from '../tollgate-details.ts';

const TYPES: ReadonlySet<string> = new Set([
  'invalid_request_error',
  'authentication_error',
  'billing_error',
  'permission_error',
  'not_found_error',
  'request_too_large',
  'rate_limit_error',
  'timeout_error',
  'api_error',
  'overloaded_error',
]);
const TYPE_BY_STATUS: ReadonlyMap<number, string> = new Map([
  [400, 'invalid_request_error'],
  [404, 'not_found_error'],
  [413, 'request_too_large'],
  [422, 'invalid_request_error'],
]);
const OVERLOADED = 529;

/** `{"type": "error", "error": {…}, "request_id": …}` as JSON text. */
export function anthropicErrorBody(error: GatewayError, requestId: string): string {
  return JSON.stringify({
    type: 'error',
    error: {
      type: errorType(error),
      message: error.message,
      tollgate: tollgateDetails(error, requestId),
    },
    request_id: requestId,
  });
}

/** The event that ends a stream which cannot go on; nothing follows it. Bytes as Latin-1. */
export function anthropicErrorEvent(error: GatewayError, requestId: string): string {
  return serializeEvent({ event: 'error', data: encodeBytes(anthropicErrorBody(error, requestId)) });
}

/** The status of it: Anthropic's own 529 stays for clients that know it. */
export function anthropicErrorStatus(error: GatewayError): number {
  const isOverload =
    error.code === 'upstream_unavailable' && error.details.upstreamType === 'overloaded_error';
  return isOverload ? OVERLOADED : error.status;
}

/** A provider's own type where it is one of this dialect; else by status where the provider's status passes. */
function errorType(error: GatewayError): string {
  const { upstreamType, status } = error.details;
  if (upstreamType !== undefined && TYPES.has(upstreamType)) return upstreamType;
  if (status !== undefined) return TYPE_BY_STATUS.get(status) ?? GATEWAY_ERROR[error.code].anthropicType;
  return GATEWAY_ERROR[error.code].anthropicType;
}
