/**
 * Who is asking, and what they may do in which organization. The only two proofs: a session's cookie, or an
 * admin token. Permissions are read anew for every request, so that losing a role takes effect at once.
 */
import type { Database, Transaction } from '@tollgate/db';
import type { Actor, OrganizationActor, PersonActor, TokenActor } from './actor.ts';
import type { IdentityContext } from './identity-context.ts';
import { hashToken, isAdminToken } from './opaque-token.ts';
import { intersect, type Permission, permissionSet } from './permission.ts';
import { permissionsOf, roleIdOf } from './role.ts';
import { meetsSecondFactorPolicy } from './second-factor.ts';
import { findSession, touchSession } from './session.ts';
import { findMissingProvider } from './single-sign-on/enforcement.ts';
import { isNamedOperator, isOperatorsAddress } from './user.ts';

export interface MembershipSummary {
  readonly membershipId: string;
  readonly organizationId: string;
  readonly organizationName: string;
  readonly organizationSlug: string;
  readonly organizationClosed: boolean;
  readonly organizationTimeZone: string;
  readonly role: string;
  readonly permissions: ReadonlySet<Permission>;
}

export interface AuthenticatedPerson {
  readonly actor: PersonActor;
  /** In the order of joining. */
  readonly memberships: readonly MembershipSummary[];
}

/** @returns The person behind a session cookie's token; undefined when it opens nothing. */
export async function authenticateSession(
  context: IdentityContext,
  token: string,
): Promise<AuthenticatedPerson | undefined> {
  const nowMs = context.clock.nowMs();
  const session = await findSession(context.database, token, nowMs);
  if (session === undefined) return undefined;
  const { userId, sessionId, authenticatedAt, secondFactorAt, provider, identityProviderId } = session;
  return context.database.person({ userId }, async (tx) => {
    const user = await tx.user.findUnique({ where: { id: userId } });
    if (user === null || user.disabledAt !== null) return undefined;
    if (session.stale) await touchSession(tx, sessionId, nowMs);
    const actor: PersonActor = {
      kind: 'person',
      userId,
      sessionId,
      email: user.email,
      name: user.name,
      locale: user.locale,
      emailVerified: user.emailVerifiedAt !== null || !context.settings.verificationRequired,
      // No organization speaks for an operator: who became one since has nothing of it in a session of a provider.
      isOperator: identityProviderId === null && (user.isOperator || isNamedOperator(context.settings, user)),
      isNamed: isOperatorsAddress(context.settings, user.email),
      authenticatedAt,
      secondFactorAt,
      provider,
      identityProviderId,
    };
    return { actor, memberships: await listMemberships(tx, userId) };
  });
}

/** Memberships of the transaction's person. */
async function listMemberships(tx: Transaction, userId: string): Promise<MembershipSummary[]> {
  const rows = await tx.membership.findMany({
    where: { userId },
    include: { organization: { select: { name: true, slug: true, closedAt: true, timeZone: true } } },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: 500,
  });
  return rows.map((row) => ({
    membershipId: row.id,
    organizationId: row.organizationId,
    organizationName: row.organization.name,
    organizationSlug: row.organization.slug,
    organizationClosed: row.organization.closedAt !== null,
    organizationTimeZone: row.organization.timeZone,
    role: roleIdOf(row),
    // A custom role's list belongs to its organization and is read there (enterOrganization).
    permissions: permissionsOf(row, undefined),
  }));
}

/** The person inside one of their organizations; reads a custom role's permissions. In a transaction of both. */
export async function enterOrganization(
  tx: Transaction,
  person: AuthenticatedPerson,
  organizationId: string,
  nowMs: number,
): Promise<OrganizationActor | undefined> {
  const membership = await findMembership(tx, organizationId, person.actor.userId);
  if (membership === undefined) return undefined;
  const { secondFactorPolicy, ...rest } = membership;
  const provider = await trustedProvider(tx, organizationId, person.actor);
  const secondFactorMissing = !meetsSecondFactorPolicy(secondFactorPolicy, { ...person.actor, provider });
  const missing = await findMissingProvider(tx, person.actor, organizationId, nowMs);
  return {
    actor: person.actor,
    organizationId,
    ...rest,
    secondFactorMissing,
    ...(missing === undefined ? {} : { missingIdentityProviderId: missing }),
  };
}

/** Another organization’s provider asks its people for what it likes: here it stands in for nothing. */
async function trustedProvider(
  tx: Transaction,
  organizationId: string,
  { provider, identityProviderId: id }: PersonActor,
): Promise<string> {
  if (id === null) return provider;
  const own = await tx.identityProvider.count({ where: { organizationId, id } });
  return own > 0 ? provider : '';
}

export interface AuthenticatedToken {
  readonly actor: TokenActor;
  readonly organizationId: string;
  readonly granted: ReadonlySet<Permission>;
}

/** @returns What an admin token opens; undefined for unknown, revoked and expired ones. */
export async function authenticateAdminToken(
  database: Database,
  secret: string,
  nowMs: number,
): Promise<AuthenticatedToken | undefined> {
  if (!isAdminToken(secret)) return undefined;
  interface Row {
    id: string;
    organization_id: string;
    kind: string;
    permissions: string[];
    created_by_id: string;
    expires_at: Date | null;
    revoked_at: Date | null;
  }
  const rows = await database.platform(
    (tx) => tx.$queryRaw<Row[]>`SELECT * FROM find_admin_token(${hashToken(secret)})`,
  );
  const row = rows[0];
  if (row === undefined || row.kind !== 'admin' || row.revoked_at !== null) return undefined;
  if (row.expires_at !== null && row.expires_at.getTime() <= nowMs) return undefined;
  return {
    actor: {
      kind: 'adminToken',
      tokenId: row.id,
      name: '',
      createdById: row.created_by_id,
      expiresAt: row.expires_at,
    },
    organizationId: row.organization_id,
    granted: permissionSet(row.permissions),
  };
}

const TOKEN_TOUCH_INTERVAL_MS = 60_000;

/** The token inside its organization; undefined when its maker has left, since it only borrows from them. */
export async function enterOrganizationByToken(
  tx: Transaction,
  token: AuthenticatedToken,
  nowMs: number,
): Promise<OrganizationActor | undefined> {
  const { organizationId, actor } = token;
  const membership = await findMembership(tx, organizationId, actor.createdById);
  const row = await tx.adminToken.findFirst({ where: { organizationId, id: actor.tokenId } });
  if (membership === undefined || row === null) return undefined;
  if (nowMs - (row.lastUsedAt?.getTime() ?? 0) > TOKEN_TOUCH_INTERVAL_MS) {
    await tx.adminToken.updateMany({ where: { id: row.id }, data: { lastUsedAt: new Date(nowMs) } });
  }
  // Made by somebody who had shown who they are: programs have no second factor.
  const { secondFactorPolicy: _, ...rest } = membership;
  return {
    ...rest,
    organizationId,
    actor: { ...actor, name: row.name },
    permissions: intersect(token.granted, membership.permissions),
  };
}

interface FoundMembership
  extends Pick<OrganizationActor, 'membershipId' | 'role' | 'permissions' | 'organizationClosed'> {
  readonly secondFactorPolicy: string;
}

async function findMembership(
  tx: Transaction,
  organizationId: string,
  userId: string,
): Promise<FoundMembership | undefined> {
  const row = await tx.membership.findFirst({
    where: { organizationId, userId },
    include: {
      customRole: { select: { permissions: true } },
      user: { select: { disabledAt: true } },
      organization: { select: { closedAt: true, secondFactorPolicy: true } },
    },
  });
  // Sessions of a disabled person are refused where they are found; their tokens here.
  if (row === null || row.user.disabledAt !== null) return undefined;
  return {
    membershipId: row.id,
    role: roleIdOf(row),
    permissions: permissionsOf(row, row.customRole?.permissions),
    organizationClosed: row.organization.closedAt !== null,
    secondFactorPolicy: row.organization.secondFactorPolicy,
  };
}

/** Narrowing for callers that hold either kind. */
export function isPerson(actor: Actor): actor is PersonActor {
  return actor.kind === 'person';
}
