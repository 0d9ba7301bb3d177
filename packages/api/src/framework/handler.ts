/**
 * Runs a route: who is asking, may they, what do they bring, run, answer. The same for every route.
 *
 * The body is read before the transaction opens, so that a slow client never holds one; and who is asking is found out
 * anew once it is there, because the client decides when that is.
 */
import type { AuditOrigin } from '@tollgate/audit';
import type { Transaction } from '@tollgate/db';
import { assertRecentSignIn, networkOf, throttle } from '@tollgate/identity';
import { newId } from '@tollgate/ids';
import type { ApiContext } from './api-context.ts';
import { type Authorization, authorize } from './authorize.ts';
import {
  claimIdempotencyKey,
  hashRequest,
  type IdempotentRequest,
  readIdempotencyKey,
  storeAnswer,
} from './idempotency.ts';
import { ApiProblem, toProblem, toProblemResponse } from './problem.ts';
import { parsePart, readJsonBody, readQuery } from './read-input.ts';
import { readUpload } from './read-upload.ts';
import type { AnyRoute, IdempotencyPlace } from './route.ts';

const UNKNOWN_ADDRESS = 'unknown';
/** Two years. Of this host alone: what else runs in the domain is not ours to decide. */
const STRICT_TRANSPORT_SECURITY = 'max-age=63072000';

/** @returns An answer for everything, failures included. Never throws. */
export async function handle(
  context: ApiContext,
  route: AnyRoute,
  request: Request,
  params: Readonly<Record<string, string>>,
): Promise<Response> {
  const startedMs = context.clock.monotonicMs();
  const origin: AuditOrigin = {
    ipAddress: context.clientAddress?.(request) ?? UNKNOWN_ADDRESS,
    userAgent: request.headers.get('user-agent') ?? '',
    requestId: newId('request', context.clock.nowMs()),
  };
  const log = context.logger.child({ requestId: origin.requestId, route: `${route.method} ${route.path}` });
  const hooks: (() => Promise<void>)[] = [];
  let response: Response;
  try {
    response = await run(context, route, request, params, origin, hooks);
    for (const hook of hooks) {
      await hook().catch((err: unknown) => log.warn({ err }, 'after-commit step failed'));
    }
  } catch (error) {
    const problem = toProblem(error);
    if (problem.status >= 500) log.error({ err: problem.cause ?? problem }, 'request failed');
    response = toProblemResponse(problem, origin.requestId);
  }
  response.headers.set('x-request-id', origin.requestId);
  if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'no-store');
  response.headers.set('x-content-type-options', 'nosniff');
  if (context.settings.consoleUrl.startsWith('https:')) {
    response.headers.set('strict-transport-security', STRICT_TRANSPORT_SECURITY);
  }
  log.info(
    { status: response.status, tookMs: Math.round(context.clock.monotonicMs() - startedMs) },
    'request',
  );
  return response;
}

async function run(
  context: ApiContext,
  route: AnyRoute,
  request: Request,
  params: Readonly<Record<string, string>>,
  origin: AuditOrigin,
  hooks: (() => Promise<void>)[],
): Promise<Response> {
  // Before the body: strangers have nothing read, and who may not do this is told so whatever they send.
  const before = await admit(context, route, request);
  await throttleRoute(context, route, before, origin);
  const url = new URL(request.url);
  const parts = {
    params: route.params === undefined ? undefined : parsePart('path', route.params, checkParams(params)),
    query: route.query === undefined ? undefined : parsePart('query', route.query, readQuery(url)),
  };
  const came = await readWhatCame(context, route, request);
  const { body, upload } = came ?? NOTHING_CAME;
  const authorization = came === undefined ? before : await admit(context, route, request);
  const nowMs = context.clock.nowMs();
  const answered = {
    request,
    body: route.body === undefined ? undefined : parsePart('body', route.body, body),
    nowMs,
  };
  const call = {
    ...answered,
    ...parts,
    upload,
    context,
    origin,
    headers: new Headers(),
    afterCommit: (hook: () => Promise<void>) => hooks.push(hook),
    // The headers of the call are put on the answer at the end.
    once: (place: IdempotencyPlace, work: () => unknown) =>
      answerOnce({ context, route, authorization, call: answered }, place, new Headers(), work),
    ...callFor(context, route, authorization),
  };
  if (!('organizationId' in call)) return toResponse(route, call.headers, await route.run(call));
  const organizationCall = { ...call, organizationId: String(call.organizationId) };
  const work = async () =>
    route.detached === true
      ? toResponse(route, call.headers, await route.run(organizationCall))
      : runInTransaction(context, route, authorization, organizationCall);
  if (route.report !== true) return work();
  const { organizationId } = organizationCall;
  return route.contentType === undefined
    ? context.reports.run(organizationId, work)
    : context.files.stream(organizationId, work);
}

/** @returns Who is asking, if they may now. @throws {ApiProblem} */
async function admit(context: ApiContext, route: AnyRoute, request: Request): Promise<Authorization> {
  const authorization = await authorize(context, request, route.access, route.alsoNeeds);
  assertOpen(route, authorization);
  assertRecent(context, route, authorization);
  return authorization;
}

function assertOpen(route: AnyRoute, authorization: Authorization): void {
  if (authorization.kind !== 'organization' || authorization.actor.organizationClosed !== true) return;
  if (route.method === 'get' || route.whenClosed === true) return;
  throw new ApiProblem('organization_closed', 'Cannot change anything: the organization is closed');
}

/** Tokens have no sign-in: what they may is what their maker gave them, after a recent one. */
function assertRecent({ clock }: ApiContext, route: AnyRoute, authorization: Authorization): void {
  if (route.recentSignIn !== true || !('person' in authorization)) return;
  if (authorization.person !== undefined) assertRecentSignIn(authorization.person.actor, clock.nowMs());
}

/** The part of the call that depends on who is asking. */
function callFor(
  context: ApiContext,
  route: AnyRoute,
  authorization: Authorization,
): Record<string, unknown> {
  switch (authorization.kind) {
    case 'public':
      return { access: 'public', person: undefined };
    case 'session':
      return {
        person: authorization.person,
        actor: authorization.person.actor,
        tokenActor: undefined,
      };
    case 'token':
      return { person: undefined, tokenActor: authorization.actor };
    case 'organization': {
      const { organizationId } = authorization.actor;
      const tenant = <T>(work: (tx: Transaction) => Promise<T>) =>
        context.database.tenant(organizationId, work);
      return {
        person: authorization.person,
        actor: authorization.actor,
        organizationId,
        ...(route.detached === true ? { tenant } : {}),
      };
    }
    default:
      return authorization satisfies never;
  }
}

function runInTransaction(
  context: ApiContext,
  route: AnyRoute,
  authorization: Authorization,
  call: AnsweredCall & { readonly organizationId: string; readonly headers: Headers },
): Promise<Response> {
  const { organizationId } = call;
  return context.database.tenant(organizationId, (tx) =>
    answerOnce({ context, route, authorization, call }, { tx, organizationId }, call.headers, () =>
      route.run({ ...call, tx }),
    ),
  );
}

/** What of a call decides whether it is the same one again. */
interface AnsweredCall {
  readonly request: Request;
  readonly body: unknown;
  readonly nowMs: number;
}

interface Answering {
  readonly context: ApiContext;
  readonly route: AnyRoute;
  readonly authorization: Authorization;
  readonly call: AnsweredCall;
}

/** Runs it, or answers what the same Idempotency-Key was answered. Where the route knows none, and without one, it runs. */
async function answerOnce(
  { context, route, authorization, call }: Answering,
  { tx, organizationId }: IdempotencyPlace,
  headers: Headers,
  work: () => unknown,
): Promise<Response> {
  const key = route.idempotent === true ? readIdempotencyKey(call.request) : undefined;
  if (key === undefined) return toResponse(route, headers, await work());
  const idempotent: IdempotentRequest = {
    organizationId,
    scope: scopeOf(authorization),
    key,
    requestHash: hashRequest(call.request.method, new URL(call.request.url).pathname, call.body),
  };
  const stored = await claimIdempotencyKey(tx, context.encryptionKeys, idempotent, call.nowMs);
  if (stored !== undefined) {
    return new Response(stored.body === '' ? null : stored.body, {
      status: stored.status,
      headers: { 'content-type': 'application/json', 'idempotency-replayed': 'true' },
    });
  }
  const response = toResponse(route, headers, await work());
  const body = await response.clone().text();
  await storeAnswer(tx, context.encryptionKeys, idempotent, { status: response.status, body });
  return response;
}

function scopeOf(authorization: Authorization): string {
  if (authorization.kind === 'session') return `user:${authorization.person.actor.userId}`;
  if (authorization.kind !== 'organization') return '';
  const { actor } = authorization.actor;
  return actor.kind === 'person' ? `user:${actor.userId}` : `token:${actor.tokenId}`;
}

interface WhatCame {
  readonly body: unknown;
  readonly upload: Uint8Array;
}

const NOTHING_CAME: WhatCame = { body: undefined, upload: new Uint8Array() };

/** @returns Undefined where the route reads nothing, so that nobody was waited for. */
async function readWhatCame(
  { bodyWithinMs }: ApiContext,
  route: AnyRoute,
  request: Request,
): Promise<WhatCame | undefined> {
  if (route.uploadMaxBytes !== undefined) {
    const upload = await readUpload(request, route.uploadMaxBytes, bodyWithinMs);
    return { ...NOTHING_CAME, upload };
  }
  if (route.body === undefined) return undefined;
  const value = await readJsonBody(request, route.bodyMaxBytes, bodyWithinMs);
  // No body is the empty object: some routes need nothing.
  return { ...NOTHING_CAME, body: value === undefined ? {} : value };
}

function checkParams(params: Readonly<Record<string, string>>): Record<string, string> {
  for (const [name, value] of Object.entries(params)) {
    if (value.includes('\0') || !value.isWellFormed()) {
      throw new ApiProblem('not_found', `Cannot find it: path.${name} is not an id`);
    }
  }
  return { ...params };
}

async function throttleRoute(
  context: ApiContext,
  route: AnyRoute,
  authorization: Authorization,
  origin: AuditOrigin,
): Promise<void> {
  if (route.throttle === undefined) return;
  const who =
    authorization.kind === 'organization' ? authorization.actor.organizationId : networkOf(origin.ipAddress);
  await throttle(context.attempts, [
    {
      subject: `route:${route.method}:${route.path}:${who}`,
      limit: route.throttle.limit,
      windowMs: route.throttle.windowSeconds * 1_000,
    },
  ]);
}

function toResponse(route: AnyRoute, headers: Headers, result: unknown): Response {
  if (result instanceof Response) {
    for (const [name, value] of headers) result.headers.append(name, value);
    return result;
  }
  if (route.response === undefined) return new Response(null, { status: route.status ?? 204, headers });
  // Only declared fields leave: the schema drops the rest, and a wrong shape is our fault, not the caller's.
  const body = JSON.stringify(route.response.parse(result));
  headers.set('content-type', 'application/json');
  return new Response(body, { status: route.status ?? (route.idempotent === true ? 201 : 200), headers });
}
