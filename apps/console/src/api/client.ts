/**
 * The one way the console talks to the admin API: JSON in and out, refusals thrown as ApiError, the current
 * organization and the CSRF header on every call. Browser only.
 */
import { ApiError, toApiProblem } from './api-error.ts';
import { ownerHeaders } from './organization.ts';
import { requestReauthentication } from './reauthentication.ts';

export const API_BASE = '/api/v1';

export interface ApiRequest extends Omit<RequestInit, 'body'> {
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly body?: BodyInit | null;
  /** Makes a create safe to repeat. */
  readonly idempotencyKey?: string;
  /** Version of the object that an update was based on. */
  readonly ifMatch?: string;
  /** Overrides the current organization. */
  readonly organizationId?: string;
  /** Leaves a 401 to the caller instead of going to the sign-in page. */
  readonly keepOnUnauthorized?: boolean;
  /** Leaves a wish for a recent sign-in to the caller instead of asking for one. */
  readonly keepOnStale?: boolean;
}

/**
 * @param path Below `/api/v1`, with its query: `/keys?limit=50`.
 * @returns The parsed body; `undefined` for 204.
 * @throws {ApiError} Every status from 400 on, and `network_error` (status 0) when no answer came.
 */
export async function apiFetch<T>(path: string, request: ApiRequest = {}): Promise<T> {
  const { json, keepOnUnauthorized = false, keepOnStale = false, ...rest } = request;
  const { idempotencyKey, ifMatch, organizationId, ...init } = rest;
  const response = await send(`${API_BASE}${path}`, {
    credentials: 'same-origin',
    ...init,
    headers: toHeaders(request),
    ...(json !== undefined && { method: init.method ?? 'POST', body: JSON.stringify(json) }),
  });
  if (response.ok) return (await readBody(response)) as T;
  const problem = toApiProblem(
    response.status,
    await readBody(response),
    response.headers.get('x-request-id'),
  );
  if (problem.code === 'reauthentication_required' && !keepOnStale && (await requestReauthentication())) {
    return apiFetch<T>(path, { ...request, keepOnStale: true });
  }
  if (response.status === 401 && !keepOnUnauthorized) goToSignIn();
  if (problem.code === 'second_factor_required') goToGate(SECOND_FACTOR_PATH);
  if (problem.code === 'single_sign_on_required') goToGate(SINGLE_SIGN_ON_PATH);
  if (problem.code === 'person_changed') window.location.assign('/');
  throw new ApiError(problem);
}

function toHeaders({ headers, json, idempotencyKey, ifMatch, organizationId }: ApiRequest): Headers {
  const result = new Headers(headers);
  result.set('accept', 'application/json');
  result.set('x-tollgate-csrf', '1');
  for (const [name, value] of Object.entries(ownerHeaders(organizationId))) result.set(name, value);
  if (json !== undefined) result.set('content-type', 'application/json');
  if (idempotencyKey !== undefined) result.set('idempotency-key', idempotencyKey);
  if (ifMatch !== undefined) result.set('if-match', ifMatch);
  return result;
}

async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ApiError(
      { status: 0, code: 'network_error', title: 'The server could not be reached', errors: [] },
      { cause },
    );
  }
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  if (!(response.headers.get('content-type') ?? '').includes('json')) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new ApiError(
      {
        status: response.status,
        code: 'invalid_answer',
        title: 'The server sent a broken answer',
        errors: [],
      },
      { cause },
    );
  }
}

/** Only a path of this console may follow a sign-in: anything else would be an open redirect. */
export function signInPath(next: string): string {
  const safe = /^\/(?![/\\])/.test(next) && !next.startsWith('/sign-in');
  return safe && next !== '/' ? `/sign-in?next=${encodeURIComponent(next)}` : '/sign-in';
}

/** Where somebody shows, or first adds, the second factor that their organization wants. */
export const SECOND_FACTOR_PATH = '/second-factor';

/** Where somebody signs in once more, by the identity provider that their organization requires. */
export const SINGLE_SIGN_ON_PATH = '/single-sign-on';

/** What has to be shown before anything else is answered, and then back to the page that was asked for. */
function goToGate(path: string): void {
  const { pathname, search } = window.location;
  if (pathname === SECOND_FACTOR_PATH || pathname === SINGLE_SIGN_ON_PATH) return;
  window.location.assign(`${path}?${new URLSearchParams({ next: `${pathname}${search}` })}`);
}

function goToSignIn(): void {
  const { pathname, search } = window.location;
  if (!pathname.startsWith('/sign-')) window.location.assign(signInPath(`${pathname}${search}`));
}
