/** Codes of the person’s authenticator app: each is taken once. The secret is sealed where it rests. */
import type { Transaction } from '@tollgate/db';
import { openSecret, type SealContext, sealSecret } from '@tollgate/keys';
import type { IdentityContext } from './identity-context.ts';
import { findTotpStep } from './totp.ts';

/** @returns Whether the code is right and its step newer than any that was taken: a code counts once. */
export async function spendTotpCode(
  tx: Transaction,
  context: IdentityContext,
  userId: string,
  code: string,
  nowMs: number,
): Promise<boolean> {
  const factor = await tx.totpFactor.findFirst({ where: { userId, confirmedAt: { not: null } } });
  if (factor === null) return false;
  const step = findTotpStep(openTotpSecret(context, userId, factor.secretCiphertext), code, nowMs);
  if (step === undefined) return false;
  const { count } = await tx.totpFactor.updateMany({
    where: { userId, lastStep: { lt: BigInt(step) } },
    data: { lastStep: BigInt(step) },
  });
  return count === 1;
}

export function openTotpSecret(context: IdentityContext, userId: string, ciphertext: Uint8Array): Uint8Array {
  return Buffer.from(openSecret(context.encryptionKeys, sealContext(userId), ciphertext), 'base64url');
}

export function sealTotpSecret(
  context: IdentityContext,
  userId: string,
  secret: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const text = Buffer.from(secret).toString('base64url');
  return sealSecret(context.encryptionKeys, sealContext(userId), text);
}

function sealContext(userId: string): SealContext {
  return { organizationId: '', recordId: userId, field: 'totp', baseUrl: '' };
}
