/**
 * Which of a provider's response headers reach the client: the few named here, nothing else.
 *
 * The provider's rate limits get names of their own, because the plain ones speak of the tenant's limits.
 */
import { repeatsSecret, type Secrets } from './openai-compatible/errors.ts';

const PASSED = ['openai-processing-ms', 'openai-version'] as const;
const RATE_LIMIT = /^x-ratelimit-(?:limit|remaining|reset)-[a-z-]{1,40}$/;
/** Anthropic's: the kind comes first. */
const ANTHROPIC_RATE_LIMIT = /^anthropic-ratelimit-([a-z-]{1,40})-(limit|remaining|reset)$/;
const PLAIN = /^[\x20-\x7e]{0,256}$/;

type UpstreamHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** @param secret Of the credential used; a value that repeats one is left out. */
export function passedResponseHeaders(headers: UpstreamHeaders, secret: Secrets): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const name of PASSED) {
    const value = headers[name];
    if (isHarmless(value, secret)) passed[name] = value;
  }
  for (const name in headers) {
    if (name.startsWith('anthropic-ratelimit-')) {
      const [, kind, what] = ANTHROPIC_RATE_LIMIT.exec(name) ?? [];
      const value = headers[name];
      if (kind !== undefined && isHarmless(value, secret))
        passed[`x-upstream-ratelimit-${what}-${kind}`] = value;
      continue;
    }
    if (!name.startsWith('x-ratelimit-') || !RATE_LIMIT.test(name)) continue;
    const value = headers[name];
    if (isHarmless(value, secret)) passed[`x-upstream-${name.slice(2)}`] = value;
  }
  return passed;
}

/** The provider's own id for the request; empty where it gave none. Stored, not sent. */
export function upstreamRequestId(headers: UpstreamHeaders, secret: Secrets): string {
  const value = headers['x-request-id'] ?? headers['request-id'] ?? headers['x-amzn-requestid'];
  return isHarmless(value, secret) ? value : '';
}

function isHarmless(value: string | string[] | undefined, secret: Secrets): value is string {
  return typeof value === 'string' && PLAIN.test(value) && !repeatsSecret(value, secret);
}
