/** Who is asking, their sessions and their profile. */
import { z } from '@hono/zod-openapi';
import type { Transaction } from '@tollgate/db';
import {
  can,
  changePassword,
  changeProfile,
  endSessions,
  enterOrganization,
  judgeSingleSignOn,
  listEnforcedProviders,
  listSessions,
  nameProviders,
  type OrganizationActor,
  type PersonActor,
} from '@tollgate/identity';
import { findSuspension } from '../billing/suspension.ts';
import { chooseOrganization, ORGANIZATION_HEADER } from '../framework/authorize.ts';
import { definedOnly, id, idParam, iso, name, timestamp } from '../framework/field.ts';
import { ApiProblem, notFound } from '../framework/problem.ts';
import { type AnyRoute, type AuthenticatedCall, route } from '../framework/route.ts';
import { countUnread } from './notifications.ts';

const OrganizationSummary = z
  .object({
    id,
    name: z.string(),
    slug: z.string(),
    role: z.string(),
    /** By its owner: it is read, and never changed. */
    closed: z.boolean(),
    singleSignOnMissing: z.boolean().openapi({
      description:
        'The organization wants a sign-in at its provider that this session was not opened by: nothing is allowed in it before that.',
    }),
    identityProviderId: z
      .string()
      .nullable()
      .openapi({ description: 'The provider to sign in at; null unless `singleSignOnMissing`.' }),
  })
  .openapi('OrganizationSummary');

export const Me = z
  .object({
    kind: z.enum(['user', 'adminToken']),
    id,
    email: z.string().nullable(),
    name: z.string(),
    locale: z.string(),
    emailVerified: z.boolean(),
    isOperator: z.boolean(),
    organizations: z.array(OrganizationSummary),
    /** The organization of this request; null for a person in several who named none. */
    organizationId: z.string().nullable(),
    /** What that organization counts its days and months in. */
    timeZone: z.string().nullable(),
    membershipId: z.string().nullable(),
    role: z.string().nullable(),
    /** The organization wants a second factor that this session has not shown: nothing is allowed in it before that. */
    secondFactorMissing: z.boolean(),
    /** That organization wants a sign-in at its provider (`identityProviderId`) that this session was not opened by. */
    singleSignOnMissing: z.boolean(),
    identityProviderId: z.string().nullable(),
    permissions: z.array(z.string()),
    /** Why that organization is not served at present; null where it is, and while `secondFactorMissing`. */
    suspension: z
      .object({
        /** `dunning`: an invoice is overdue, and paying it ends this. */
        by: z.enum(['operator', 'dunning']),
        since: timestamp,
        /** The operator's, for who may read the audit log, where it stands; else null. */
        reason: z.string().nullable(),
      })
      .nullable(),
    /** As `GET /notifications/unread-count` says it, for the first view of a page; null without an organization. */
    unreadNotifications: z.int().nullable(),
  })
  .openapi('Me');

export const Session = z
  .object({
    id,
    current: z.boolean(),
    userAgent: z.string(),
    ipAddress: z.string(),
    createdAt: timestamp,
    lastSeenAt: timestamp,
    expiresAt: timestamp,
    provider: z.string().openapi({
      description: 'What it was opened by: `google`, `sso` (an organization’s own provider) …; empty: none.',
    }),
    identityProvider: z
      .object({ id, name: z.string() })
      .nullable()
      .openapi({ description: 'The organization’s provider that it was opened by.' }),
  })
  .openapi('Session');

export const meRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/me',
    tag: 'me',
    summary: 'Who is asking, in which organizations, with which permissions',
    access: 'authenticated',
    response: Me,
    run: (call) =>
      call.tokenActor === undefined ? describePerson(call) : describeToken(call, call.tokenActor),
  }),
  route({
    method: 'patch',
    path: '/me',
    tag: 'me',
    summary: 'Change one’s own profile',
    access: 'session',
    body: z.strictObject({ name: name.exactOptional(), locale: z.enum(['en', 'de']).exactOptional() }),
    response: z.object({ id, email: z.string(), name: z.string(), locale: z.string() }).openapi('Profile'),
    run: ({ context, actor, body, origin }) =>
      changeProfile(context.identity, actor, definedOnly(body), origin),
  }),
  route({
    method: 'post',
    path: '/me/password',
    tag: 'me',
    summary: 'Change one’s own password, or set the first one; every other session ends',
    access: 'session',
    recentSignIn: true,
    body: z.strictObject({
      /** Not for who has none. */
      currentPassword: z.string().max(1_024).exactOptional(),
      newPassword: z.string().max(1_024),
    }),
    run: async ({ context, actor, body, origin }) => {
      const { currentPassword = '', newPassword } = body;
      await changePassword(context.identity, actor, { currentPassword, newPassword }, origin);
      return undefined;
    },
  }),
  route({
    method: 'get',
    path: '/me/sessions',
    tag: 'me',
    summary: 'One’s own open sessions',
    access: 'session',
    response: z.object({ data: z.array(Session), nextCursor: z.null() }),
    run: async ({ context, actor, nowMs }) => {
      const rows = await context.database.person({ userId: actor.userId }, (tx) =>
        listSessions(tx, actor.userId, nowMs),
      );
      const names = await nameProviders(context.database, rows);
      const data = rows.map((row) => ({
        ...row,
        current: row.id === actor.sessionId,
        createdAt: iso(row.createdAt),
        lastSeenAt: iso(row.lastSeenAt),
        expiresAt: iso(row.expiresAt),
        identityProvider: names.get(row.identityProviderId ?? '') ?? null,
      }));
      return { data, nextCursor: null };
    },
  }),
  route({
    method: 'delete',
    path: '/me/sessions/{id}',
    tag: 'me',
    summary: 'End one of one’s own sessions',
    access: 'session',
    params: idParam,
    run: async ({ context, actor, params, origin }) => {
      const person = { id: actor.userId, email: actor.email };
      const count = await endSessions(context.identity, person, { only: params.id }, origin);
      if (count === 0) throw notFound('session');
      return undefined;
    },
  }),
  route({
    method: 'post',
    path: '/me/sessions/revoke-others',
    tag: 'me',
    summary: 'End all of one’s own sessions but this one',
    access: 'session',
    response: z.object({ revoked: z.int() }),
    run: async ({ context, actor, origin }) => ({
      revoked: await endSessions(
        context.identity,
        { id: actor.userId, email: actor.email },
        { except: actor.sessionId },
        origin,
      ),
    }),
  }),
];

type Call = AuthenticatedCall<undefined, undefined, undefined>;

async function describePerson(call: Call) {
  const { person, context } = call;
  if (person === undefined) throw new ApiProblem('unauthenticated', 'Cannot answer: sign in first');
  const { actor, memberships } = person;
  const organizationId = currentOrganization(call);
  const missing = await findMissingProviders(call, actor);
  const entered =
    organizationId === null
      ? undefined
      : await context.database.person({ userId: actor.userId, organizationId }, async (tx) => {
          const inside = await enterOrganization(tx, person, organizationId, call.nowMs);
          return (
            inside && {
              actor: inside,
              unread: await countUnread(tx, inside),
              suspension: await tellSuspension(tx, inside),
            }
          );
        });
  return {
    ...personFields(actor),
    organizations: memberships.map((membership) => ({
      id: membership.organizationId,
      name: membership.organizationName,
      slug: membership.organizationSlug,
      role: membership.role,
      closed: membership.organizationClosed,
      ...singleSignOnFields(missing.get(membership.organizationId)),
    })),
    // Neither before the second factor is shown: a password alone opens nothing of the organization.
    suspension: entered === undefined || isKeptOut(entered.actor) ? null : entered.suspension,
    unreadNotifications: entered === undefined || isKeptOut(entered.actor) ? null : entered.unread,
    ...organizationFields(
      entered?.actor,
      memberships.find((membership) => membership.organizationId === organizationId)?.organizationTimeZone,
    ),
  };
}

/** Unlike elsewhere, no organization is an answer too: that is what people ask this route for. */
function currentOrganization({ person, request }: Call): string | null {
  if (person === undefined) return null;
  if (person.memberships.length !== 1 && request.headers.get(ORGANIZATION_HEADER) === null) return null;
  return chooseOrganization(request, person);
}

async function describeToken({ context }: Call, entered: OrganizationActor) {
  const { actor, organizationId, role } = entered;
  const { organization, suspension } = await context.database.tenant(organizationId, async (tx) => ({
    organization: await tx.organization.findUniqueOrThrow({ where: { id: organizationId } }),
    suspension: await tellSuspension(tx, entered),
  }));
  return {
    kind: 'adminToken' as const,
    id: actor.kind === 'adminToken' ? actor.tokenId : actor.userId,
    email: null,
    name: actor.name,
    locale: 'en',
    emailVerified: true,
    isOperator: false,
    organizations: [
      {
        id: organizationId,
        name: organization.name,
        slug: organization.slug,
        role,
        closed: organization.closedAt !== null,
        ...singleSignOnFields(undefined),
      },
    ],
    suspension,
    unreadNotifications: null,
    ...organizationFields(entered, organization.timeZone),
  };
}

async function tellSuspension(
  tx: Transaction,
  actor: OrganizationActor,
): Promise<z.input<typeof Me>['suspension']> {
  const suspension = await findSuspension(tx, actor.organizationId);
  if (suspension === undefined) return null;
  const { by, since, reason } = suspension;
  return { by, since: iso(since), reason: can(actor, 'audit:read') && reason !== '' ? reason : null };
}

function personFields(actor: PersonActor) {
  const { userId, email, name, locale, emailVerified, isOperator } = actor;
  return { kind: 'user' as const, id: userId, email, name, locale, emailVerified, isOperator };
}

function organizationFields(entered: OrganizationActor | undefined, timeZone: string | undefined) {
  return {
    organizationId: entered?.organizationId ?? null,
    timeZone: entered === undefined ? null : (timeZone ?? null),
    membershipId: entered?.membershipId ?? null,
    role: entered?.role ?? null,
    secondFactorMissing: entered?.secondFactorMissing === true,
    ...singleSignOnFields(entered?.missingIdentityProviderId),
    permissions: entered === undefined || isKeptOut(entered) ? [] : [...entered.permissions],
  };
}

function isKeptOut({ secondFactorMissing, missingIdentityProviderId }: OrganizationActor): boolean {
  return secondFactorMissing === true || missingIdentityProviderId !== undefined;
}

function singleSignOnFields(missingIdentityProviderId: string | undefined) {
  return {
    singleSignOnMissing: missingIdentityProviderId !== undefined,
    identityProviderId: missingIdentityProviderId ?? null,
  };
}

/** By the organizations that want them. */
async function findMissingProviders({ context }: Call, actor: PersonActor) {
  const { userId } = actor;
  const wanted = await context.database.person({ userId }, (tx) => listEnforcedProviders(tx));
  return new Map(
    wanted
      .filter((row) => judgeSingleSignOn(row, actor) === 'missing')
      .map((row) => [row.organizationId, row.identityProviderId]),
  );
}
