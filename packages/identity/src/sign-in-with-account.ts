/**
 * Sign-in by an account at an identity provider: who it belongs to here, and whether it may become somebody's.
 *
 * The caller has already had the provider prove the account; nothing here talks to it. What may happen:
 *
 * - The account is known: its person signs in. The address that the provider tells counts for nothing.
 * - Nobody has the address: a new person, by the policy of sign-up. Verified only if the provider says so.
 * - Somebody has the address: linked if the provider and we both know it to be verified, else refused. Without
 *   the first, anybody takes an account over by claiming its address; without the second, whoever signed up
 *   with another's address first would keep a way in.
 */
import { isUniqueViolation } from '@tollgate/db';
import { assertProviderAccount, findAccountUserId, insertAccount, type ProviderAccount } from './account.ts';
import { auditPerson } from './audit-person.ts';
import { type EmailAddress, parseEmailAddress } from './email-address.ts';
import type { IdentityContext, Origin } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import { openSession, type SignInInput, type SignInOutcome } from './sign-in.ts';
import { signUpWithAccount } from './sign-up.ts';
import { networkOf, throttle } from './throttle.ts';
import { type FoundUser, findUserByEmail } from './user.ts';
import { holdWaysIn } from './ways-in.ts';

export interface AccountSignInInput extends ProviderAccount {
  /** As the provider tells it; it may tell none. */
  readonly email: string | undefined;
  readonly emailVerified: boolean;
  readonly name?: string;
  readonly locale?: string;
  /** When the provider last asked who they are (`auth_time`), if it says so: it may know the browser for long. */
  readonly authenticatedAtMs?: number | undefined;
  /** Counts for a new person only; others accept an invitation when they are in. */
  readonly invitationToken?: string;
  readonly previousSession?: SignInInput['previousSession'];
}

/** With what the account turned out to be. Who has a second factor is asked for it here as well. */
export type SignedInWithAccount = SignInOutcome & {
  readonly outcome: 'signed-in' | 'linked' | 'signed-up';
};

const WINDOW_MS = 15 * 60_000;
const LIMIT_PER_ADDRESS = 100;
const MAX_NAME_LENGTH = 100;

/**
 * @throws {IdentityError} `account_not_linked`, `account_disabled`, `invalid_email` (none that could be used),
 *   `too_many_attempts`, and what sign-up refuses: `sign_up_closed`, `invalid_token`,
 *   `invitation_for_other_address`.
 */
export async function signInWithAccount(
  context: IdentityContext,
  input: AccountSignInInput,
  origin: Origin,
): Promise<SignedInWithAccount> {
  const subject = `sign-in:address:${networkOf(origin.ipAddress)}`;
  await throttle(context.attempts, [{ subject, limit: LIMIT_PER_ADDRESS, windowMs: WINDOW_MS }]);
  assertProviderAccount(input);
  try {
    return await decide(context, input, origin);
  } catch (error) {
    // Two tabs, one new account: the other one was faster, and what it wrote decides now.
    const raced =
      isUniqueViolation(error) || (error instanceof IdentityError && error.code === 'email_taken');
    if (!raced) throw error;
    return decide(context, input, origin);
  }
}

async function decide(
  context: IdentityContext,
  input: AccountSignInInput,
  origin: Origin,
): Promise<SignedInWithAccount> {
  const knownUserId = await findAccountUserId(context.database, input);
  if (knownUserId !== undefined) return enter(context, knownUserId, input, origin, 'signed-in');
  const email = parseEmailAddress(input.email ?? '');
  const owner = await findUserByEmail(context.database, email);
  if (owner === undefined) return enterAsNewPerson(context, input, email, origin);
  assertMayLink(owner, input);
  await context.database.person({ userId: owner.id }, async (tx) => {
    // Whoever had the address a moment ago may have lost it to whom it belongs.
    await holdWaysIn(tx, owner.id);
    const { email: own } = await tx.user.findUniqueOrThrow({ where: { id: owner.id } });
    if (own !== email) throw notLinked();
    await insertAccount(tx, owner.id, input, context.clock.nowMs());
  });
  return enter(context, owner.id, input, origin, 'linked');
}

function assertMayLink(owner: FoundUser, input: AccountSignInInput): void {
  assertEnabled(owner);
  if (input.emailVerified && owner.emailVerifiedAt !== null) return;
  throw notLinked();
}

function notLinked(): IdentityError {
  return new IdentityError(
    'account_not_linked',
    'Cannot sign in this way: the address has an account; sign in with its password',
    { field: 'email' },
  );
}

async function enter(
  context: IdentityContext,
  userId: string,
  input: AccountSignInInput,
  origin: Origin,
  outcome: 'signed-in' | 'linked',
): Promise<SignedInWithAccount> {
  const user = await context.database.person({ userId }, (tx) =>
    tx.user.findUniqueOrThrow({ where: { id: userId } }),
  );
  assertEnabled(user);
  const { provider, providerAccountId, previousSession: previous, authenticatedAtMs } = input;
  const manner = { previous, provider, linked: outcome === 'linked', authenticatedAtMs };
  const opened = await openSession(context, user, manner, origin, async (tx) => {
    const linked = await tx.account.count({ where: { userId, provider, providerAccountId } });
    return linked > 0;
  });
  if (opened === undefined) throw notLinked();
  return { ...opened, outcome };
}

function assertEnabled(user: { readonly disabledAt: Date | null }): void {
  if (user.disabledAt === null) return;
  throw new IdentityError('account_disabled', 'Cannot sign in: the account is disabled');
}

async function enterAsNewPerson(
  context: IdentityContext,
  input: AccountSignInInput,
  email: EmailAddress,
  origin: Origin,
): Promise<SignedInWithAccount> {
  // Names come from elsewhere: any length, perhaps half of a character or a control character.
  const name = [...(input.name ?? '').toWellFormed().replaceAll(/\p{Cc}/gu, ' ')]
    .slice(0, MAX_NAME_LENGTH)
    .join('')
    .trim();
  const { userId, session } = await signUpWithAccount(context, { ...input, email, name }, origin);
  await auditSignUp(context, { id: userId, email }, session.sessionId, input.provider, origin);
  return { kind: 'signed-in', userId, session, outcome: 'signed-up' };
}

/** The session was opened with the account itself. */
function auditSignUp(
  context: IdentityContext,
  user: { readonly id: string; readonly email: string },
  sessionId: string,
  provider: string,
  origin: Origin,
): Promise<void> {
  const nowMs = context.clock.nowMs();
  return context.database.person({ userId: user.id }, (tx, use) =>
    auditPerson({ tx, use, origin, nowMs }, user, {
      action: 'session-created',
      target: { kind: 'session', id: sessionId },
      after: { provider, linked: true },
    }),
  );
}
