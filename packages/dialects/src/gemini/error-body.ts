/** Errors as Gemini's clients read them: `google.rpc.Status` in JSON. */
import { GATEWAY_ERROR, type GatewayError } from '@tollgate/errors';
import { encodeBytes, serializeEvent } from '../sse/event-parser.ts';
import { tollgateDetails } from '../tollgate-details.ts';

/** The codes of google.rpc; a provider's own passes where it is one of them. */
const STATUSES: ReadonlySet<string> = new Set([
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
]);
const STATUS_BY_CODE: ReadonlyMap<number, string> = new Map([
  [400, 'INVALID_ARGUMENT'],
  [404, 'NOT_FOUND'],
  [409, 'ABORTED'],
  [413, 'INVALID_ARGUMENT'],
  [422, 'INVALID_ARGUMENT'],
]);
const DOMAIN = 'tollgate';

/**
 * `{"error": {"code", "message", "status", "details"}}` as JSON text. The details are those of every dialect as a
 * `google.rpc.ErrorInfo`, and the wait as a `google.rpc.RetryInfo`, because Google's clients read no headers.
 */
export function geminiErrorBody(error: GatewayError, requestId: string): string {
  const { retryAfterMs } = error.details;
  const tollgate = tollgateDetails(error, requestId);
  return JSON.stringify({
    error: {
      code: error.status,
      message: error.message,
      status: statusOf(error),
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: error.code.toUpperCase(),
          domain: DOMAIN,
          metadata: asMetadata(tollgate),
        },
        ...(retryAfterMs === undefined
          ? []
          : [
              {
                '@type': 'type.googleapis.com/google.rpc.RetryInfo',
                retryDelay: `${Math.ceil(retryAfterMs) / 1000}s`,
              },
            ]),
      ],
      tollgate,
    },
  });
}

/** The event that ends a stream which cannot go on; nothing follows it. Bytes as Latin-1. */
export function geminiErrorEvent(error: GatewayError, requestId: string): string {
  return serializeEvent({ event: '', data: encodeBytes(geminiErrorBody(error, requestId)) });
}

function statusOf(error: GatewayError): string {
  const { upstreamType, status } = error.details;
  if (upstreamType !== undefined && STATUSES.has(upstreamType)) return upstreamType;
  const usual = GATEWAY_ERROR[error.code].geminiStatus;
  return status === undefined ? usual : (STATUS_BY_CODE.get(status) ?? usual);
}

/** A map of strings by its type; what is no text is JSON in it. */
function asMetadata(details: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}
