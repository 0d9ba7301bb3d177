/** How Stripe is reached, for the processes that do; absent without a key. */
import { z } from 'zod';
import { list, url } from './environment.ts';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

export const stripeShape = {
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^(sk|rk)_/, 'must be a secret or restricted key of Stripe (sk_… or rk_…)')
    .optional(),
  /** Separated by commas while one is being replaced, the newest first. */
  STRIPE_WEBHOOK_SECRETS: list,
  /** Instead of api.stripe.com: a stand-in on this machine, never another host. */
  STRIPE_API_URL: url(['http:', 'https:'])
    .refine((value) => LOOPBACK.has(URL.parse(value)?.hostname ?? ''), 'must be a URL of this machine')
    .optional(),
} as const;

export interface StripeConfig {
  readonly secretKey: string;
  readonly webhookSecrets: readonly string[];
  readonly apiUrl: string | undefined;
}

export function toStripeConfig(value: {
  readonly STRIPE_SECRET_KEY?: string | undefined;
  readonly STRIPE_WEBHOOK_SECRETS: readonly string[];
  readonly STRIPE_API_URL?: string | undefined;
}): StripeConfig | undefined {
  if (value.STRIPE_SECRET_KEY === undefined) return undefined;
  return {
    secretKey: value.STRIPE_SECRET_KEY,
    webhookSecrets: value.STRIPE_WEBHOOK_SECRETS,
    apiUrl: value.STRIPE_API_URL,
  };
}
