/**
 * Accounts at identity providers (Google, GitHub, Microsoft, an OIDC issuer) that belong to a person here.
 *
 * Found by provider and the provider's own id alone; addresses change hands, ids do not.
 */
import type { Database, Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';

export interface ProviderAccount {
  /** Who vouches. For an OIDC issuer, with its address: the same id at two issuers is two people. */
  readonly provider: string;
  readonly providerAccountId: string;
}

const MAX_LENGTH = 512;

/** @throws {RangeError} The provider answered with an id that nobody can be matched by. */
export function assertProviderAccount({ provider, providerAccountId }: ProviderAccount): void {
  for (const value of [provider, providerAccountId]) {
    if (value !== '' && value.length <= MAX_LENGTH && /^[\x20-\x7e]+$/.test(value)) continue;
    throw new RangeError(
      `Cannot match an account: ids must have 1 to ${MAX_LENGTH} printable ASCII characters, got ${value.length}`,
    );
  }
}

export async function findAccountUserId(
  database: Database,
  { provider, providerAccountId }: ProviderAccount,
): Promise<string | undefined> {
  const rows = await database.platform(
    (tx) => tx.$queryRaw<{ userId: string }[]>`
      SELECT user_id AS "userId" FROM find_account(${provider}, ${providerAccountId})`,
  );
  return rows[0]?.userId;
}

/** The transaction must have entered the user. @throws a unique violation when the account is somebody's. */
export async function insertAccount(
  tx: Transaction,
  userId: string,
  { provider, providerAccountId }: ProviderAccount,
  nowMs: number,
): Promise<void> {
  await tx.account.create({
    data: {
      id: newId('account', nowMs),
      userId,
      type: provider === 'github' ? 'oauth' : 'oidc',
      provider,
      providerAccountId,
      createdAt: new Date(nowMs),
    },
    select: { id: true },
  });
}
