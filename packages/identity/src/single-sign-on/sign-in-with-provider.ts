/**
 * Sign-in by the identity provider of an organization, which has proved somebody to this browser already: who they are
 * here, and whether they are let in. Matched by organization, provider and `sub` alone.
 *
 * - A known `sub` is its person, whatever address the provider tells today.
 * - An unknown one is linked to whoever has the address: the organization has proved that the domain is its own. Where we
 *   never verified that address, whoever made the account is somebody else, and all their ways in go.
 * - Nobody has the address: a new person, whatever the policy of sign-up says, because the organization vouches.
 *
 * What is found out holds until the session is written: the domain, the link and the membership are looked at again, under
 * locks that whoever takes them away waits for.
 */
import { recordAudit } from '@tollgate/audit';
import {
  isForeignKeyViolation,
  isUniqueViolation,
  type Transaction,
  type UseOrganization,
} from '@tollgate/db';
import { newId } from '@tollgate/ids';
import type { PersonActor } from '../actor.ts';
import { domainOf, type EmailAddress, findEmailAddress } from '../email-address.ts';
import type { IdentityContext, Origin } from '../identity-context.ts';
import { IdentityError } from '../identity-error.ts';
import { openSession, type SignInInput, type SignInOutcome } from '../sign-in.ts';
import { networkOf, throttle } from '../throttle.ts';
import { findUserByEmail, insertUser } from '../user.ts';
import { changeWaysIn } from '../ways-in.ts';
import { letIn } from './let-in.ts';
import { type ProvedIdentity, SINGLE_SIGN_ON } from './proved-identity.ts';
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
const MAX_SUBJECT_LENGTH = 255;
const MAX_NAME_LENGTH = 100;
const SIGNED_IN_INTERVAL_MS = 60_000;

/**
 * @throws {IdentityError} `email_not_of_domain`, `removed_from_organization`, `not_a_member`, `account_disabled`,
 *   `provider_misconfigured` (it tells no usable `sub`, or is gone meanwhile), `too_many_attempts`.
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
  if (!isSubject(subject)) throw misconfigured('it does not say who somebody is');
  const email = findEmailAddress(input.email ?? '');
  if (email === undefined || !input.emailVerified) throw notOfDomain();
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
  const user = await context.database.person({ userId, organizationId }, (tx) =>
    admit(tx, context, found, origin, nowMs),
  );
  const { previousSession: previous, authenticatedAtMs } = input;
  const linked = known === null;
  const manner = { previous, provider: SINGLE_SIGN_ON, identityProviderId, linked, authenticatedAtMs };
  const opened = await openSession(context, user, manner, origin, (tx, use) =>
    stillOpens(tx, use, { ...key, userId, email }),
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
  tx: Transaction,
  context: IdentityContext,
  found: Found,
  origin: Origin,
  nowMs: number,
): Promise<{ readonly id: string; readonly email: string }> {
  const { organizationId, identityProviderId, userId, email } = found;
  if (found.isNew) await insertNewPerson(tx, found, nowMs);
  else await changeWaysIn(tx, userId);
  await holdDomain(tx, organizationId, email);
  await holdProvider(tx, organizationId, identityProviderId);
  const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
  if (user.disabledAt !== null) {
    throw new IdentityError('account_disabled', 'Cannot sign in: the account is disabled');
  }
  // Whoever had the address a moment ago may have another one by now.
  if (!found.known && user.email !== email) throw notOfDomain();
  const actor = actorOf(user, identityProviderId);
  await letIn(tx, context, { organizationId, identityProviderId, actor, known: found.known }, origin, nowMs);
  if (!found.known) {
    if (user.emailVerifiedAt === null) await takeFromStranger(tx, userId, nowMs);
    await tx.externalIdentity.create({
      data: {
        organizationId,
        identityProviderId,
        externalId: found.subject,
        userId,
        createdAt: new Date(nowMs),
      },
      select: { userId: true },
    });
  }
  await tx.identityProvider.updateMany({
    where: {
      organizationId,
      id: identityProviderId,
      OR: [{ signedInAt: null }, { signedInAt: { lt: new Date(nowMs - SIGNED_IN_INTERVAL_MS) } }],
    },
    data: { signedInAt: new Date(nowMs) },
  });
  return user;
}

async function insertNewPerson(
  tx: Transaction,
  { userId, email, name = '', locale = 'en' }: Found,
  nowMs: number,
): Promise<void> {
  // Names come from elsewhere: any length, perhaps half of a character or a control character.
  const shown = [...name.toWellFormed().replaceAll(/\p{Cc}/gu, ' ')]
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

/** Until the transaction ends nobody takes the domain away. @throws {IdentityError} `email_not_of_domain`. */
async function holdDomain(tx: Transaction, organizationId: string, email: EmailAddress): Promise<void> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM domains WHERE organization_id = ${organizationId} AND name = ${domainOf(email)}
      AND verified_at IS NOT NULL FOR SHARE`;
  if (rows.length === 0) throw notOfDomain();
}

/** Until the transaction ends nobody takes the provider away. @throws {IdentityError} `provider_misconfigured`. */
async function holdProvider(tx: Transaction, organizationId: string, id: string): Promise<void> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM identity_providers WHERE organization_id = ${organizationId} AND id = ${id}
      AND disabled_at IS NULL FOR KEY SHARE`;
  if (rows.length === 0) throw gone();
}

/** As `admit` left it? In the transaction of the session, after the person is held. */
async function stillOpens(
  tx: Transaction,
  use: UseOrganization,
  link: {
    readonly organizationId: string;
    readonly identityProviderId: string;
    readonly externalId: string;
    readonly userId: string;
    readonly email: EmailAddress;
  },
): Promise<boolean> {
  const { email, ...identity } = link;
  const { organizationId, identityProviderId, userId } = identity;
  await use(organizationId);
  await holdDomain(tx, organizationId, email);
  await holdProvider(tx, organizationId, identityProviderId);
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

/** OpenID Connect Core, section 2: at most 255 ASCII characters. */
function isSubject(subject: string): boolean {
  return subject.length <= MAX_SUBJECT_LENGTH && /^[\x20-\x7e]+$/.test(subject);
}

function notOfDomain(): IdentityError {
  return new IdentityError(
    'email_not_of_domain',
    'Cannot sign in: the provider must tell a verified address of a domain that the organization has verified',
  );
}

function misconfigured(why: string): IdentityError {
  return new IdentityError('provider_misconfigured', `Cannot sign in by this provider: ${why}`);
}

function gone(): IdentityError {
  return misconfigured('it was changed meanwhile; begin anew');
}
