/**
 * The second step of a sign-in: the first one was right, and the person has a second factor.
 *
 * Until it is done there is no session, only a row that the browser's cookie names: nothing asks that row what
 * somebody may do, so it has no permission whatsoever. A passkey needs no first step; where one waits in the browser of its
 * person, it finishes that one (sign-in-with-passkey.ts), so that the session is the provider's who came first.
 */
import { isForeignKeyViolation, type Transaction } from '@tollgate/db';
import { type AuditedPerson, auditFailedSignIn, type PersonEventPlace } from './audit-person.ts';
import { issueChallenge } from './challenge.ts';
import type { IdentityContext, Origin } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import { hashToken, isToken } from './opaque-token.ts';
import {
  findSecondFactors,
  hasSecondFactor,
  type SecondFactors,
  spendSecondFactorCode,
  wrongCode,
} from './second-factor.ts';
import { mailSecurityChange } from './security-mail.ts';
import type { NewSession } from './session.ts';
import { insertAuditedSession, type PreviousSession, type SignInManner } from './sign-in-session.ts';
import { networkOf, throttle } from './throttle.ts';
import { holdWaysIn } from './ways-in.ts';

export interface SecondStep {
  /** For the cookie; exists nowhere else. */
  readonly token: string;
  readonly expiresAt: Date;
  /** What the person has: recovery codes always. */
  readonly methods: readonly SecondStepMethod[];
}

export type SecondStepMethod = 'totp' | 'passkey' | 'recovery-code';

/** After `holdWaysIn`, in a transaction of the person. @returns Undefined when they have no second factor. */
export async function beginSecondStep(
  tx: Transaction,
  userId: string,
  { provider, identityProviderId = null }: Pick<SignInManner, 'provider' | 'identityProviderId'>,
  nowMs: number,
): Promise<SecondStep | undefined> {
  const factors = await findSecondFactors(tx, userId);
  if (!hasSecondFactor(factors)) return undefined;
  const challenge = { purpose: 'second-step', userId, provider, identityProviderId } as const;
  const { token, expiresAt } = await issueChallenge(tx, challenge, nowMs);
  return { token, expiresAt, methods: methodsOf(factors) };
}

function methodsOf({ totp, passkeyCount }: SecondFactors): readonly SecondStepMethod[] {
  return [
    ...(totp ? (['totp'] as const) : []),
    ...(passkeyCount > 0 ? (['passkey'] as const) : []),
    'recovery-code',
  ];
}

/** The first step that was right. */
export interface WaitingSignIn {
  readonly tokenHash: string;
  readonly userId: string;
  readonly provider: string;
  readonly identityProviderId: string | null;
}

/** @returns What the person has for their second step. @throws {IdentityError} `sign_in_expired`. */
export async function getSecondStep(
  context: IdentityContext,
  token: string | undefined,
): Promise<Pick<SecondStep, 'methods' | 'expiresAt'>> {
  const { userId, expiresAt } = await getWaiting(context, token);
  const factors = await context.database.person({ userId }, (tx) => findSecondFactors(tx, userId));
  return { expiresAt, methods: methodsOf(factors) };
}

const WINDOW_MS = 15 * 60_000;
const LIMIT_PER_ACCOUNT = 10;
/** Of six digits, three of which are right at any time: so many wrong ones a day find one once in 18 years. */
const WRONG_CODES_PER_DAY = 50;
const DAY_MS = 86_400_000;
const LIMIT_PER_ADDRESS = 100;

/**
 * Counts one guess of a second factor, wherever it is asked for: so many in a quarter of an hour, and so many wrong ones
 * a day. A right one says so (`noteRightCode`), and only the wrong ones stay counted.
 *
 * @returns Whether it is the last one of the day, should it be wrong.
 * @throws {IdentityError} `too_many_attempts`; `too_many_codes`: no code is taken before the day is over.
 */
export async function throttleSecondFactor(
  context: IdentityContext,
  userId: string,
  origin: Origin,
): Promise<boolean> {
  const { attempts } = context;
  const wrongToday = await attempts.hit(dailySubject(userId), DAY_MS);
  if (wrongToday.count > WRONG_CODES_PER_DAY) {
    throw new IdentityError(
      'too_many_codes',
      `Cannot take a code: ${WRONG_CODES_PER_DAY} wrong ones in a day are the most; a passkey works all the same`,
      { retryAfterMs: wrongToday.resetMs },
    );
  }
  try {
    await throttle(attempts, [
      { subject: secondFactorSubject(userId), limit: LIMIT_PER_ACCOUNT, windowMs: WINDOW_MS },
      {
        subject: `second-factor:address:${networkOf(origin.ipAddress)}`,
        limit: LIMIT_PER_ADDRESS,
        windowMs: WINDOW_MS,
      },
    ]);
  } catch (error) {
    // Nobody has looked at this code.
    await attempts.takeBack(dailySubject(userId));
    throw error;
  }
  return wrongToday.count === WRONG_CODES_PER_DAY;
}

/** The guess was none: its owner knew the code. */
export async function noteRightCode({ attempts }: IdentityContext, userId: string): Promise<void> {
  await attempts.clear(secondFactorSubject(userId));
  await attempts.takeBack(dailySubject(userId));
}

/** Whoever guesses codes has come past the first factor: its owner must hear of it. */
export function mailCodesRefused(
  tx: Transaction,
  context: IdentityContext,
  userId: string,
  nowMs: number,
): Promise<void> {
  const change = { change: 'codes-refused', detail: String(WRONG_CODES_PER_DAY) } as const;
  return mailSecurityChange(tx, context, userId, change, nowMs);
}

function secondFactorSubject(userId: string): string {
  return `second-factor:account:${userId}`;
}

function dailySubject(userId: string): string {
  return `second-factor:day:${userId}`;
}

/**
 * @param input.token Of the cookie that the first step set.
 * @throws {IdentityError} `sign_in_expired`: begin anew; `wrong_code`, `too_many_attempts`, `too_many_codes`.
 */
export async function finishSecondStep(
  context: IdentityContext,
  input: {
    readonly token: string | undefined;
    readonly code: string;
    readonly previousSession?: PreviousSession;
  },
  origin: Origin,
): Promise<{ readonly userId: string; readonly session: NewSession }> {
  const waiting = await getWaiting(context, input.token);
  const { userId } = waiting;
  const isLastGuess = await throttleSecondFactor(context, userId, origin);
  const nowMs = context.clock.nowMs();
  const session = await context.database.person({ userId }, async (tx, use) => {
    const place = { tx, use, origin, nowMs };
    // A new password ends this sign-in, or the session that it opens.
    await holdWaysIn(tx, userId);
    const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    if (user.disabledAt !== null) throw expired();
    const method = await spendSecondFactorCode(place, context, user, input.code);
    if (method === undefined) {
      if (isLastGuess) await mailCodesRefused(tx, context, userId, nowMs);
      await auditFailedSignIn(place, user);
      return undefined;
    }
    return openWaiting(place, user, waiting, { previous: input.previousSession, secondFactor: method });
  });
  if (session === undefined) throw wrongCode();
  await noteRightCode(context, userId);
  return { userId, session };
}

/**
 * Opens the session that waits, once. After `holdWaysIn` and the second factor.
 *
 * The session is written before what waits is spent: its foreign key waits for whoever takes the provider away, and they,
 * too, lock the provider before what waits for it. The other way round the two would wait for each other.
 *
 * @throws {IdentityError} `sign_in_expired`: spent meanwhile, or the provider is gone; all of the transaction is undone.
 */
export async function openWaiting(
  place: PersonEventPlace,
  user: AuditedPerson,
  { tokenHash, provider, identityProviderId }: WaitingSignIn,
  shown: Pick<SignInManner, 'previous' | 'secondFactor'>,
): Promise<NewSession> {
  const manner = { ...shown, provider, identityProviderId };
  const session = await insertAuditedSession(place, user, manner).catch((error: unknown) => {
    throw isForeignKeyViolation(error) ? expired() : error;
  });
  const { count } = await place.tx.authChallenge.deleteMany({ where: { tokenHash } });
  if (count === 0) throw expired();
  return session;
}

type Waiting = WaitingSignIn & { readonly expiresAt: Date };

async function getWaiting(context: IdentityContext, token: string | undefined): Promise<Waiting> {
  const waiting = await findWaiting(context, token);
  if (waiting === undefined) throw expired();
  return waiting;
}

/** @returns Undefined where nothing waits in this browser, or it took too long. */
export async function findWaiting(
  context: IdentityContext,
  token: string | undefined,
): Promise<Waiting | undefined> {
  if (token === undefined || !isToken(token)) return undefined;
  const tokenHash = hashToken(token);
  const row = await context.database.platform((tx) =>
    tx.authChallenge.findFirst({
      where: { tokenHash, purpose: 'second-step', expiresAt: { gt: new Date(context.clock.nowMs()) } },
    }),
  );
  if (row === null || row.userId === null) return undefined;
  const { userId, provider, identityProviderId, expiresAt } = row;
  return { tokenHash, userId, provider, identityProviderId, expiresAt };
}

function expired(): IdentityError {
  return new IdentityError(
    'sign_in_expired',
    'Cannot go on: this sign-in took too long or was finished; begin anew',
  );
}
