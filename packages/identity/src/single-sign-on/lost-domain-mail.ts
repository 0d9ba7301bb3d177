/** A domain is another organization's now: the owners hear of it at once, because it may have been taken from them. */
import type { Transaction } from '@tollgate/db';
import { queueMailIfValid } from '@tollgate/mail';
import type { IdentityContext } from '../identity-context.ts';

/** Inside the organization that has lost it. */
export async function mailLostDomain(
  tx: Transaction,
  context: IdentityContext,
  {
    id,
    organizationId,
    name: domain,
  }: { readonly id: string; readonly organizationId: string; readonly name: string },
  nowMs: number,
): Promise<void> {
  const owners = await tx.membership.findMany({
    where: { organizationId, role: 'owner', user: { disabledAt: null } },
    select: { user: { select: { email: true, name: true, locale: true } } },
    take: 100,
  });
  for (const { user } of owners) {
    await queueMailIfValid(tx, context.encryptionKeys, {
      template: 'domain-lost',
      recipient: user.email,
      causeId: `${id}:lost:${nowMs}`,
      locale: user.locale,
      data: {
        name: user.name,
        domain,
        link: `${context.settings.consoleUrl}/settings/single-sign-on`,
      },
      nowMs,
    });
  }
}
