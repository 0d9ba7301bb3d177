/** Who gets the mail of a channel: people by role or by name, each in their language, and plain addresses. */
import type { Transaction } from '@tollgate/db';
import { type MailLocale, toMailLocale } from '@tollgate/mail';
import { z } from 'zod';

export const Recipients = z.strictObject({
  /** Names of built-in roles, and ids of the organization's own. */
  roles: z.array(z.string().min(1).max(40)).max(10).default([]),
  memberIds: z.array(z.string().min(1).max(100)).max(100).default([]),
  addresses: z.array(z.string().max(254)).max(20).default([]),
});
export type Recipients = z.output<typeof Recipients>;

interface Recipient {
  readonly email: string;
  readonly locale: MailLocale;
}

const MAX_RECIPIENTS = 200;

export function readRecipients(value: unknown): Recipients {
  const parsed = Recipients.safeParse(value);
  return parsed.success ? parsed.data : { roles: [], memberIds: [], addresses: [] };
}

/** People whose account is disabled are left out; each address once. */
export async function listRecipients(
  tx: Transaction,
  organizationId: string,
  channel: { readonly recipients: unknown; readonly locale: string },
): Promise<Recipient[]> {
  const { roles, memberIds, addresses } = readRecipients(channel.recipients);
  const people = await tx.$queryRaw<{ email: string; locale: string }[]>`
    SELECT u.email, u.locale FROM memberships m JOIN users u ON u.id = m.user_id
    WHERE m.organization_id = ${organizationId} AND u.disabled_at IS NULL
      AND (COALESCE(m.custom_role_id, m.role) = ANY(${roles}) OR m.id = ANY(${memberIds}))
    ORDER BY m.id LIMIT ${MAX_RECIPIENTS}`;
  const byEmail = new Map<string, Recipient>();
  for (const email of addresses) byEmail.set(email, { email, locale: toMailLocale(channel.locale) });
  for (const { email, locale } of people) byEmail.set(email, { email, locale: toMailLocale(locale) });
  return [...byEmail.values()];
}
