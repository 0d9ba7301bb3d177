/** What an issuer, and whatever its metadata names, is asked through: never a private address, and not for long. */
import { type GuardedAnswer, guardedRequest } from '@tollgate/providers/outbound';
import { IdentityError } from '../identity-error.ts';

export interface OidcNetwork {
  /** Exact origins that may be private, and without TLS. */
  readonly allowedPrivateOrigins: readonly string[];
}

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 1024 * 1024;

export interface OidcRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Makes it a POST. */
  readonly form?: URLSearchParams;
}

/** @throws what the connection fails with. */
export function askIssuer(
  { allowedPrivateOrigins }: OidcNetwork,
  { url, headers = {}, form }: OidcRequest,
): Promise<GuardedAnswer> {
  return guardedRequest({
    url,
    headers: {
      ...headers,
      ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    ...(form === undefined ? {} : { method: 'POST' as const, body: form.toString() }),
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
    allowedPrivateOrigins,
  });
}

/** @returns Undefined for what is no JSON object. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Refused by our guard is what the organization has to mend; everything else may be over in a minute. */
export function explainConnection(error: unknown, what: string): IdentityError {
  if (error instanceof IdentityError) return error;
  const { code } = error as { code?: unknown };
  const refused = ['TOLLGATE_PRIVATE_ADDRESS', 'TOLLGATE_NOT_HTTPS', 'ERR_INVALID_URL'].includes(
    String(code),
  );
  return refused
    ? misconfigured(`${what} is no public address with https://`, error)
    : new IdentityError('provider_unreachable', `Cannot sign in: the provider does not answer (${what})`, {
        cause: error,
      });
}

export function misconfigured(why: string, cause?: unknown): IdentityError {
  return new IdentityError('provider_misconfigured', `Cannot sign in by this provider: ${why}`, { cause });
}
