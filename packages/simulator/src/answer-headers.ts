/**
 * The response headers of the simulated provider, noise of its edge included.
 *
 * A gateway must pass headers by allow-list; cookies and edge headers are here so that a test sees one leak.
 */
import type { Controls } from './controls.ts';

export const REQUESTS_LIMIT = 10_000;
export const TOKENS_LIMIT = 30_000_000;

/** Name, value, name, value: the same for every answer. */
export const FIXED_HEADERS: readonly string[] = [
  'openai-organization',
  'org-simulator',
  'openai-version',
  '2020-10-01',
  'strict-transport-security',
  'max-age=31536000; includeSubDomains; preload',
  'x-content-type-options',
  'nosniff',
  'server',
  'cloudflare',
  'cf-cache-status',
  'DYNAMIC',
  'cf-ray',
  '8e1225d8af0c3d93-SIM',
  'set-cookie',
  '__cf_bm=simulated; path=/; HttpOnly',
];

/** Rate-limit headers of an answer that was within the limits. */
export function rateLimitHeaders(promptTokens: number): string[] {
  return [
    'x-ratelimit-limit-requests',
    String(REQUESTS_LIMIT),
    'x-ratelimit-limit-tokens',
    String(TOKENS_LIMIT),
    'x-ratelimit-remaining-requests',
    String(REQUESTS_LIMIT - 1),
    'x-ratelimit-remaining-tokens',
    String(Math.max(0, TOKENS_LIMIT - promptTokens)),
    'x-ratelimit-reset-requests',
    '6ms',
    'x-ratelimit-reset-tokens',
    `${Math.ceil((promptTokens * 60_000) / TOKENS_LIMIT)}ms`,
  ];
}

/** Headers of a refusal: for 401 the challenge, for 429 the exhausted limits and when to come back. */
export function refusalHeaders(status: number, controls: Controls): string[] {
  const headers: string[] = [];
  if (status === 401) headers.push('www-authenticate', 'Bearer realm="OpenAI API"');
  const retryAfter =
    controls['retry-after'] ??
    (status === 429 && controls['retry-after-ms'] === undefined ? '20' : undefined);
  if (retryAfter !== undefined) headers.push('retry-after', retryAfter);
  if (controls['retry-after-ms'] !== undefined) headers.push('retry-after-ms', controls['retry-after-ms']);
  if (controls.location !== undefined) headers.push('location', controls.location);
  if (status !== 429) return headers;
  const seconds = Number(retryAfter ?? 20);
  headers.push(
    'x-ratelimit-limit-requests',
    '3',
    'x-ratelimit-limit-tokens',
    String(TOKENS_LIMIT),
    'x-ratelimit-remaining-requests',
    '0',
    'x-ratelimit-remaining-tokens',
    String(TOKENS_LIMIT),
    'x-ratelimit-reset-requests',
    `${Number.isFinite(seconds) ? seconds : 20}s`,
    'x-ratelimit-reset-tokens',
    '0s',
  );
  return headers;
}

const FORBIDDEN_IN_ECHO = /[^\t\x20-\x7e]/g;

/** Every request header back as `x-echo-NAME`: a provider that leaks the credential it was given. */
export function echoedHeaders(rawHeaders: readonly string[]): string[] {
  const headers: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    headers.push(`x-echo-${rawHeaders[i]}`, (rawHeaders[i + 1] ?? '').replace(FORBIDDEN_IN_ECHO, '?'));
  }
  return headers;
}
