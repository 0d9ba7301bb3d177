/** Whom a domain is about: members by that of their address. */
import type { Transaction } from '@tollgate/db';

export interface DomainMembers {
  readonly members: number;
  readonly owners: number;
}

export async function countMembersByDomain(
  tx: Transaction,
  organizationId: string,
): Promise<ReadonlyMap<string, DomainMembers>> {
  const rows = await tx.$queryRaw<{ name: string; members: number; owners: number }[]>`
    SELECT split_part(u.email, '@', 2) AS name, count(*)::int AS members,
      count(*) FILTER (WHERE m.role = 'owner')::int AS owners
    FROM memberships m JOIN users u ON u.id = m.user_id
    WHERE m.organization_id = ${organizationId}
    GROUP BY 1`;
  return new Map(rows.map(({ name, ...counts }) => [name, counts]));
}
