/** People: found by address before they have signed in, and made. */
import type { Database, Transaction } from '@tollgate/db';
import type { EmailAddress } from './email-address.ts';
import type { IdentitySettings } from './identity-context.ts';

export interface FoundUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string | null;
  readonly emailVerifiedAt: Date | null;
  readonly disabledAt: Date | null;
}

export async function findUserByEmail(
  database: Database,
  email: EmailAddress,
): Promise<FoundUser | undefined> {
  const rows = await database.platform(
    (tx) => tx.$queryRaw<FoundUser[]>`
      SELECT id, email, name, password_hash AS "passwordHash", email_verified_at AS "emailVerifiedAt",
        disabled_at AS "disabledAt" FROM find_user_by_email(${email})`,
  );
  return rows[0];
}

export interface NewUser {
  readonly id: string;
  readonly email: EmailAddress;
  readonly name: string;
  readonly locale: string;
  /** Undefined for somebody who signs in at an identity provider. */
  readonly passwordHash: string | undefined;
  readonly emailVerifiedAt: Date | null;
  readonly isOperator: boolean;
}

/** The transaction must have entered the new user's id. @throws a unique violation when the address is taken. */
export async function insertUser(tx: Transaction, user: NewUser, nowMs: number): Promise<void> {
  const { passwordHash, ...row } = user;
  const now = new Date(nowMs);
  await tx.user.create({ data: { ...row, createdAt: now, updatedAt: now }, select: { id: true } });
  if (passwordHash === undefined) return;
  await tx.passwordCredential.create({
    data: { userId: user.id, hash: passwordHash, updatedAt: now },
    select: { userId: true },
  });
}

const OPERATOR_LOCK = 7_401_002;

/**
 * Whether somebody runs this installation because their address is named for it. Only an address that was
 * verified counts, whatever the settings say of mail: anybody can sign up with the address of somebody else.
 */
export function isNamedOperator(
  settings: IdentitySettings,
  user: { readonly email: string; readonly emailVerifiedAt: Date | null },
): boolean {
  return user.emailVerifiedAt !== null && isOperatorsAddress(settings, user.email);
}

/** Whoever has it: it gives nobody anything. */
export function isOperatorsAddress({ operatorEmails }: IdentitySettings, email: string): boolean {
  return operatorEmails.some((address) => address.toLowerCase() === email);
}

/** Whether the next user runs this installation by being the first. Serializes sign-ups only where that counts. */
export async function becomesOperator(tx: Transaction, settings: IdentitySettings): Promise<boolean> {
  if (!settings.firstUserIsOperator) return false;
  await tx.$queryRaw`SELECT 1 FROM pg_advisory_xact_lock(${OPERATOR_LOCK}::bigint)`;
  const rows = await tx.$queryRaw<{ count: bigint }[]>`SELECT count_users() AS count`;
  return rows[0]?.count === 0n;
}
