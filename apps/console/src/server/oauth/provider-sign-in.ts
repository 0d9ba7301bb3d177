/**
 * Sign-in at the identity provider of an organization: one callback for all of them, `/api/auth/callback/sso`.
 *
 * What waits for an answer is a row of the database that names the provider, and that a cookie of this browser names. State,
 * nonce and the secret of PKCE come of that cookie's token, each by a word of its own, so that nobody who sees one of them
 * learns another, or the token. The row is spent by deleting, before the provider is asked anything: an answer counts once,
 * for the browser that was sent, and for the provider that it was sent to.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import {
  beginProviderSignIn,
  IdentityError,
  openIdentityProvider,
  type ProvedIdentity,
  readProviderCookie,
  reauthenticateWithProvider,
  serializeProviderCookie,
  signInWithProvider,
  spendProviderSignIn,
} from '@tollgate/identity';
import { z } from 'zod';
import { safeNextPath } from '../../features/auth/next-path.ts';
import {
  answerHeaders,
  BASE_PATH,
  failurePath,
  isOurScript,
  mayStart,
  type OAuthHandlerOptions,
  open,
  originOf,
  previousSession,
  REAUTHENTICATED_PATH,
  readJson,
  refuse,
} from './dance.ts';
import {
  type PendingSignIn,
  parsePendingSignIn,
  readPendingSignIn,
  serializePendingSignIn,
} from './pending-sign-in.ts';

/** In the addresses; no provider of the installation has it. */
export const SINGLE_SIGN_ON_ID = 'sso';

const STARTS = { of: SINGLE_SIGN_ON_ID, limit: 1_000 } as const;

const Start = z.looseObject({
  identityProviderId: z.string().min(1).max(100),
  /** For the provider's own form. */
  email: z.string().max(254).exactOptional(),
});

export interface ProviderSignIn {
  readonly start: (request: Request) => Promise<Response>;
  readonly finish: (request: Request) => Promise<Response>;
}

export function createProviderSignIn(options: OAuthHandlerOptions): ProviderSignIn {
  return { start: (request) => start(options, request), finish: (request) => finish(options, request) };
}

async function start(options: OAuthHandlerOptions, request: Request): Promise<Response> {
  const { identity, oidc, logger } = options;
  const { consoleUrl } = identity.settings;
  if (!isOurScript(request, consoleUrl)) return refuse(403, 'csrf_refused');
  const asked = Start.safeParse(await readJson(request));
  if (!asked.success) return refuse(400, 'invalid_request');
  const { identityProviderId, email, ...rest } = asked.data;
  const pending = parsePendingSignIn(rest);
  if (pending === undefined) return refuse(400, 'invalid_request');
  if (!(await mayStart(options, request, STARTS))) return refuse(429, 'too_many_requests');
  const provider = await openIdentityProvider(identity.database, identity.encryptionKeys, identityProviderId);
  if (provider === undefined) return refuse(404, 'not_found');
  try {
    const { token, expiresAt } = await beginProviderSignIn(identity, identityProviderId);
    const url = await oidc.authorizationUrl(provider, {
      redirectUri: redirectUriOf(consoleUrl),
      state: derive(token, 'state'),
      nonce: derive(token, 'nonce'),
      codeChallenge: createHash('sha256').update(derive(token, 'verifier')).digest('base64url'),
      loginHint: email,
      askAgain: pending.reauthenticate === true,
    });
    const headers = answerHeaders();
    headers.append('set-cookie', serializeProviderCookie(consoleUrl, { token, expiresAt }));
    headers.append('set-cookie', serializePendingSignIn(consoleUrl, pending));
    return Response.json({ url }, { headers });
  } catch (err) {
    if (!(err instanceof IdentityError)) throw err;
    logger.warn({ identityProviderId, reason: err.code, detail: err.message }, 'sign-in could not begin');
    return refuse(err.code === 'provider_unreachable' ? 503 : 502, err.code);
  }
}

async function finish(options: OAuthHandlerOptions, request: Request): Promise<Response> {
  const { consoleUrl } = options.identity.settings;
  const pending = readPendingSignIn(consoleUrl, request.headers.get('cookie'));
  const headers = answerHeaders();
  let path: string;
  try {
    const begun = findBegun(request, consoleUrl);
    headers.append('set-cookie', serializeProviderCookie(consoleUrl, undefined));
    headers.append('set-cookie', serializePendingSignIn(consoleUrl, undefined));
    path = await arrive(options, request, { ...begun, pending }, headers);
  } catch (err) {
    const code = err instanceof IdentityError ? err.code : undefined;
    if (code === undefined) options.logger.error({ err }, 'sign-in at an organization’s provider failed');
    // The message names addresses of the provider, and no code, state or secret.
    else options.logger.warn({ reason: code, detail: (err as Error).message }, 'sign-in refused');
    path = failurePath(code === undefined || code === 'sign_in_expired' ? 'failed' : code, pending);
  }
  headers.set('location', new URL(path, consoleUrl).href);
  return new Response(null, { status: 303, headers });
}

interface Begun {
  /** Of the cookie. */
  readonly token: string;
  readonly answer: URLSearchParams;
}

/**
 * Before anything is spent or cleared: whoever leads somebody here who has not begun this must not end what they have.
 *
 * @throws {IdentityError} The answer is not for what this browser has begun, or says something twice.
 */
function findBegun(request: Request, consoleUrl: string): Begun {
  const token = readProviderCookie(consoleUrl, request.headers.get('cookie'));
  const answer = new URL(request.url).searchParams;
  const isRepeated = new Set(answer.keys()).size < answer.size;
  const isOurs = token !== undefined && isSame(answer.get('state') ?? '', derive(token, 'state'));
  if (isRepeated || !isOurs) throw untrusted();
  return { token, answer };
}

/** @returns The page that comes next. @throws {IdentityError} Nobody was proved, or they are not let in. */
async function arrive(
  options: OAuthHandlerOptions,
  request: Request,
  { token, answer, pending }: Begun & { readonly pending: PendingSignIn },
  headers: Headers,
): Promise<string> {
  const { identity } = options;
  const { consoleUrl } = identity.settings;
  const identityProviderId = await spendProviderSignIn(identity, token);
  const provider =
    identityProviderId === undefined
      ? undefined
      : await openIdentityProvider(identity.database, identity.encryptionKeys, identityProviderId);
  if (provider === undefined) throw untrusted();
  const refusal = answer.get('error');
  if (refusal === 'access_denied') return failurePath('cancelled', pending);
  if (refusal !== null) throw refusedBy(refusal);
  const claims = await options.oidc.exchange(provider, {
    code: answer.get('code') ?? '',
    iss: answer.get('iss'),
    redirectUri: redirectUriOf(consoleUrl),
    codeVerifier: derive(token, 'verifier'),
    nonce: derive(token, 'nonce'),
  });
  const { id, organizationId } = provider;
  const proved: ProvedIdentity = { ...claims, identityProviderId: id, organizationId };
  const origin = originOf(options, request);
  const brought = await previousSession(options, request.headers.get('cookie'));
  if (pending.reauthenticate === true) {
    if (brought.previousSession === undefined) return failurePath('failed', pending);
    await reauthenticateWithProvider(identity, brought.previousSession, proved, origin);
    return REAUTHENTICATED_PATH;
  }
  const { locale } = pending;
  const person = { ...proved, ...(locale === undefined ? {} : { locale }), ...brought };
  const signedIn = await signInWithProvider(identity, person, origin);
  return open(consoleUrl, headers, signedIn, safeNextPath(pending.next));
}

function redirectUriOf(consoleUrl: string): string {
  return new URL(`${BASE_PATH}/callback/${SINGLE_SIGN_ON_ID}`, consoleUrl).href;
}

function derive(token: string, word: 'state' | 'nonce' | 'verifier'): string {
  return createHash('sha256').update(`tollgate sso ${word}\0${token}`).digest('base64url');
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function untrusted(): IdentityError {
  return new IdentityError(
    'sign_in_expired',
    'Cannot sign in: the answer is for another browser, or too late',
  );
}

/** OpenID Connect Core, section 3.1.2.6: of these the client is the cause, as it is registered there. */
const CLIENT_FAULTS = [
  'unauthorized_client',
  'invalid_scope',
  'unsupported_response_type',
  'invalid_request',
];

function refusedBy(error: string): IdentityError {
  const known = CLIENT_FAULTS.find((code) => code === error);
  if (known !== undefined) {
    return new IdentityError('provider_misconfigured', `Cannot sign in by this provider: it says ${known}`);
  }
  const away = error === 'server_error' || error === 'temporarily_unavailable';
  return away
    ? new IdentityError('provider_unreachable', 'Cannot sign in: the provider says that it cannot answer')
    : untrusted();
}
