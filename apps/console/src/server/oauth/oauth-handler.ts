/**
 * Sign-in with Google, GitHub, Microsoft or an OIDC issuer, behind `/api/auth`.
 *
 * `@auth/core` does the dance with the provider (state, nonce, PKCE, token, claims) and is stopped there: it
 * keeps no session, writes no token and has no other route. Who the account belongs to, and their session, is
 * decided by packages/identity, as for a password. It sees no cookie but its own.
 */
import { Auth, type AuthConfig, skipCSRFCheck } from '@auth/core';
import type { Profile } from '@auth/core/types';
import {
  IdentityError,
  reauthenticateWithAccount,
  type SignedInWithAccount,
  signInWithAccount,
} from '@tollgate/identity';
import { HOME, safeNextPath } from '../../features/auth/next-path.ts';
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
import {
  createProviderClients,
  type ProviderClient,
  type ProviderIdentity,
  readAuthTimeMs,
} from './provider-client.ts';
import { createProviderSignIn, SINGLE_SIGN_ON_ID } from './provider-sign-in.ts';

/** Of `@auth/core`: what must survive until the person comes back. Everything else it sets is dropped. */
const CHECK_COOKIE = /^(?:__Secure-)?authjs\.(?:state|nonce|pkce\.code_verifier)=/;

/**
 * `POST /signin/PROVIDER` answers where to send the browser; `GET /callback/PROVIDER` is where it comes back.
 * `sso` are the providers of organizations (provider-sign-in.ts). Every other path is 404.
 *
 * @returns A handler that never throws. Failures go to the sign-in page, with a code.
 */
export function createOAuthHandler(options: OAuthHandlerOptions): (request: Request) => Promise<Response> {
  const clients = createProviderClients(options.clients, options.fetch ?? globalThis.fetch);
  const organizations = createProviderSignIn(options);
  const byId = new Map(clients.map((client) => [client.id, client]));
  return async (request) => {
    const { pathname } = new URL(request.url);
    const [action, id = '', ...rest] = pathname.slice(BASE_PATH.length + 1).split('/');
    if (id === SINGLE_SIGN_ON_ID && rest.length === 0) {
      if (action === 'signin' && request.method === 'POST') return organizations.start(request);
      if (action === 'callback' && request.method === 'GET') return organizations.finish(request);
    }
    const client = byId.get(id);
    if (client === undefined || rest.length > 0) return refuse(404, 'not_found');
    if (action === 'signin' && request.method === 'POST') return start(options, client, request);
    if (action === 'callback' && request.method === 'GET') return finish(options, client, request);
    return refuse(404, 'not_found');
  };
}

async function start(
  options: OAuthHandlerOptions,
  client: ProviderClient,
  request: Request,
): Promise<Response> {
  const { consoleUrl } = options.identity.settings;
  if (!isOurScript(request, consoleUrl)) return refuse(403, 'csrf_refused');
  const pending = parsePendingSignIn(await readJson(request));
  if (pending === undefined) return refuse(400, 'invalid_request');
  if (!(await mayStart(options, request))) return refuse(429, 'too_many_requests');
  const url = new URL(`${BASE_PATH}/signin/${client.id}`, consoleUrl);
  if (pending.reauthenticate === true) {
    // A provider that knows the browser and cannot be made to ask would vouch for whoever sits before it.
    if (client.askAgain === undefined) return refuse(409, 'reauthentication_not_shown');
    url.search = new URLSearchParams(client.askAgain).toString();
  }
  const answer = await Auth(
    new Request(url, { method: 'POST' }),
    configFor(options, client, () => undefined),
  );
  const location = answer.headers.get('location');
  // An error page of ours means that the issuer could not be asked.
  if (location === null || new URL(location, url).origin === url.origin)
    return refuse(503, 'service_unavailable');
  const headers = answerHeaders();
  for (const cookie of checkCookies(answer)) headers.append('set-cookie', cookie);
  headers.append('set-cookie', serializePendingSignIn(consoleUrl, pending));
  return Response.json({ url: location }, { headers });
}

async function finish(
  options: OAuthHandlerOptions,
  client: ProviderClient,
  request: Request,
): Promise<Response> {
  const { consoleUrl } = options.identity.settings;
  const cookies = request.headers.get('cookie');
  const pending = readPendingSignIn(consoleUrl, cookies);
  const headers = answerHeaders();
  for (const name of checkCookieNames(consoleUrl))
    headers.append('set-cookie', clearCookie(name, consoleUrl));
  headers.append('set-cookie', serializePendingSignIn(consoleUrl, undefined));
  let path: string;
  try {
    const identity = await askProvider(options, client, request);
    if (identity === undefined) {
      const cancelled = new URL(request.url).searchParams.get('error') === 'access_denied';
      path = failurePath(cancelled ? 'cancelled' : 'failed', pending);
    } else if (pending.reauthenticate === true) {
      path = await reauthenticate(options, identity, request);
    } else {
      const signedIn = await signInWithAccount(
        options.identity,
        { ...identity, ...forNewPerson(pending), ...(await previousSession(options, cookies)) },
        originOf(options, request),
      );
      path = open(consoleUrl, headers, signedIn, landingPath(signedIn, pending));
    }
  } catch (err) {
    const known = err instanceof IdentityError;
    if (!known) options.logger.error({ err, provider: client.id }, 'sign-in with a provider failed');
    path = failurePath(known ? err.code : 'failed', pending);
  }
  headers.set('location', new URL(path, consoleUrl).href);
  return new Response(null, { status: 303, headers });
}

/** The session stays; its person has shown again who they are. @returns The page that tells the window before it. */
async function reauthenticate(
  options: OAuthHandlerOptions,
  account: ProviderIdentity,
  request: Request,
): Promise<string> {
  const { previousSession: actor } = await previousSession(options, request.headers.get('cookie'));
  if (actor === undefined) return failurePath('failed', { reauthenticate: true });
  await reauthenticateWithAccount(options.identity, actor, account, originOf(options, request));
  return REAUTHENTICATED_PATH;
}

/** @returns Undefined unless the provider has proved somebody to this very browser. */
async function askProvider(
  options: OAuthHandlerOptions,
  client: ProviderClient,
  request: Request,
): Promise<ProviderIdentity | undefined> {
  const { search } = new URL(request.url);
  const url = new URL(`${BASE_PATH}/callback/${client.id}${search}`, options.identity.settings.consoleUrl);
  const cookie = (request.headers.get('cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => CHECK_COOKIE.test(pair))
    .join('; ');
  let proved: Proved | undefined;
  const config = configFor(options, client, (shown) => {
    proved = shown;
  });
  await Auth(new Request(url, { headers: { cookie } }), config);
  if (proved?.profile === undefined) return undefined;
  return { ...client.toIdentity(proved.profile), authenticatedAtMs: readAuthTimeMs(proved.idToken) };
}

interface Proved {
  readonly profile: Profile | undefined;
  readonly idToken: string | undefined;
}

function configFor(
  { secret, logger }: OAuthHandlerOptions,
  client: ProviderClient,
  onProved: (proved: Proved) => void,
): AuthConfig {
  return {
    basePath: BASE_PATH,
    secret,
    // The request is built with the configured origin, whatever was asked.
    trustHost: true,
    // Our own check comes before; see isOurScript.
    skipCSRFCheck,
    providers: [client.provider],
    callbacks: {
      signIn({ profile, account }) {
        onProved({ profile, idToken: account?.id_token });
        // A path ends the dance here, before any session or token of the library.
        return '/';
      },
    },
    logger: {
      error: (error) => logger.warn({ provider: client.id, ...describeFailure(error) }, 'sign-in refused'),
      warn: () => undefined,
      debug: () => undefined,
    },
  };
}

/** Names and messages only: causes may hold what the provider or the browser sent. */
function describeFailure(error: Error): Record<string, unknown> {
  const cause = (error.cause as { err?: unknown } | undefined)?.err;
  return { reason: error.name, ...(cause instanceof Error ? { detail: cause.message.slice(0, 200) } : {}) };
}

function forNewPerson({ locale, invitationToken }: PendingSignIn) {
  return {
    ...(locale === undefined ? {} : { locale }),
    ...(invitationToken === undefined ? {} : { invitationToken }),
  };
}

/** New people see the wizard; who was invited and known already still has to accept. */
function landingPath({ outcome }: SignedInWithAccount, { next, invitationToken }: PendingSignIn): string {
  const path = safeNextPath(next);
  if (invitationToken !== undefined) {
    return outcome === 'signed-up' ? HOME : `/invitation#token=${encodeURIComponent(invitationToken)}`;
  }
  return outcome === 'signed-up' && path === HOME ? '/onboarding' : path;
}

function checkCookies(answer: Response): readonly string[] {
  return answer.headers.getSetCookie().filter((cookie) => CHECK_COOKIE.test(cookie));
}

function checkCookieNames(consoleUrl: string): readonly string[] {
  const prefix = consoleUrl.startsWith('https:') ? '__Secure-' : '';
  return ['state', 'nonce', 'pkce.code_verifier'].map((name) => `${prefix}authjs.${name}`);
}

function clearCookie(name: string, consoleUrl: string): string {
  const secure = consoleUrl.startsWith('https:') ? '; Secure' : '';
  return `${name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax${secure}`;
}
