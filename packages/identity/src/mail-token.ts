/** Single-use links by mail: minted with their mail in one transaction, spent by deleting the row. */
import type { Database, Transaction } from '@tollgate/db';
import { queueMail } from '@tollgate/mail';
import type { IdentityContext } from './identity-context.ts';
import { IdentityError } from './identity-error.ts';
import { hashToken, isToken, mintToken } from './opaque-token.ts';

export type MailTokenPurpose = 'verify-email' | 'reset-password';

const LIFETIME_MS: Readonly<Record<MailTokenPurpose, number>> = {
  'verify-email': 24 * 3_600_000,
  'reset-password': 3_600_000,
};

const PATH: Readonly<Record<MailTokenPurpose, string>> = {
  'verify-email': '/verify-email',
  'reset-password': '/reset-password',
};

export interface MailTokenUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly locale: string;
}

/** Queues the mail with a fresh link. Older links of the same purpose stop working. */
export async function queueMailToken(
  tx: Transaction,
  context: IdentityContext,
  purpose: MailTokenPurpose,
  user: MailTokenUser,
): Promise<void> {
  const nowMs = context.clock.nowMs();
  const token = mintToken();
  const tokenHash = hashToken(token);
  await tx.verificationToken.deleteMany({ where: { identifier: user.id, purpose } });
  await tx.verificationToken.create({
    data: {
      identifier: user.id,
      tokenHash,
      purpose,
      createdAt: new Date(nowMs),
      expiresAt: new Date(nowMs + LIFETIME_MS[purpose]),
    },
    select: { identifier: true },
  });
  await queueMail(tx, context.encryptionKeys, {
    template: purpose,
    recipient: user.email,
    // The hash names the link without opening it.
    causeId: tokenHash,
    locale: user.locale,
    data: {
      name: user.name,
      // In the fragment: it reaches neither logs nor Referer headers.
      link: `${context.settings.consoleUrl}${PATH[purpose]}#token=${token}`,
    },
    nowMs,
  });
}

/**
 * Spends a link.
 *
 * @param onlyUserId Whose it must be; another's is left unspent.
 * @returns The user's id.
 * @throws {IdentityError} `invalid_token`: unknown, used or expired; `link_for_other_account`.
 */
export async function spendMailToken(
  database: Database,
  purpose: MailTokenPurpose,
  token: string,
  nowMs: number,
  onlyUserId?: string,
): Promise<string> {
  const rows = isToken(token)
    ? await database.platform(
        (tx) => tx.$queryRaw<{ identifier: string; expires_at: Date }[]>`
          DELETE FROM verification_tokens WHERE token_hash = ${hashToken(token)} AND purpose = ${purpose}
            AND (${onlyUserId === undefined} OR identifier = ${onlyUserId ?? ''})
          RETURNING identifier, expires_at`,
      )
    : [];
  const row = rows[0];
  if (row === undefined && onlyUserId !== undefined) await assertNotAnothers(database, purpose, token);
  if (row === undefined || row.expires_at.getTime() <= nowMs) throw invalidLink();
  return row.identifier;
}

/** Spends nothing. @returns The user's id. @throws {IdentityError} `invalid_token`: unknown or used. */
export async function findMailTokenOwner(
  database: Database,
  purpose: MailTokenPurpose,
  token: string,
): Promise<string> {
  const row = isToken(token)
    ? await database.platform((tx) =>
        tx.verificationToken.findFirst({
          where: { tokenHash: hashToken(token), purpose },
          select: { identifier: true },
        }),
      )
    : null;
  if (row === null) throw invalidLink();
  return row.identifier;
}

/**
 * Spends a link in the transaction of what it is for, so that a change that takes it away comes before or after both.
 *
 * @throws {IdentityError} `invalid_token`.
 */
export async function spendMailTokenOf(
  tx: Transaction,
  userId: string,
  purpose: MailTokenPurpose,
  token: string,
  nowMs: number,
): Promise<void> {
  const { count } = await tx.verificationToken.deleteMany({
    where: { tokenHash: hashToken(token), purpose, identifier: userId, expiresAt: { gt: new Date(nowMs) } },
  });
  if (count === 0) throw invalidLink();
}

function invalidLink(): IdentityError {
  return new IdentityError('invalid_token', 'Cannot use this link: it was used, replaced or has expired', {
    field: 'token',
  });
}

async function assertNotAnothers(
  database: Database,
  purpose: MailTokenPurpose,
  token: string,
): Promise<void> {
  if (!isToken(token)) return;
  const rows = await database.platform(
    (tx) => tx.$queryRaw<{ identifier: string }[]>`
      SELECT identifier FROM verification_tokens WHERE token_hash = ${hashToken(token)} AND purpose = ${purpose}`,
  );
  if (rows.length === 0) return;
  throw new IdentityError('link_for_other_account', 'Cannot use this link here: it is for another account');
}
