/**
 * Sign-in by the identity provider of an organization, which has proved somebody to this browser already: who they are
 * here, and whether they are let in. Matched by organization, provider and `sub` alone.
 *
 * - A known `sub` is its person, whatever address of the organization the provider tells today, as long as the person's
 *   own is of the organization, too.
 * - An unknown one is linked to whoever has the address: the organization has proved that the domain is its own. Where we
 *   never verified that address, whoever made the account may be somebody else (take-from-stranger.ts).
 * - Nobody has the address: a new person, whatever the policy of sign-up says, because the organization vouches.
 *
 * What is found out holds until the session is written: the domain, the link and the membership are looked at again, under
 * locks that whoever takes them away waits for.
 */
import { recordAudit } from '@tollgate/audit';
import {
  isForeignKeyViolation,
  isUniqueViolation,
  type Prisma,
  type Transaction,
  type UseOrganization,
} from '@tollgate/db';
import { newId } from '@tollgate/ids';
import type { PersonActor } from '../actor.ts';
import { auditPerson, type PersonEventPlace } from '../audit-person.ts';
import { domainOf, type EmailAddress, findEmailAddress } from '../email-address.ts';
import type { IdentityContext, Origin } from '../identity-context.ts';
import { IdentityError } from '../identity-error.ts';
import { mailSecurityChange } from '../security-mail.ts';
import { openSession, type SignInInput, type SignInOutcome } from '../sign-in.ts';
import { networkOf, throttle } from '../throttle.ts';
import { findUserByEmail, insertUser } from '../user.ts';
import { changeWaysIn } from '../ways-in.ts';
import { type LetIn, letIn } from './let-in.ts';
import { type ProvedIdentity, SINGLE_SIGN_ON } from './proved-identity.ts';
import { assertSpeaksFor, gone, notOfDomain, readProvedAddress } from './speaks-for.ts';
import { takeFromStranger } from './take-from-stranger.ts';

export interface ProviderSignInInput extends ProvedIdentity {
  readonly locale?: string;
  readonly previousSession?: SignInInput['previousSession'];
}

export type SignedInWithProvider = SignInOutcome & {
  readonly outcome: 'signed-in' | 'linked' | 'signed-up';
};

const WINDOW_MS = 15 * 60_000;
/** A whole company may come by one address in the morning. */
const LIMIT_PER_ADDRESS = 1_000;
const MAX_NAME_LENGTH = 100;
const SIGNED_IN_INTERVAL_MS = 60_000;

/**
 * @throws {IdentityError} `email_not_of_domain`, `removed_from_organization`, `not_a_member`, `account_disabled`,
 *   `account_not_linked`, `linked_otherwise`, `operators_account`, `provider_misconfigured` (it tells no usable `sub`, or is
 *   gone meanwhile), `too_many_attempts`.
 */
export async function signInWithProvider(
  context: IdentityContext,
  input: ProviderSignInInput,
  origin: Origin,
): Promise<SignedInWithProvider> {
  const subject = `sign-in:provider:${networkOf(origin.ipAddress)}`;
  await throttle(context.attempts, [{ subject, limit: LIMIT_PER_ADDRESS, windowMs: WINDOW_MS }]);
  try {
    return await decide(context, input, origin);
  } catch (error) {
    // Two tabs, one new person: the other one was faster, and what it wrote decides now.
    if (isUniqueViolation(error)) return decide(context, input, origin);
    if (isForeignKeyViolation(error)) throw gone();
    if (error instanceof IdentityError) await auditRefusal(context, input, error, origin);
    throw error;
  }
}

async function decide(
  context: IdentityContext,
  input: ProviderSignInInput,
  origin: Origin,
): Promise<SignedInWithProvider> {
  const { organizationId, identityProviderId, subject } = input;
  const email = readProvedAddress(input);
  const key = { organizationId, identityProviderId, externalId: subject };
  const known = await context.database.tenant(organizationId, (tx) =>
    tx.externalIdentity.findFirst({ where: key, select: { userId: true } }),
  );
  const owner = known === null ? await findUserByEmail(context.database, email) : undefined;
  const nowMs = context.clock.nowMs();
  const userId = known?.userId ?? owner?.id ?? newId('user', nowMs);
  const found = {
    ...input,
    email,
    userId,
    known: known !== null,
    isNew: known === null && owner === undefined,
  };
  const user = await context.database.person({ userId, organizationId }, (tx, use) =>
    admit({ tx, use, origin, nowMs }, context, found),
  );
  const { previousSession: previous, authenticatedAtMs } = input;
  const linked = known === null;
  const manner = { previous, provider: SINGLE_SIGN_ON, identityProviderId, linked, authenticatedAtMs };
  const opened = await openSession(context, user, manner, origin, (tx, use) =>
    stillOpens(tx, use, context, found),
  );
  if (opened === undefined) throw gone();
  return {
    ...opened,
    outcome: known === null ? (owner === undefined ? 'signed-up' : 'linked') : 'signed-in',
  };
}

interface Found extends ProviderSignInInput {
  readonly email: EmailAddress;
  readonly userId: string;
  readonly known: boolean;
  readonly isNew: boolean;
}

/** The person with their link and their membership, in one transaction: none of it stays where one is refused. */
async function admit(
  place: PersonEventPlace,
  context: IdentityContext,
  found: Found,
): Promise<{ readonly id: string; readonly email: string }> {
  const { tx, origin, nowMs } = place;
  const { organizationId, identityProviderId, userId, email } = found;
  if (found.isNew) await insertNewPerson(tx, found, nowMs);
  else await changeWaysIn(tx, userId);
  const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
  // Before the provider, as closing does: they must not wait for each other.
  await tx.$queryRaw`SELECT 1 AS locked FROM organizations WHERE id = ${organizationId} FOR SHARE`;
  await assertSpeaksFor(tx, context, found, user);
  if (user.disabledAt !== null) {
    throw new IdentityError('account_disabled', 'Cannot sign in: the account is disabled');
  }
  // Whoever had the address a moment ago may have another one by now.
  if (!found.known && user.email !== email) throw notOfDomain();
  const link = await tx.externalIdentity.findFirst({ where: { organizationId, identityProviderId, userId } });
  // Two tabs: the other one has linked them while this one waited.
  const known = found.known || link?.externalId === found.subject;
  const taken =
    !known &&
    user.emailVerifiedAt === null &&
    (await takeFromStranger(tx, { userId, organizationId, previous: found.previousSession }, nowMs));
  const actor = actorOf(user, identityProviderId);
  const how = await letIn(tx, context, { organizationId, identityProviderId, actor, known }, origin, nowMs);
  await noteSignIn(tx, found, nowMs);
  if (known) return user;
  if (link !== null) await endLink(tx, link, how);
  await linkPerson(place, context, found, taken);
  return user;
}

/**
 * Another id of somebody who has one there is somebody else who has written their address, unless an invitation has just
 * brought them back: then their account there may be a new one.
 */
async function endLink(tx: Transaction, link: Prisma.ExternalIdentityModel, how: LetIn): Promise<void> {
  if (how !== 'invited') {
    throw new IdentityError(
      'linked_otherwise',
      'Cannot sign in: the address belongs to somebody who comes by another account of this provider; an owner must remove them and invite them again',
    );
  }
  const { organizationId, identityProviderId, userId } = link;
  await tx.externalIdentity.deleteMany({ where: { organizationId, identityProviderId, userId } });
}

/** Their own log and mailbox say so: it is a way into their account. Last of its transaction. */
async function linkPerson(
  place: PersonEventPlace,
  context: IdentityContext,
  { organizationId, identityProviderId, subject, userId, email }: Found,
  taken: boolean,
): Promise<void> {
  const { tx, nowMs } = place;
  await tx.externalIdentity.create({
    data: {
      organizationId,
      identityProviderId,
      externalId: subject,
      userId,
      createdAt: new Date(nowMs),
    },
    select: { userId: true },
  });
  const change = taken ? 'provider-took-over' : 'provider-linked';
  await mailSecurityChange(tx, context, userId, { change, detail: domainOf(email) }, nowMs);
  await auditPerson(
    place,
    { id: userId, email },
    {
      action: taken ? 'user-taken-over' : 'user-linked',
      target: { kind: 'user', id: userId, name: email },
      after: { identityProviderId },
    },
  );
}

async function noteSignIn(
  tx: Transaction,
  { organizationId, identityProviderId }: Found,
  nowMs: number,
): Promise<void> {
  await tx.identityProvider.updateMany({
    where: {
      organizationId,
      id: identityProviderId,
      OR: [{ signedInAt: null }, { signedInAt: { lt: new Date(nowMs - SIGNED_IN_INTERVAL_MS) } }],
    },
    data: { signedInAt: new Date(nowMs) },
  });
}

async function insertNewPerson(
  tx: Transaction,
  { userId, email, name = '', locale = 'en' }: Found,
  nowMs: number,
): Promise<void> {
  // Names come from elsewhere: any length, perhaps half of a character or a control character.
  const shown = [...name.toWellFormed().replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')]
    .slice(0, MAX_NAME_LENGTH)
    .join('')
    .trim();
  const person = {
    id: userId,
    email,
    name: shown || email.slice(0, email.indexOf('@')),
    locale,
    passwordHash: undefined,
    emailVerifiedAt: new Date(nowMs),
    isOperator: false,
  };
  await insertUser(tx, person, nowMs);
}

/** As `admit` left it? In the transaction of the session, after the person is held. */
async function stillOpens(
  tx: Transaction,
  use: UseOrganization,
  context: IdentityContext,
  found: Found,
): Promise<boolean> {
  const { organizationId, identityProviderId, userId, subject: externalId } = found;
  await use(organizationId);
  const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
  await assertSpeaksFor(tx, context, found, user);
  const identity = { organizationId, identityProviderId, externalId, userId };
  const linked = await tx.externalIdentity.count({ where: identity });
  const member = await tx.membership.count({ where: { organizationId, userId } });
  return linked > 0 && member > 0;
}

/** A sign-in that the provider has proved and we refuse is for the organization to see. */
function auditRefusal(
  { database, clock }: IdentityContext,
  { organizationId, identityProviderId, email }: ProviderSignInInput,
  error: IdentityError,
  origin: Origin,
): Promise<unknown> {
  return database.tenant(organizationId, (tx) =>
    recordAudit(tx, {
      organizationId,
      actor: { kind: 'system', id: 'sign-in', name: 'sign-in' },
      origin,
      action: 'sign-in-failed',
      target: { kind: 'identityProvider', id: identityProviderId },
      after: { reason: error.code, email: findEmailAddress(email ?? '') ?? null },
      nowMs: clock.nowMs(),
    }),
  );
}

function actorOf(
  user: { readonly id: string; readonly email: string; readonly name: string; readonly locale: string },
  identityProviderId: string,
): PersonActor {
  return {
    kind: 'person',
    userId: user.id,
    sessionId: '',
    email: user.email,
    name: user.name,
    locale: user.locale,
    emailVerified: true,
    isOperator: false,
    authenticatedAt: new Date(0),
    secondFactorAt: null,
    provider: SINGLE_SIGN_ON,
    identityProviderId,
  };
}
