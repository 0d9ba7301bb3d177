/**
 * Proof for Google Vertex AI: an access token, bought by Google's own library with a service account's key.
 *
 * The key's file may name any token address; it is not obeyed. Tokens come from Google's one address, through the
 * fetch that is given, and are kept until shortly before they expire.
 */
import { GatewayError } from '@tollgate/errors';
import { JWT } from 'google-auth-library';
import { z } from 'zod';
import type { UnsignedRequest, UpstreamAuthorizer } from '../authorization.ts';

export const serviceAccountSchema = z.object({
  client_email: z.string().min(3).max(512),
  private_key: z.string().min(1).max(16_384),
  private_key_id: z.string().max(256).exactOptional(),
  project_id: z.string().max(256).exactOptional(),
});

export type ServiceAccount = z.infer<typeof serviceAccountSchema>;

/** As of the platform; it must obey the rules for outbound connections. */
export type TokenFetch = (...request: Parameters<typeof fetch>) => ReturnType<typeof fetch>;

const TOKEN_TIMEOUT_MS = 10_000;
/** So that a token does not expire on its way. */
const EARLY_MS = 5 * 60_000;
const USUAL_LIFE_MS = 60 * 60_000;

export function googleAuthorizer(
  account: ServiceAccount,
  scopes: readonly string[],
  fetchToken: TokenFetch,
): UpstreamAuthorizer {
  let token: { readonly value: string; readonly expiresAtMs: number } | undefined;
  let buying: Promise<string> | undefined;

  const buy = async (nowMs: number): Promise<string> => {
    const client = new JWT({
      email: account.client_email,
      key: account.private_key,
      ...(account.private_key_id === undefined ? {} : { keyId: account.private_key_id }),
      scopes: [...scopes],
      transporterOptions: { fetchImplementation: fetchToken, timeout: TOKEN_TIMEOUT_MS },
    });
    try {
      const bought = await client.authorize();
      const value = bought.access_token;
      if (typeof value !== 'string' || value === '') throw new Error('the issuer gave no token');
      token = { value, expiresAtMs: bought.expiry_date ?? nowMs + USUAL_LIFE_MS };
      return value;
    } catch (cause) {
      throw tokenError(cause);
    }
  };

  return {
    authorize({ headers, nowMs }: UnsignedRequest) {
      if (token !== undefined && token.expiresAtMs - EARLY_MS > nowMs) return withToken(headers, token.value);
      // One purchase at a time, whoever waits for it.
      buying ??= buy(nowMs).finally(() => {
        buying = undefined;
      });
      return buying.then((value) => withToken(headers, value));
    },
    secrets: () => [account.private_key, ...(token === undefined ? [] : [token.value])],
  };
}

function withToken(
  headers: Readonly<Record<string, string>>,
  token: string,
): Readonly<Record<string, string>> {
  return { ...headers, authorization: `Bearer ${token}` };
}

/** The issuer's own words may repeat the assertion; they go no further than the cause. */
function tokenError(cause: unknown): GatewayError {
  const { status, response } = (cause ?? {}) as { status?: unknown; response?: { status?: unknown } };
  const told = response?.status ?? status;
  const details = { source: 'provider', cause } as const;
  const isRefusal = typeof told === 'number' && told >= 400 && told < 500 && told !== 429;
  const isBadKey = told === undefined && isKeyError(cause);
  return isRefusal || isBadKey
    ? new GatewayError('provider_credential_rejected', 'Google refused the service account.', details)
    : new GatewayError('upstream_unavailable', 'Google gave no access token.', details);
}

/** OpenSSL's codes for a key that cannot be read. */
function isKeyError(cause: unknown): boolean {
  const { code } = (cause ?? {}) as { code?: unknown };
  return typeof code === 'string' && code.startsWith('ERR_OSSL');
}
