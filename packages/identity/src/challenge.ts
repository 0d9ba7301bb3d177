/**
 * What a browser was asked and has not answered yet: WebAuthn challenges, and sign-ins that wait for their second step.
 *
 * Rows of Postgres, of which only hashes are kept: spent by deleting, so that several consoles agree that an answer
 * counts once; a sealed cookie could be shown twice. A challenge counts only from the browser that was asked, which
 * is known by a random cookie of its own: several tabs may be asked at the same time.
 */
import type { Database, Transaction } from '@tollgate/db';
import { hashToken, isToken, mintToken } from './opaque-token.ts';

type ChallengePurpose = 'passkey-registration' | 'passkey-assertion' | 'second-step' | 'single-sign-on';

const LIFETIME_MS: Readonly<Record<ChallengePurpose, number>> = {
  'passkey-registration': 5 * 60_000,
  // A page of sign-in that offers passkeys stands open for a while.
  'passkey-assertion': 10 * 60_000,
  'second-step': 10 * 60_000,
  // Somebody may have to look for their password, and for their phone.
  'single-sign-on': 15 * 60_000,
};

export interface NewChallenge {
  readonly purpose: ChallengePurpose;
  /** Only they may answer; undefined: whoever does. */
  readonly userId?: string;
  /** The cookie of the browser that is asked. */
  readonly browser?: string;
  readonly provider?: string;
  /** With it the challenge ends. */
  readonly identityProviderId?: string | null;
}

export interface IssuedChallenge {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Any transaction will do. Forgets those that nobody answered in time. */
export async function issueChallenge(
  tx: Transaction,
  challenge: NewChallenge,
  nowMs: number,
): Promise<IssuedChallenge> {
  const token = mintToken();
  const expiresAt = new Date(nowMs + LIFETIME_MS[challenge.purpose]);
  await tx.authChallenge.deleteMany({ where: { expiresAt: { lt: new Date(nowMs) } } });
  await tx.authChallenge.create({
    data: {
      tokenHash: hashToken(token),
      purpose: challenge.purpose,
      browserHash: challenge.browser === undefined ? '' : hashToken(challenge.browser),
      userId: challenge.userId ?? null,
      provider: challenge.provider ?? '',
      identityProviderId: challenge.identityProviderId ?? null,
      createdAt: new Date(nowMs),
      expiresAt,
    },
    select: { tokenHash: true },
  });
  return { token, expiresAt };
}

/** Deletes it, so that it counts once. @returns Whether this browser was asked that, and in time. */
export async function spendChallenge(
  database: Database,
  token: string,
  asked: { readonly purpose: ChallengePurpose; readonly browser: string; readonly userId?: string },
  nowMs: number,
): Promise<boolean> {
  if (!isToken(token)) return false;
  const { count } = await database.platform((tx) =>
    tx.authChallenge.deleteMany({
      where: {
        tokenHash: hashToken(token),
        purpose: asked.purpose,
        browserHash: hashToken(asked.browser),
        userId: asked.userId ?? null,
        expiresAt: { gt: new Date(nowMs) },
      },
    }),
  );
  return count === 1;
}
