/**
 * Stripe's SDK as this product uses it: one pinned API version, short waits, and a host that only the operator's
 * environment can change (to a stand-in on this machine).
 */
import Stripe from 'stripe';

/** The version that the SDK's types describe. Raised together with the SDK, after reading what changed. */
const API_VERSION = '2026-10-28.endive';
const TIMEOUT_MS = 20_000;

export interface StripeSettings {
  readonly secretKey: string;
  /** The newest first; older ones are accepted while a rotation runs. */
  readonly webhookSecrets: readonly string[];
  /** Instead of api.stripe.com: a stand-in. */
  readonly apiUrl?: string | undefined;
}

/** How Stripe is reached, and what it is to us. */
export interface PaymentProcessor {
  readonly stripe: Stripe;
  readonly webhookSecrets: readonly string[];
  readonly mode: 'live' | 'test' | 'stand-in';
}

/** Replaces the way out; for tests. */
export type StripeFetch = typeof fetch;

export function openPaymentProcessor(
  { secretKey, webhookSecrets, apiUrl }: StripeSettings,
  fetchFunction?: StripeFetch,
): PaymentProcessor {
  const host = apiUrl === undefined ? undefined : new URL(apiUrl);
  const stripe = new Stripe(secretKey, {
    apiVersion: API_VERSION,
    timeout: TIMEOUT_MS,
    // Whoever replaced the way out wants to see each call fail.
    maxNetworkRetries: fetchFunction === undefined ? 1 : 0,
    telemetry: false,
    ...(host === undefined
      ? {}
      : {
          host: host.hostname,
          port: host.port || (host.protocol === 'https:' ? '443' : '80'),
          protocol: host.protocol === 'https:' ? ('https' as const) : ('http' as const),
        }),
    ...(fetchFunction === undefined ? {} : { httpClient: Stripe.createFetchHttpClient(fetchFunction) }),
  });
  const mode = apiUrl !== undefined ? 'stand-in' : /^(sk|rk)_live_/.test(secretKey) ? 'live' : 'test';
  return { stripe, webhookSecrets, mode };
}

/** Whether asking again later may give another answer. */
export function isTemporary(error: unknown): boolean {
  if (!(error instanceof Stripe.errors.StripeError)) return true;
  if (error instanceof Stripe.errors.StripeConnectionError) return true;
  if (error instanceof Stripe.errors.StripeRateLimitError) return true;
  if (error instanceof Stripe.errors.StripeAuthenticationError) return true;
  if (error instanceof Stripe.errors.StripePermissionError) return true;
  const status = error.statusCode ?? 500;
  return status >= 500 || status === 409 || status === 429;
}

/** Stripe's own words, which never hold keys or card numbers; for finance to read. */
export function describeStripeError(error: unknown): string {
  // What is said of a refused key quotes a part of it.
  if (error instanceof Stripe.errors.StripeAuthenticationError) return 'authentication: the key was refused';
  if (error instanceof Stripe.errors.StripeError) {
    return [error.code ?? error.type, error.message].filter((text) => text !== undefined).join(': ');
  }
  return error instanceof Error ? error.name : 'unknown';
}
