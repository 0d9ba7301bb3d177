/** What both dances have in common: those with providers of the installation, and with those of organizations. */
import {
  authenticateSession,
  type IdentityContext,
  IdentityError,
  networkOf,
  type Origin,
  readSessionCookie,
  type SignInOutcome,
  serializeSecondStepCookie,
  serializeSessionCookie,
  throttle,
} from '@tollgate/identity';
import type { OidcClient } from '@tollgate/identity/oidc';
import { newId } from '@tollgate/ids';
import type { Logger } from '@tollgate/logging';
import { HOME, safeNextPath } from '../../features/auth/next-path.ts';
import type { PendingSignIn } from './pending-sign-in.ts';
import type { OAuthClients } from './provider-client.ts';

export interface OAuthHandlerOptions {
  readonly clients: OAuthClients;
  /** Its settings tell where the console is. */
  readonly identity: IdentityContext;
  /** Seals the state between the two halves of the dance. */
  readonly secret: string;
  readonly logger: Logger;
  readonly clientAddress: (request: Request) => string;
  readonly fetch?: typeof globalThis.fetch;
  /** Asks the providers that organizations named. */
  readonly oidc: OidcClient;
}

export const BASE_PATH = '/api/auth';
export const REAUTHENTICATED_PATH = '/reauthenticated';
const SECOND_STEP_PATH = '/sign-in/second-step';
const BODY_MAX_BYTES = 4_096;
/** Of a network. */
const STARTS_PER_WINDOW = 100;
const WINDOW_MS = 15 * 60_000;

/** @param starts Whose: an organization's people come by one network in the morning. */
export async function mayStart(
  options: OAuthHandlerOptions,
  request: Request,
  starts: { readonly of: string; readonly limit: number } = { of: 'oauth', limit: STARTS_PER_WINDOW },
): Promise<boolean> {
  const subject = `${starts.of}:start:${networkOf(options.clientAddress(request))}`;
  try {
    await throttle(options.identity.attempts, [{ subject, limit: starts.limit, windowMs: WINDOW_MS }]);
    return true;
  } catch (error) {
    if (error instanceof IdentityError) return false;
    throw error;
  }
}

/** Sets the cookie of whatever the sign-in came to. @returns The page that comes next. */
export function open(consoleUrl: string, headers: Headers, outcome: SignInOutcome, landing: string): string {
  if (outcome.kind === 'second-step') {
    headers.append('set-cookie', serializeSecondStepCookie(consoleUrl, outcome.secondStep));
    return secondStepPath(landing);
  }
  const { token, expiresAt } = outcome.session;
  headers.append('set-cookie', serializeSessionCookie(consoleUrl, token, expiresAt));
  return landing;
}

/** No form and no other origin can send this header; browsers tell the origin besides. */
export function isOurScript(request: Request, consoleUrl: string): boolean {
  const origin = request.headers.get('origin');
  const site = request.headers.get('sec-fetch-site');
  return (
    request.headers.get('x-tollgate-csrf') === '1' &&
    (origin === null || origin === new URL(consoleUrl).origin) &&
    (site === null || site === 'same-origin')
  );
}

/** @returns Undefined for what is no JSON or too long. */
export async function readJson(request: Request): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > BODY_MAX_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
  } catch {
    return undefined;
  }
}

export async function previousSession({ identity }: OAuthHandlerOptions, cookies: string | null) {
  const token = readSessionCookie(identity.settings.consoleUrl, cookies);
  const person = token === undefined ? undefined : await authenticateSession(identity, token);
  return { ...(person === undefined ? {} : { previousSession: person.actor }) };
}

export function originOf({ identity, clientAddress }: OAuthHandlerOptions, request: Request): Origin {
  return {
    ipAddress: clientAddress(request),
    userAgent: request.headers.get('user-agent') ?? '',
    requestId: newId('request', identity.clock.nowMs()),
  };
}

/** What stands in the fragment stays there: it reaches no server and no log. */
function secondStepPath(landing: string): string {
  const [next = HOME, fragment] = landing.split('#', 2);
  const query = new URLSearchParams(next === HOME ? {} : { next });
  return `${SECOND_STEP_PATH}?${query}${fragment === undefined ? '' : `#${fragment}`}`;
}

export function failurePath(problem: string, { next, reauthenticate: again }: PendingSignIn): string {
  if (again === true) return `${REAUTHENTICATED_PATH}?${new URLSearchParams({ problem })}`;
  const path = safeNextPath(next);
  const query = new URLSearchParams({ problem, ...(path === HOME ? {} : { next: path }) });
  return `/sign-in?${query}`;
}

export function answerHeaders(): Headers {
  // Codes and states stand in the address that this answers.
  return new Headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
}

export function refuse(status: number, code: string): Response {
  return Response.json({ code, title: 'Cannot sign in this way' }, { status, headers: answerHeaders() });
}
