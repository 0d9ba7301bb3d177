/**
 * Set-up without a browser: an organization with its owner, and a fresh admin token.
 *
 * Finds what is there, so that it can run in every pipeline; mints a new token each time, because the old ones
 * are known only by their hashes. Works on the database alone.
 */
import { NO_ORIGIN } from '@tollgate/audit';
import { type Database, isUniqueViolation } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import type { PersonActor } from './actor.ts';
import { createAdminToken } from './admin-token.ts';
import { type EmailAddress, parseEmailAddress } from './email-address.ts';
import type { IdentityContext } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import { insertOrganization } from './organization.ts';
import { assertAcceptablePassword, hashPassword, verifyPassword } from './password.ts';
import { PERMISSIONS } from './permission.ts';
import { becomesOperator, findUserByEmail, insertUser } from './user.ts';

export interface BootstrapInput {
  readonly organization: string;
  readonly email: string;
  readonly password: string;
}

export interface Bootstrapped {
  readonly organizationId: string;
  readonly userId: string;
  readonly membershipId: string;
  readonly adminToken: string;
  /** Whether the organization is new. */
  readonly created: boolean;
}

/** @throws {IdentityError} `invalid_email`, `weak_password`, `invalid_credentials` (the account has another). */
export async function bootstrapOrganization(
  context: IdentityContext,
  input: BootstrapInput,
): Promise<Bootstrapped> {
  const email = parseEmailAddress(input.email);
  const actor = await ensureOwner(context, email, input.password);
  const found = await findOwnOrganization(context.database, actor.userId, input.organization);
  const nowMs = context.clock.nowMs();
  const organizationId = found?.organizationId ?? newId('organization', nowMs);
  return context.database.person({ userId: actor.userId, organizationId }, async (tx) => {
    const membershipId =
      found?.membershipId ??
      (
        await insertOrganization(
          tx,
          context,
          { organizationId, name: input.organization },
          actor,
          NO_ORIGIN,
          nowMs,
        )
      ).membershipId;
    const { secret } = await createAdminToken(
      tx,
      { actor, organizationId, membershipId, role: 'owner', permissions: new Set(PERMISSIONS) },
      { name: 'bootstrap', permissions: PERMISSIONS, expiresAt: null },
      NO_ORIGIN,
      nowMs,
    );
    return {
      organizationId,
      userId: actor.userId,
      membershipId,
      adminToken: secret,
      created: found === undefined,
    };
  });
}

async function ensureOwner(
  context: IdentityContext,
  email: EmailAddress,
  password: string,
): Promise<PersonActor> {
  const user = await findUserByEmail(context.database, email);
  if (user === undefined) return createOwner(context, email, password);
  if (!(await verifyPassword(user.passwordHash, password))) {
    throw new IdentityError('invalid_credentials', 'Cannot set up: the account exists with another password');
  }
  return toActor(context, user.id, email, user.name, false);
}

async function createOwner(
  context: IdentityContext,
  email: EmailAddress,
  password: string,
): Promise<PersonActor> {
  assertAcceptablePassword(password, email);
  const nowMs = context.clock.nowMs();
  const passwordHash = await hashPassword(password);
  const id = newId('user', nowMs);
  const name = email.slice(0, email.indexOf('@'));
  try {
    return await context.database.person({ userId: id }, async (tx) => {
      const isOperator = await becomesOperator(tx, context.settings);
      const user = { id, email, name, locale: 'en', passwordHash, isOperator };
      await insertUser(tx, { ...user, emailVerifiedAt: new Date(nowMs) }, nowMs);
      return toActor(context, id, email, name, isOperator);
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    // Another set-up was faster.
    return ensureOwner(context, email, password);
  }
}

function toActor(
  { clock }: IdentityContext,
  userId: string,
  email: string,
  name: string,
  isOperator: boolean,
): PersonActor {
  return {
    kind: 'person',
    userId,
    sessionId: '',
    email,
    name,
    locale: 'en',
    emailVerified: true,
    isOperator,
    authenticatedAt: new Date(clock.nowMs()),
    secondFactorAt: null,
    provider: '',
    identityProviderId: null,
  };
}

/** The organization of that name that the user owns. Two of one name: the older one. */
function findOwnOrganization(
  database: Database,
  userId: string,
  name: string,
): Promise<{ organizationId: string; membershipId: string } | undefined> {
  return database.person({ userId }, async (tx) => {
    const row = await tx.membership.findFirst({
      where: { userId, role: 'owner', organization: { name } },
      orderBy: { id: 'asc' },
    });
    return row === null ? undefined : { organizationId: row.organizationId, membershipId: row.id };
  });
}
