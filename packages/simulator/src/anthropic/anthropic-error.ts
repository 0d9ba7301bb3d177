/** Errors and headers of the simulated Anthropic API. */
import { type Controls, NO_CONTROLS } from '../controls.ts';
import { type Failure, WireRefusal } from '../wire/reply.ts';
import type { WireErrors } from '../wire/speech.ts';

const TYPE_OF_STATUS = new Map([
  [400, 'invalid_request_error'],
  [401, 'authentication_error'],
  [402, 'billing_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [504, 'timeout_error'],
  [529, 'overloaded_error'],
]);
const MESSAGES = new Map([
  [401, 'invalid x-api-key'],
  [403, 'Your API key does not have permission to use the specified resource.'],
  [413, 'Request exceeds the maximum size'],
  [
    429,
    "This request would exceed your organization's rate limit of 50 requests per minute. Please reduce the " +
      'prompt length or the maximum tokens requested, or try again later.',
  ],
  [500, 'Internal server error'],
  [529, 'Overloaded'],
]);

const VERSIONS = new Set(['2023-01-01', '2023-06-01', '2026-10-21']);

/** Name, value: the same for every answer but for the request id. */
export function fixedHeaders(requestId: string): string[] {
  return [
    ...['request-id', requestId, 'anthropic-organization-id', '00000000-0000-4000-8000-000000000000'],
    ...['via', '1.1 google', 'cf-cache-status', 'DYNAMIC', 'cf-ray', '9f0a1b2c3d4e5f60-SIM'],
    ...['x-robots-tag', 'none', 'server', 'cloudflare', 'set-cookie', '_cfuvid=simulated; path=/; HttpOnly'],
    ...['strict-transport-security', 'max-age=31536000; includeSubDomains; preload'],
  ];
}

export function rateLimitHeaders(): string[] {
  const reset = '2026-01-15T12:01:00Z';
  return ['requests', 'input-tokens', 'output-tokens', 'tokens'].flatMap((kind) => {
    const prefix = `anthropic-ratelimit-${kind}`;
    return [`${prefix}-limit`, '4000', `${prefix}-remaining`, '3999', `${prefix}-reset`, reset];
  });
}

export function anthropicFailure(
  requestId: string,
  status: number,
  message: string,
  controls: Controls = NO_CONTROLS,
  type = TYPE_OF_STATUS.get(status) ?? (status >= 500 ? 'api_error' : 'invalid_request_error'),
): Failure {
  const body = { type: 'error', error: { type, message }, request_id: requestId };
  return {
    status,
    body: JSON.stringify(body),
    contentType: 'application/json',
    headers: hints(status, controls),
  };
}

function hints(status: number, controls: Controls): string[] {
  const headers: string[] = [];
  const retryAfter = controls['retry-after'] ?? (status === 429 ? '20' : undefined);
  const retryAfterMs = controls['retry-after-ms'];
  if (retryAfter !== undefined && retryAfterMs === undefined) headers.push('retry-after', retryAfter);
  if (retryAfterMs !== undefined) headers.push('retry-after-ms', retryAfterMs);
  if (controls.location !== undefined) headers.push('location', controls.location);
  if (status < 500) headers.push('x-should-retry', status === 429 ? 'true' : 'false');
  else headers.push('x-should-retry', 'true');
  return headers;
}

export function anthropicErrors(requestId: string): WireErrors {
  return {
    forStatus: (status, model, controls) => {
      const message =
        status === 404
          ? `model: ${model}`
          : (MESSAGES.get(status) ?? 'The request was refused because the test asked for it.');
      return anthropicFailure(requestId, status, message, controls, controls.code);
    },
    invalid: (message) => anthropicFailure(requestId, 400, message),
    unknownModel: (model) => anthropicFailure(requestId, 404, `model: ${model.slice(0, 200)}`),
  };
}

/**
 * Null when the key is the right one and the version is named.
 *
 * The official SDK sends its key as `Authorization: Bearer` since its version 1, and as `x-api-key` before.
 */
export function checkAccess(
  headers: NodeJS.Dict<string | string[]>,
  apiKey: string,
  requestId: string,
): Failure | null {
  const key = headers['x-api-key'] ?? bearerOf(headers.authorization);
  if (key === undefined) return anthropicFailure(requestId, 401, 'x-api-key header is required');
  if (key !== apiKey) return anthropicFailure(requestId, 401, 'invalid x-api-key');
  const version = headers['anthropic-version'];
  if (version === undefined) return anthropicFailure(requestId, 400, 'anthropic-version: header is required');
  if (VERSIONS.has(String(version))) return null;
  return anthropicFailure(
    requestId,
    400,
    `anthropic-version: "${String(version).slice(0, 50)}" is not a valid version`,
  );
}

function bearerOf(authorization: string | string[] | undefined): string | undefined {
  if (typeof authorization !== 'string' || !/^bearer /i.test(authorization)) return undefined;
  return authorization.slice(7);
}

/** For readers that find a fault deep inside a request. */
export function refuse(message: string): never {
  throw new WireRefusal(anthropicFailure('', 400, message));
}
