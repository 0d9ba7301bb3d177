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
  readonly passwordHash: string;
  readonly emailVerifiedAt: Date | null;
  readonly isOperator: boolean;
}

/** The transaction must have entered the new user's id. @throws a unique violation when the address is taken. */
export async function insertUser(tx: Transaction, user: NewUser, nowMs: number): Promise<void> {
  const { passwordHash, ...row } = user;
  const now = new Date(nowMs);
  await tx.user.create({ data: { ...row, createdAt: now, updatedAt: now }, select: { id: true } });
  await tx.passwordCredential.create({
    data: { userId: user.id, hash: passwordHash, updatedAt: now },
    select: { userId: true },
  });
}

const OPERATOR_LOCK = 7_401_002;

/** Whether the next user runs this installation. Serializes sign-ups only where the first one counts. */
export async function becomesOperator(
  tx: Transaction,
  settings: IdentitySettings,
  email: EmailAddress,
): Promise<boolean> {
  if (settings.operatorEmails.some((address) => address.toLowerCase() === email)) return true;
  if (!settings.firstUserIsOperator) return false;
  await tx.$queryRaw`SELECT 1 FROM pg_advisory_xact_lock(${OPERATOR_LOCK}::bigint)`;
  const rows = await tx.$queryRaw<{ count: bigint }[]>`SELECT count_users() AS count`;
  return rows[0]?.count === 0n;
}
