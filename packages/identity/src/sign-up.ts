/**
 * Sign-up: the person, their organization (or the one that invited them) and a session, in one transaction.
 */
import { isUniqueViolation, type Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { insertAccount, type ProviderAccount } from './account.ts';
import type { PersonActor } from './actor.ts';
import { domainOf, type EmailAddress, parseEmailAddress } from './email-address.ts';
import type { IdentityContext, Origin } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import { acceptInvitationRow, type FoundInvitation, getOpenInvitation } from './invitation.ts';
import { queueMailToken } from './mail-token.ts';
import { insertOrganization } from './organization.ts';
import { assertAcceptablePassword, hashPassword } from './password.ts';
import { createSession, type NewSession } from './session.ts';
import { networkOf, throttle } from './throttle.ts';
import { becomesOperator, insertUser } from './user.ts';

export interface SignUpInput {
  readonly email: string;
  readonly password: string;
  readonly name?: string;
  readonly locale?: string;
  readonly organizationName?: string;
  readonly timeZone?: string;
  readonly invitationToken?: string;
}

export interface SignedUp {
  readonly userId: string;
  readonly organizationId: string;
  readonly session: NewSession;
}

const HOUR_MS = 3_600_000;

/**
 * @throws {IdentityError} `invalid_email`, `weak_password`, `email_taken`, `sign_up_closed`, `invalid_token`,
 *   `invitation_for_other_address`, `too_many_attempts`.
 */
export async function signUp(
  context: IdentityContext,
  input: SignUpInput,
  origin: Origin,
): Promise<SignedUp> {
  await throttleSignUp(context, origin);
  const email = parseEmailAddress(input.email);
  assertAcceptablePassword(input.password, email);
  const invitation = await findInvitationFor(context, input.invitationToken);
  assertMaySignUp(context, email, invitation);
  const passwordHash = await hashPassword(input.password);
  return insertPerson(context, { ...input, email, passwordHash, emailVerified: false, invitation }, origin);
}

export interface AccountSignUpInput extends ProviderAccount {
  readonly email: EmailAddress;
  /** Whether the provider says that the address is theirs. */
  readonly emailVerified: boolean;
  readonly name?: string;
  readonly locale?: string;
  /** When the provider last asked who they are, if it says so. */
  readonly authenticatedAtMs?: number | undefined;
  readonly invitationToken?: string;
}

/**
 * Sign-up by an account at an identity provider: the same policy, no password.
 *
 * @throws {IdentityError} `email_taken` (the address or the account), `sign_up_closed`, `invalid_token`,
 *   `invitation_for_other_address`, `too_many_attempts`.
 */
export async function signUpWithAccount(
  context: IdentityContext,
  input: AccountSignUpInput,
  origin: Origin,
): Promise<SignedUp> {
  await throttleSignUp(context, origin);
  const invitation = await findInvitationFor(context, input.invitationToken);
  assertMaySignUp(context, input.email, invitation);
  const { provider, providerAccountId } = input;
  const account = { provider, providerAccountId };
  return insertPerson(context, { ...input, account, passwordHash: undefined, invitation }, origin);
}

function throttleSignUp(context: IdentityContext, origin: Origin): Promise<void> {
  return throttle(context.attempts, [
    { subject: `sign-up:${networkOf(origin.ipAddress)}`, limit: 50, windowMs: HOUR_MS },
  ]);
}

async function findInvitationFor(
  context: IdentityContext,
  token: string | undefined,
): Promise<FoundInvitation | undefined> {
  if (token === undefined) return undefined;
  return getOpenInvitation(context.database, token, context.clock.nowMs());
}

async function insertPerson(
  context: IdentityContext,
  input: Omit<Prepared, 'userId' | 'organizationId'>,
  origin: Origin,
): Promise<SignedUp> {
  const nowMs = context.clock.nowMs();
  const userId = newId('user', nowMs);
  const organizationId = input.invitation?.organizationId ?? newId('organization', nowMs);
  try {
    return await context.database.person({ userId, organizationId }, (tx) =>
      insertAll(tx, context, { ...input, userId, organizationId }, origin),
    );
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new IdentityError('email_taken', 'Cannot sign up: this address has an account', { field: 'email' });
  }
}

/** Who may have an account here: the one policy of every way to sign up. */
function assertMaySignUp(
  context: IdentityContext,
  email: EmailAddress,
  invitation: FoundInvitation | undefined,
): void {
  if (invitation !== undefined) {
    if (invitation.email === email) return;
    throw new IdentityError(
      'invitation_for_other_address',
      'Cannot accept: the invitation is for another address',
      { field: 'email' },
    );
  }
  const { signUp: mode, signUpDomains } = context.settings;
  const open = mode === 'open' || (mode === 'domains' && signUpDomains.includes(domainOf(email)));
  if (!open) throw new IdentityError('sign_up_closed', 'Cannot sign up: an invitation is needed here');
}

interface Prepared extends Omit<SignUpInput, 'password' | 'email'> {
  readonly userId: string;
  readonly organizationId: string;
  readonly email: EmailAddress;
  readonly emailVerified: boolean;
  readonly passwordHash: string | undefined;
  readonly account?: ProviderAccount;
  readonly authenticatedAtMs?: number | undefined;
  readonly invitation: FoundInvitation | undefined;
}

async function insertAll(
  tx: Transaction,
  context: IdentityContext,
  input: Prepared,
  origin: Origin,
): Promise<SignedUp> {
  const nowMs = context.clock.nowMs();
  const { userId, organizationId, email, invitation } = input;
  const name = input.name?.trim() || email.slice(0, email.indexOf('@'));
  const locale = input.locale ?? 'en';
  // Whoever opens a link that was sent to the address has shown that it is theirs.
  const emailVerifiedAt = invitation !== undefined || input.emailVerified ? new Date(nowMs) : null;
  const isOperator = await becomesOperator(tx, context.settings);
  await insertUser(
    tx,
    { id: userId, email, name, locale, passwordHash: input.passwordHash, emailVerifiedAt, isOperator },
    nowMs,
  );
  if (input.account !== undefined) await insertAccount(tx, userId, input.account, nowMs);
  const provider = input.account?.provider ?? '';
  const { authenticatedAtMs } = input;
  const session = await createSession(tx, userId, origin, nowMs, {
    provider,
    secondFactor: false,
    authenticatedAtMs,
  });
  const actor: PersonActor = {
    kind: 'person',
    userId,
    sessionId: session.sessionId,
    email,
    name,
    locale,
    emailVerified: emailVerifiedAt !== null || !context.settings.verificationRequired,
    isOperator,
    authenticatedAt: new Date(nowMs),
    secondFactorAt: null,
    provider,
    identityProviderId: null,
  };
  if (invitation !== undefined) {
    await acceptInvitationRow(tx, context, invitation, actor, origin, nowMs);
  } else {
    const organizationName = input.organizationName?.trim() || `${name}’s organization`;
    const timeZone = input.timeZone === undefined ? {} : { timeZone: input.timeZone };
    await insertOrganization(
      tx,
      context,
      { organizationId, name: organizationName, ...timeZone },
      actor,
      origin,
      nowMs,
    );
  }
  if (emailVerifiedAt === null) {
    await queueMailToken(tx, context, 'verify-email', { id: userId, email, name, locale });
  }
  return { userId, organizationId, session };
}
