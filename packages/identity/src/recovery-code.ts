/**
 * Ten codes that each stand in for a second factor, once. Shown when they are made; kept as hashes. 80 random bits
 * each, so that a fast hash is enough.
 */
import { randomBytes } from 'node:crypto';
import type { Transaction } from '@tollgate/db';
import { hashToken } from './opaque-token.ts';

const RECOVERY_CODE_COUNT = 10;
const CODE_BYTES = 16;
/** Crockford's: nothing that is read or heard for something else. 32 of them, so that no byte is favoured. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Replaces the person's codes. @returns The new ones, as they are shown. */
export async function issueRecoveryCodes(
  tx: Transaction,
  userId: string,
  nowMs: number,
): Promise<readonly string[]> {
  const codes = Array.from({ length: RECOVERY_CODE_COUNT }, mintRecoveryCode);
  await tx.recoveryCode.deleteMany({ where: { userId } });
  await tx.recoveryCode.createMany({
    data: codes.map((code) => ({ userId, codeHash: hashOf(userId, code), createdAt: new Date(nowMs) })),
  });
  return codes;
}

export function countRecoveryCodes(tx: Transaction, userId: string): Promise<number> {
  return tx.recoveryCode.count({ where: { userId, usedAt: null } });
}

/** @returns Whether it was one of theirs and not used yet; it is now. */
export async function spendRecoveryCode(
  tx: Transaction,
  userId: string,
  code: string,
  nowMs: number,
): Promise<boolean> {
  const { count } = await tx.recoveryCode.updateMany({
    where: { userId, codeHash: hashOf(userId, code), usedAt: null },
    data: { usedAt: new Date(nowMs) },
  });
  return count === 1;
}

function mintRecoveryCode(): string {
  const text = [...randomBytes(CODE_BYTES)].map((byte) => ALPHABET[byte % 32]).join('');
  return text.replaceAll(/(.{4})(?=.)/g, '$1-');
}

/** The same code, however it is typed. */
function hashOf(userId: string, code: string): string {
  const plain = code.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1');
  return hashToken(`recovery ${userId} ${plain}`);
}
