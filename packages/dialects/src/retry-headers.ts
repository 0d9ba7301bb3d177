/**
 * Headers that make clients retry when it helps, and only then.
 *
 * OpenAI's and Anthropic's SDKs obey `x-should-retry`, then `retry-after-ms`, then `retry-after`. One would
 * sleep for hours, another refuses above 120 s, so longer waits are told but not to be slept.
 */
import { GATEWAY_ERROR, type GatewayError } from '@tollgate/errors';

const LONGEST_SLEEP_MS = 30_000;
const SOON_MS = 1_000;

/** @returns Header names in lower case; empty where the client's own default is right. */
export function retryHeaders(error: GatewayError): Record<string, string> {
  const { retryAfterMs } = error.details;
  switch (GATEWAY_ERROR[error.code].retry) {
    case 'no':
      return { 'x-should-retry': 'false' };
    case 'soon':
      return waitHeaders(retryAfterMs ?? SOON_MS);
    case 'wait':
    case 'provider':
      return retryAfterMs === undefined ? {} : waitHeaders(retryAfterMs);
  }
}

function waitHeaders(waitMs: number): Record<string, string> {
  const wholeMs = Math.max(0, Math.ceil(waitMs));
  const seconds = String(Math.ceil(wholeMs / 1000));
  return wholeMs <= LONGEST_SLEEP_MS
    ? { 'retry-after-ms': String(wholeMs), 'retry-after': seconds }
    : { 'retry-after': seconds, 'x-should-retry': 'false' };
}
