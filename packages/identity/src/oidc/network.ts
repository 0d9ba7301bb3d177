/** What an issuer, and whatever its metadata names, is asked through: never a private address, and not for long. */
import { type GuardedAnswer, guardedRequest } from '@tollgate/providers/outbound';
import { IdentityError } from '../identity-error.ts';

export interface OidcNetwork {
  /** Exact origins that may be private, and without TLS. */
  readonly allowedPrivateOrigins: readonly string[];
}

const TIMEOUT_MS = 5_000;
/** Of answers that are read and forgotten. */
const MAX_BYTES = 1024 * 1024;
/** Of metadata and keys: those of hundreds of issuers are kept, and whoever names an issuer says how long they are. */
export const MAX_KEPT_BYTES = 128 * 1024;

export interface OidcRequest {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** As `oauth4webapi` wants it. */
export type OidcFetch = (url: string, request: OidcRequest) => Promise<Response>;

/** @throws what the connection fails with. */
export function askIssuer(
  { allowedPrivateOrigins }: OidcNetwork,
  url: string,
  { method = 'GET', headers = {}, body }: OidcRequest = {},
  maxBytes = MAX_BYTES,
): Promise<GuardedAnswer> {
  return guardedRequest({
    url,
    method,
    // The library would name itself and its version.
    headers: { ...headers, 'user-agent': 'Tollgate/1' },
    ...(body instanceof URLSearchParams ? { body: body.toString() } : {}),
    timeoutMs: TIMEOUT_MS,
    maxBytes,
    allowedPrivateOrigins,
  });
}

/** @throws {IdentityError} It does not answer, fails, or is none that may be asked. */
export async function askOrExplain(
  network: OidcNetwork,
  url: string,
  request: OidcRequest,
  maxBytes?: number,
): Promise<GuardedAnswer> {
  const answer = await askIssuer(network, url, request, maxBytes).catch((error: unknown) => {
    throw explainConnection(error, url);
  });
  // A server that fails may work in a minute.
  if (answer.status >= 500 || answer.status === 429)
    throw unreachable(`it answered ${answer.status}, ${url}`);
  return answer;
}

const WITHOUT_BODY = [204, 205, 304];

export function toResponse({ status, text }: GuardedAnswer): Response {
  return new Response(WITHOUT_BODY.includes(status) ? null : text, {
    status,
    // What it is, whatever its server calls it.
    headers: { 'content-type': parseObject(text) === undefined ? 'text/plain' : 'application/json' },
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

const REFUSED_BY_GUARD = ['TOLLGATE_PRIVATE_ADDRESS', 'TOLLGATE_NOT_HTTPS', 'ERR_INVALID_URL'];
export const TOO_LONG = 'UND_ERR_RES_EXCEEDED_MAX_SIZE';

/** Refused by our guard is what the organization has to mend; everything else may be over in a minute. */
function explainConnection(error: unknown, url: string): IdentityError {
  const code = String((error as { code?: unknown }).code);
  if (REFUSED_BY_GUARD.includes(code)) {
    return misconfigured(`${url} is no public address with https://`, error);
  }
  if (code === TOO_LONG) return misconfigured(`the answer of ${url} is too long`, error);
  return unreachable(`it does not answer, ${url}`, error);
}

function unreachable(why: string, cause?: unknown): IdentityError {
  return new IdentityError('provider_unreachable', `Cannot sign in by this provider now: ${why}`, { cause });
}

export function misconfigured(why: string, cause?: unknown): IdentityError {
  return new IdentityError('provider_misconfigured', `Cannot sign in by this provider: ${why}`, { cause });
}
