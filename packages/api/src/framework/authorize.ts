/**
 * From a request to somebody who may make it. Default deny: what is not granted below is refused.
 */
import { OPERATOR_ORGANIZATION_ID } from '@tollgate/db';
import {
  type AuthenticatedPerson,
  type AuthenticatedToken,
  authenticateAdminToken,
  authenticateSession,
  can,
  enterOrganization,
  enterOrganizationByToken,
  type OrganizationActor,
  PERMISSIONS,
  type Permission,
  readSessionCookie,
} from '@tollgate/identity';
import type { ApiContext } from './api-context.ts';
import { assertSameOrigin } from './csrf.ts';
import { ApiProblem, notFound } from './problem.ts';
import type { Access } from './route.ts';

export const ORGANIZATION_HEADER = 'x-tollgate-organization';
/**
 * Whom a page was loaded for. Its session is a cookie of the whole browser, so a sign-in in another tab would have it
 * show and change things as somebody else.
 */
const PERSON_HEADER = 'x-tollgate-person';

/** What the request proved. */
export type Proof =
  | { readonly kind: 'none' }
  | { readonly kind: 'person'; readonly person: AuthenticatedPerson }
  | { readonly kind: 'token'; readonly token: AuthenticatedToken };

/** An `Authorization` header is the whole proof where there is one; a cookie next to it does not count. */
export async function readProof(context: ApiContext, request: Request): Promise<Proof> {
  const authorization = request.headers.get('authorization');
  if (authorization !== null) {
    const secret = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(authorization)?.[1];
    const token =
      secret === undefined
        ? undefined
        : await authenticateAdminToken(context.database, secret, context.clock.nowMs());
    if (token === undefined) throw new ApiProblem('unauthenticated', 'Cannot accept this token');
    return { kind: 'token', token };
  }
  const cookie = readSessionCookie(context.settings.consoleUrl, request.headers.get('cookie'));
  const person = cookie === undefined ? undefined : await authenticateSession(context.identity, cookie);
  return person === undefined ? { kind: 'none' } : { kind: 'person', person };
}

/** What a route's access came to. */
export type Authorization =
  | { readonly kind: 'public' }
  | { readonly kind: 'session'; readonly person: AuthenticatedPerson }
  | { readonly kind: 'token'; readonly actor: OrganizationActor }
  | {
      readonly kind: 'organization';
      readonly person: AuthenticatedPerson | undefined;
      readonly actor: OrganizationActor;
    };

type ClosedAccess = Exclude<Access, 'public' | 'signature'>;

/** @throws {ApiProblem} 401, 403, or 404 for an organization that one is not in. */
export async function authorize(
  context: ApiContext,
  request: Request,
  access: Access,
  alsoNeeds: readonly Permission[] = [],
): Promise<Authorization> {
  const authorization = await authorizeAccess(context, request, access);
  if (authorization.kind === 'organization') {
    for (const permission of alsoNeeds) assertPermission(authorization.actor, permission);
  }
  return authorization;
}

async function authorizeAccess(
  context: ApiContext,
  request: Request,
  access: Access,
): Promise<Authorization> {
  // No cookie and no token counts, so there is nothing that another site could borrow.
  if (access === 'signature') return { kind: 'public' };
  if (access === 'public') {
    // A cookie counts for nothing here, and a bad one must not keep anybody from signing in.
    assertSameOrigin(request, context.settings.consoleUrl, false);
    return { kind: 'public' };
  }
  const proof = await readProof(context, request);
  if (proof.kind === 'none') throw new ApiProblem('unauthenticated', 'Cannot answer: sign in first');
  assertSameOrigin(request, context.settings.consoleUrl, proof.kind === 'person');
  if (proof.kind === 'token') return authorizeToken(context, request, access, proof.token);
  return authorizePerson(context, request, access, proof.person);
}

async function authorizeToken(
  context: ApiContext,
  request: Request,
  access: ClosedAccess,
  token: AuthenticatedToken,
): Promise<Authorization> {
  if (access === 'session' || access === 'operator') {
    throw new ApiProblem('permission_denied', 'Cannot do this with a token: a signed-in person is needed');
  }
  const { organizationId } = token;
  const wanted = request.headers.get(ORGANIZATION_HEADER);
  if (wanted !== null && wanted !== organizationId) throw notFound('organization');
  const actor = await context.database.tenant(organizationId, (tx) =>
    enterOrganizationByToken(tx, token, context.clock.nowMs()),
  );
  if (actor === undefined) {
    throw new ApiProblem('unauthenticated', 'Cannot accept this token: its maker has left the organization');
  }
  if (access === 'authenticated') return { kind: 'token', actor };
  assertPermission(actor, access);
  return { kind: 'organization', person: undefined, actor };
}

async function authorizePerson(
  context: ApiContext,
  request: Request,
  access: ClosedAccess,
  person: AuthenticatedPerson,
): Promise<Authorization> {
  assertSamePerson(request, person);
  if (access === 'session' || access === 'authenticated') return { kind: 'session', person };
  assertAdmitted(context, person);
  if (access === 'operator') return { kind: 'organization', person, actor: operatorActor(person) };
  const organizationId = chooseOrganization(request, person);
  const { userId } = person.actor;
  const actor = await context.database.person({ userId, organizationId }, (tx) =>
    enterOrganization(tx, person, organizationId, context.clock.nowMs()),
  );
  if (actor === undefined) throw notFound('organization');
  assertSingleSignOn(actor);
  assertSecondFactor(actor);
  assertPermission(actor, access);
  return { kind: 'organization', person, actor };
}

function assertSamePerson(request: Request, { actor }: AuthenticatedPerson): void {
  const named = request.headers.get(PERSON_HEADER);
  if (named === null || named === actor.userId) return;
  throw new ApiProblem('person_changed', 'Cannot do this: somebody else is signed in by now');
}

/** Before any permission, and before the second factor: the sign-in at the provider asks for it anew. */
function assertSingleSignOn({ missingIdentityProviderId: identityProviderId }: OrganizationActor): void {
  if (identityProviderId === undefined) return;
  throw new ApiProblem(
    'single_sign_on_required',
    'Cannot do this: the organization wants you to sign in at its identity provider',
    { names: { identityProviderId } },
  );
}

/** Before any permission: who has not shown what the organization wants has none in it. */
function assertSecondFactor({ secondFactorMissing }: OrganizationActor): void {
  if (secondFactorMissing !== true) return;
  throw new ApiProblem(
    'second_factor_required',
    'Cannot do this: the organization wants a second factor; show yours, or add one to your account',
  );
}

/** Where sign-up is for some domains only, it takes more than naming such a domain to get in. */
function assertAdmitted({ settings }: ApiContext, { actor }: AuthenticatedPerson): void {
  if (settings.signUp !== 'domains' || actor.emailVerified) return;
  throw new ApiProblem('email_not_verified', 'Cannot do this: verify your e-mail address first');
}

function operatorActor(person: AuthenticatedPerson): OrganizationActor {
  if (!person.actor.isOperator) {
    throw new ApiProblem('permission_denied', 'Cannot do this: only the operator may');
  }
  return {
    actor: person.actor,
    organizationId: OPERATOR_ORGANIZATION_ID,
    membershipId: '',
    role: 'operator',
    permissions: new Set(PERMISSIONS),
  };
}

/** The one that is named, else the only one there is. */
export function chooseOrganization(request: Request, person: AuthenticatedPerson): string {
  const wanted = request.headers.get(ORGANIZATION_HEADER);
  const { memberships } = person;
  if (wanted !== null) {
    if (memberships.some(({ organizationId }) => organizationId === wanted)) return wanted;
    throw notFound('organization');
  }
  const only = memberships.length === 1 ? memberships[0] : undefined;
  if (only !== undefined) return only.organizationId;
  throw new ApiProblem(
    'organization_required',
    memberships.length === 0
      ? 'Cannot answer: you are in no organization'
      : `Cannot answer: you are in several organizations; name one in ${ORGANIZATION_HEADER}`,
  );
}

function assertPermission(actor: OrganizationActor, access: Permission | 'member'): void {
  if (access === 'member' || can(actor, access)) return;
  throw new ApiProblem('permission_denied', `Cannot do this: the permission ${access} is missing`);
}
