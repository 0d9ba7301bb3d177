/** Tells a person what changed about how they sign in, in the transaction of the change. */
import type { Transaction } from '@tollgate/db';
import { type MailData, queueMail } from '@tollgate/mail';
import type { IdentityContext } from './identity-context.ts';

export async function mailSecurityChange(
  tx: Transaction,
  context: IdentityContext,
  userId: string,
  change: Pick<MailData['security-changed'], 'change' | 'detail'>,
  nowMs: number,
): Promise<void> {
  const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
  await queueMail(tx, context.encryptionKeys, {
    template: 'security-changed',
    recipient: user.email,
    causeId: `${userId}:${change.change}:${nowMs}`,
    locale: user.locale,
    data: { ...change, name: user.name, link: `${context.settings.consoleUrl}/settings/security` },
    nowMs,
  });
}
