/** The sessions that an organization's provider has opened: its own to end, whosoever they are. */
import type { Transaction } from '@tollgate/db';

/**
 * Ends them, and what would become one, inside the organization and after the change that ends them has locked its row: a
 * sign-in that was first has written its session by then, a later one finds what has changed.
 *
 * @returns How many were open.
 */
export async function endProviderSessions(
  tx: Transaction,
  organizationId: string,
  nowMs: number,
): Promise<number> {
  const [provider] = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM identity_providers WHERE organization_id = ${organizationId} FOR UPDATE`;
  if (provider === undefined) return 0;
  await tx.authChallenge.deleteMany({ where: { identityProviderId: provider.id } });
  const rows = await tx.$queryRaw<{ count: bigint }[]>`
    SELECT end_provider_sessions(${provider.id}, ${new Date(nowMs)}) AS count`;
  return Number(rows[0]?.count ?? 0n);
}
