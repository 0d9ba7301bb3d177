/**
 * What a route of the admin API is: data. It names who may call it and its schemas, and runs one function.
 *
 * Everything else (authentication, CSRF, limits, transactions, idempotency, errors, documentation) is done
 * for all routes alike by handler.ts. A route that forgets its access does not compile.
 */
import type { AuditOrigin } from '@tollgate/audit';
import type { Transaction } from '@tollgate/db';
import type { AuthenticatedPerson, OrganizationActor, Permission, PersonActor } from '@tollgate/identity';
import type { z } from 'zod';
import type { ApiContext } from './api-context.ts';

/**
 * Who may call:
 * - a permission: somebody who has it in the organization of the request;
 * - `member`: anybody who belongs to the organization of the request;
 * - `session`: a signed-in person, in no particular organization;
 * - `authenticated`: a signed-in person or an admin token, in no particular organization;
 * - `operator`: a signed-in person who runs this installation, in the operator's organization;
 * - `signature`: nobody by a session or token; the route itself checks a signature on the raw body, and answers 401;
 * - `public`: everybody.
 */
export type Access =
  | Permission
  | 'member'
  | 'session'
  | 'authenticated'
  | 'operator'
  | 'signature'
  | 'public';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** What every route gets. */
export interface BaseCall<B, Q, P> {
  readonly context: ApiContext;
  readonly body: B;
  readonly query: Q;
  readonly params: P;
  /** The file that came as the body, for routes with `uploadMaxBytes`; of others it is empty. */
  readonly upload: Uint8Array;
  readonly request: Request;
  readonly origin: AuditOrigin;
  readonly nowMs: number;
  /** Headers of the answer (cookies, ETag). */
  readonly headers: Headers;
  /** The signed-in person, where there is one. */
  readonly person: AuthenticatedPerson | undefined;
  /** Runs after the commit; its failure is logged and changes no answer. */
  afterCommit(run: () => Promise<void>): void;
  /**
   * For `idempotent` routes that open their own transaction: runs `work` once for each Idempotency-Key of the caller, and
   * gives the answer, the first one when it comes again. Other routes have it done for them.
   */
  once(place: IdempotencyPlace, work: () => unknown): Promise<Response>;
}

/** Where an Idempotency-Key is kept: in the transaction of the change, while it is inside this organization. */
export interface IdempotencyPlace {
  readonly tx: Transaction;
  readonly organizationId: string;
}

export interface PublicCall<B, Q, P> extends BaseCall<B, Q, P> {
  readonly access: 'public' | 'signature';
}

export interface SessionCall<B, Q, P> extends BaseCall<B, Q, P> {
  readonly person: AuthenticatedPerson;
  readonly actor: PersonActor;
}

export interface AuthenticatedCall<B, Q, P> extends BaseCall<B, Q, P> {
  /** The admin token's organization and what it allows; undefined for a person. */
  readonly tokenActor: OrganizationActor | undefined;
}

export interface OrganizationCall<B, Q, P> extends BaseCall<B, Q, P> {
  readonly actor: OrganizationActor;
  readonly organizationId: string;
  /** The transaction of this request, inside the organization; commits when the route returns. */
  readonly tx: Transaction;
}

/** For routes that wait or call out: no transaction is held; `tenant` opens one. */
export interface DetachedCall<B, Q, P> extends BaseCall<B, Q, P> {
  readonly actor: OrganizationActor;
  readonly organizationId: string;
  tenant<T>(run: (tx: Transaction) => Promise<T>): Promise<T>;
}

type CallFor<A extends Access, D extends boolean, B, Q, P> = A extends 'public' | 'signature'
  ? PublicCall<B, Q, P>
  : A extends 'session'
    ? SessionCall<B, Q, P>
    : A extends 'authenticated'
      ? AuthenticatedCall<B, Q, P>
      : D extends true
        ? DetachedCall<B, Q, P>
        : OrganizationCall<B, Q, P>;

type Output<S> = S extends z.ZodType ? z.output<S> : undefined;
/** What `run` returns: the response schema's input, or a `Response` for what is not JSON. */
type Answer<S> = S extends z.ZodType ? z.input<S> | Response : undefined | Response;

export interface RouteThrottle {
  readonly limit: number;
  readonly windowSeconds: number;
}

export interface RouteDefinition<
  A extends Access = Access,
  B extends z.ZodType | undefined = z.ZodType | undefined,
  Q extends z.ZodType | undefined = z.ZodType | undefined,
  P extends z.ZodType | undefined = z.ZodType | undefined,
  R extends z.ZodType | undefined = z.ZodType | undefined,
  D extends boolean = boolean,
> {
  readonly method: Method;
  /** OpenAPI form: `/keys/{id}`. */
  readonly path: `/${string}`;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: A;
  /** Permissions besides `access`, where the answer tells of something else as well. */
  readonly alsoNeeds?: readonly Permission[];
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** Only its fields leave; without it the answer is empty (204) unless `run` returns a `Response`. */
  readonly response?: R;
  /** Media type where `run` returns a `Response`, for the documentation. */
  readonly contentType?: string;
  /** 201 for creates; otherwise 200, or 204 without a response schema. */
  readonly status?: 200 | 201 | 202 | 204;
  /** Accepts `Idempotency-Key`. Routes without a transaction of their own call `once` for it. */
  readonly idempotent?: boolean;
  /** No transaction around `run`. */
  readonly detached?: D;
  readonly bodyMaxBytes?: number;
  /** The body is a file, of so many bytes at most. Routes do not read it themselves: permissions count after it. */
  readonly uploadMaxBytes?: number;
  /** Per organization (or address, where there is none). */
  readonly throttle?: RouteThrottle;
  /** Reads much: an organization may have only a few of these computed at once, and fewer files sent (`contentType`). */
  readonly report?: boolean;
  /** May be called in a closed organization, where nothing else is changed any more. */
  readonly whenClosed?: boolean;
  /** Only within 15 minutes of a person's sign-in, else `reauthentication_required` (`POST /me/reauthenticate`). */
  readonly recentSignIn?: boolean;
  /** Hidden from the documentation. */
  readonly internal?: boolean;
  readonly run: (call: CallFor<A, D, Output<B>, Output<Q>, Output<P>>) => Promise<Answer<R>> | Answer<R>;
}

/** Checks a definition against its own schemas. Identity at run time. */
export function route<
  const A extends Access,
  B extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  P extends z.ZodType | undefined = undefined,
  R extends z.ZodType | undefined = undefined,
  const D extends boolean = false,
>(definition: RouteDefinition<A, B, Q, P, R, D>): AnyRoute {
  return definition as unknown as AnyRoute;
}

/** A route whose types have been checked where it was written. */
export interface AnyRoute extends Omit<RouteDefinition, 'run'> {
  readonly run: (call: unknown) => Promise<unknown> | unknown;
}
