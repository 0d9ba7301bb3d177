/**
 * Sign-up: the person, their organization (or the one that invited them) and a session, in one transaction.
 */
import { isUniqueViolation, type Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import type { PersonActor } from './actor.ts';
import { domainOf, type EmailAddress, parseEmailAddress } from './email-address.ts';
import type { IdentityContext, Origin } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import { acceptInvitationRow, type FoundInvitation, getOpenInvitation } from './invitation.ts';
import { queueMailToken } from './mail-token.ts';
import { insertOrganization } from './organization.ts';
import { assertAcceptablePassword, hashPassword } from './password.ts';
import { createSession, type NewSession } from './session.ts';
import { throttle } from './throttle.ts';
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
  const nowMs = context.clock.nowMs();
  await throttle(context.attempts, [
    { subject: `sign-up:${origin.ipAddress}`, limit: 50, windowMs: HOUR_MS },
  ]);
  const email = parseEmailAddress(input.email);
  assertAcceptablePassword(input.password, email);
  const invitation =
    input.invitationToken === undefined
      ? undefined
      : await getOpenInvitation(context.database, input.invitationToken, nowMs);
  assertMaySignUp(context, email, invitation);
  const passwordHash = await hashPassword(input.password);
  const userId = newId('user', nowMs);
  const organizationId = invitation?.organizationId ?? newId('organization', nowMs);
  try {
    return await context.database.person({ userId, organizationId }, (tx) =>
      insertAll(tx, context, { ...input, userId, organizationId, email, passwordHash, invitation }, origin),
    );
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new IdentityError('email_taken', 'Cannot sign up: this address has an account', { field: 'email' });
  }
}

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

interface Prepared extends SignUpInput {
  readonly userId: string;
  readonly organizationId: string;
  readonly email: EmailAddress;
  readonly passwordHash: string;
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
  const emailVerifiedAt = invitation === undefined ? null : new Date(nowMs);
  const isOperator = await becomesOperator(tx, context.settings, email);
  await insertUser(
    tx,
    { id: userId, email, name, locale, passwordHash: input.passwordHash, emailVerifiedAt, isOperator },
    nowMs,
  );
  const session = await createSession(tx, userId, origin, nowMs);
  const actor: PersonActor = {
    kind: 'person',
    userId,
    sessionId: session.sessionId,
    email,
    name,
    locale,
    emailVerified: emailVerifiedAt !== null || !context.settings.verificationRequired,
    isOperator,
  };
  if (invitation !== undefined) {
    await acceptInvitationRow(tx, invitation, actor, origin, nowMs);
  } else {
    const organizationName = input.organizationName?.trim() || `${name}’s organization`;
    const timeZone = input.timeZone === undefined ? {} : { timeZone: input.timeZone };
    await insertOrganization(
      tx,
      { organizationId, name: organizationName, ...timeZone },
      actor,
      origin,
      nowMs,
    );
    await queueMailToken(tx, context, 'verify-email', { id: userId, email, name, locale });
  }
  return { userId, organizationId, session };
}
