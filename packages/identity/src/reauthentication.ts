/**
 * Showing again who one is, in the session that one has: what some changes need (second-factor.ts, `assertRecent…`).
 *
 * Asked for is what a sign-in asks for: a passkey; or the password, and a code where there is a second factor. Who has
 * no password shows the code alone, the session having come from their provider; who has neither signs in there again.
 */
import type { Transaction, UseOrganization } from '@tollgate/db';
import { findAccountUserId, type ProviderAccount } from './account.ts';
import type { PersonActor } from './actor.ts';
import { auditPerson, type PersonEventPlace } from './audit-person.ts';
import type { IdentityContext, Origin } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import { notePasskeyUse, type PasskeyAnswer, verifyPasskey } from './passkey-assertion.ts';
import { verifyPassword } from './password.ts';
import {
  findSecondFactors,
  hasSecondFactor,
  RECENT_MS,
  spendSecondFactorCode,
  wrongCode,
} from './second-factor.ts';
import { mailCodesRefused, noteRightCode, throttleSecondFactor } from './second-step.ts';
import { confirmSession } from './session.ts';
import { type ProvedIdentity, SINGLE_SIGN_ON } from './single-sign-on/proved-identity.ts';
import { assertSpeaksFor, readProvedAddress } from './single-sign-on/speaks-for.ts';
import { throttle } from './throttle.ts';
import { holdWaysIn } from './ways-in.ts';

export type Reauthentication =
  | { readonly kind: 'passkey'; readonly passkey: PasskeyAnswer }
  | { readonly kind: 'password'; readonly password: string; readonly code: string };

/** @throws {IdentityError} `wrong_password`, `wrong_code`, `passkey_refused`, `too_many_attempts`, `too_many_codes`. */
export async function reauthenticate(
  context: IdentityContext,
  actor: PersonActor,
  shown: Reauthentication,
  origin: Origin,
): Promise<void> {
  if (shown.kind === 'passkey') return reauthenticateByPasskey(context, actor, shown.passkey, origin);
  const { userId, email } = actor;
  await throttlePassword(context, userId);
  const { stored, factors } = await context.database.person({ userId }, async (tx) => ({
    stored: await tx.passwordCredential.findUnique({ where: { userId } }),
    factors: await findSecondFactors(tx, userId),
  }));
  const needsCode = hasSecondFactor(factors);
  if (stored !== null || !needsCode) await assertPassword(stored?.hash, shown.password);
  const isLastGuess = needsCode && (await throttleSecondFactor(context, userId, origin));
  const nowMs = context.clock.nowMs();
  const done = await context.database.person({ userId }, async (tx, use) => {
    const place = { tx, use, origin, nowMs };
    const user = { id: userId, email };
    const secondFactor = needsCode ? await spendSecondFactorCode(place, context, user, shown.code) : null;
    if (secondFactor === undefined) {
      if (isLastGuess) await mailCodesRefused(tx, context, userId, nowMs);
      return false;
    }
    await confirm(place, actor, stored === null ? {} : { by: 'password' }, secondFactor);
    return true;
  });
  if (!done) throw wrongCode();
  await context.attempts.clear(passwordSubject(userId));
  if (needsCode) await noteRightCode(context, userId);
}

async function reauthenticateByPasskey(
  context: IdentityContext,
  actor: PersonActor,
  answer: PasskeyAnswer,
  origin: Origin,
): Promise<void> {
  const proven = await verifyPasskey(context, answer);
  if (proven.userId !== actor.userId) {
    throw new IdentityError('passkey_refused', 'Cannot accept this passkey: it is another account’s');
  }
  const nowMs = context.clock.nowMs();
  await context.database.person({ userId: actor.userId }, async (tx, use) => {
    await notePasskeyUse(tx, proven, nowMs);
    await confirm({ tx, use, origin, nowMs }, actor, {}, 'passkey');
  });
}

/** What our clock and the provider's may differ by. */
const PROVIDER_CLOCK_SKEW_MS = 60_000;

/** An account that the provider has proved. */
interface ReprovenAccount extends ProviderAccount {
  /** When it last asked its person who they are (`auth_time`), if it says so. */
  readonly authenticatedAtMs: number | undefined;
}

/**
 * By an account at an identity provider that has just been proved again. Only for who has no second factor: a provider
 * does not stand in for that. And only where the provider says when it asked who they are: one that knows the browser
 * would vouch for whoever sits before it. What it says is what counts from then on, not the way back from there.
 *
 * @throws {IdentityError} `account_not_linked`: it is not this person's, or would not be enough;
 *   `reauthentication_not_shown`: it has not asked lately, or does not say.
 */
export async function reauthenticateWithAccount(
  context: IdentityContext,
  actor: PersonActor,
  account: ReprovenAccount,
  origin: Origin,
): Promise<void> {
  const owner = await findAccountUserId(context.database, account);
  await confirmByProvider(context, actor, { ...account, owner }, origin);
}

/**
 * The same, by the identity provider of an organization: whom it would not let in, it does not confirm.
 *
 * @throws {IdentityError} As `reauthenticateWithAccount` does; `email_not_of_domain`, `operators_account`,
 *   `provider_misconfigured`.
 */
export async function reauthenticateWithProvider(
  context: IdentityContext,
  actor: PersonActor,
  proved: ProvedIdentity,
  origin: Origin,
): Promise<void> {
  const { organizationId, identityProviderId, subject, authenticatedAtMs } = proved;
  const told = { ...proved, email: readProvedAddress(proved) };
  const key = { organizationId, identityProviderId, externalId: subject };
  const link = await context.database.tenant(organizationId, (tx) =>
    tx.externalIdentity.findFirst({ where: key, select: { userId: true } }),
  );
  const confirmation = { provider: SINGLE_SIGN_ON, owner: link?.userId, authenticatedAtMs };
  await confirmByProvider(context, actor, confirmation, origin, async (tx, use) => {
    await use(organizationId);
    const { userId } = actor;
    await assertSpeaksFor(tx, context, told, await tx.user.findUniqueOrThrow({ where: { id: userId } }));
    if ((await tx.membership.count({ where: { organizationId, userId } })) === 0) throw notSufficient();
  });
}

interface Confirmation extends Pick<ReprovenAccount, 'provider' | 'authenticatedAtMs'> {
  /** Whose it is; undefined: nobody's. */
  readonly owner: string | undefined;
}

async function confirmByProvider(
  context: IdentityContext,
  actor: PersonActor,
  account: Confirmation,
  origin: Origin,
  assertStillOpens: (tx: Transaction, use: UseOrganization) => Promise<void> = async () => undefined,
): Promise<void> {
  const { userId } = actor;
  const nowMs = context.clock.nowMs();
  const shownAtMs = shownAt(account, nowMs);
  await context.database.person({ userId }, async (tx, use) => {
    await holdWaysIn(tx, userId);
    if (account.owner !== userId || hasSecondFactor(await findSecondFactors(tx, userId))) {
      throw notSufficient();
    }
    await assertStillOpens(tx, use);
    if (shownAtMs === undefined) throw notShown(account);
    await confirm({ tx, use, origin, nowMs }, actor, { provider: account.provider }, null, shownAtMs);
  });
}

function notSufficient(): IdentityError {
  return new IdentityError('account_not_linked', 'Cannot confirm this way: the account does not suffice');
}

/** @returns Undefined: not lately, in the future, or nobody knows. */
function shownAt(
  { authenticatedAtMs }: Pick<ReprovenAccount, 'authenticatedAtMs'>,
  nowMs: number,
): number | undefined {
  if (authenticatedAtMs === undefined) return undefined;
  const ageMs = nowMs - authenticatedAtMs;
  return ageMs < RECENT_MS && ageMs >= -PROVIDER_CLOCK_SKEW_MS
    ? Math.min(nowMs, authenticatedAtMs)
    : undefined;
}

function notShown({ authenticatedAtMs }: Pick<ReprovenAccount, 'authenticatedAtMs'>): IdentityError {
  const why =
    authenticatedAtMs === undefined
      ? 'does not say when it last asked who you are'
      : 'has not asked who you are just now';
  return new IdentityError('reauthentication_not_shown', `Cannot confirm this way: the provider ${why}`);
}

async function confirm(
  place: PersonEventPlace,
  actor: PersonActor,
  how: Readonly<Record<string, string>>,
  secondFactor: string | null,
  shownAtMs: number = place.nowMs,
): Promise<void> {
  const { userId, sessionId, email } = actor;
  await confirmSession(place.tx, actor, { secondFactor: secondFactor !== null }, shownAtMs);
  await auditPerson(
    place,
    { id: userId, email },
    {
      action: 'session-confirmed',
      target: { kind: 'session', id: sessionId },
      after: { ...how, ...(secondFactor === null ? {} : { secondFactor }) },
    },
  );
}

const WINDOW_MS = 900_000;
const LIMIT_PER_ACCOUNT = 10;

function passwordSubject(userId: string): string {
  return `password:${userId}`;
}

/** Guesses of one's own password inside a session. @throws {IdentityError} `too_many_attempts`. */
export async function throttlePassword(context: IdentityContext, userId: string): Promise<void> {
  const subject = passwordSubject(userId);
  await throttle(context.attempts, [{ subject, limit: LIMIT_PER_ACCOUNT, windowMs: WINDOW_MS }]);
}

async function assertPassword(stored: string | undefined, password: string): Promise<void> {
  if (await verifyPassword(stored, password)) return;
  throw new IdentityError('wrong_password', 'Cannot confirm: this is not your password', {
    field: 'password',
  });
}
