/** What stands beside a team: the teams above it, and how much is in it. */
import type { Transaction } from '@tollgate/db';
import { can, type OrganizationActor, type Team } from '@tollgate/identity';

const ACTIVE_KEYS_COUNTED = 10_000;

/** @returns The teams above one of these, from the root. */
export async function findTeamsAbove(tx: Transaction, organizationId: string, teams: readonly Team[]) {
  const idsAbove = ({ path }: Team) => path.split('/').slice(0, -1);
  const ids = [...new Set(teams.flatMap(idsAbove))];
  const rows =
    ids.length === 0
      ? []
      : await tx.team.findMany({
          where: { organizationId, id: { in: ids } },
          select: { id: true, name: true },
        });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return (team: Team) => idsAbove(team).flatMap((aboveId) => byId.get(aboveId) ?? []);
}

export interface TeamCounts {
  readonly memberCount: number;
  /** Counted to 10,000; null: the caller may not read keys. */
  readonly activeKeyCount: number | null;
  /** Teams right below it. */
  readonly belowCount: number;
}

/** Of each of these teams, by id: members and keys without those of the teams below. */
export async function countTeams(
  tx: Transaction,
  actor: OrganizationActor,
  teams: readonly Team[],
  now: Date,
): Promise<Map<string, TeamCounts>> {
  const ids = teams.map((team) => team.id);
  const rows = await tx.$queryRaw<{ id: string; members: bigint; keys: bigint; below: bigint }[]>`
    SELECT t.id,
      (SELECT count(*) FROM team_memberships m
       WHERE m.organization_id = t.organization_id AND m.team_id = t.id) AS members,
      (SELECT count(*) FROM (
         SELECT 1 FROM virtual_keys k
         WHERE k.organization_id = t.organization_id AND k.team_id = t.id AND k.revoked_at IS NULL
           AND (k.expires_at IS NULL OR k.expires_at > ${now})
         LIMIT ${ACTIVE_KEYS_COUNTED}) counted) AS keys,
      (SELECT count(*) FROM teams b
       WHERE b.organization_id = t.organization_id AND b.parent_id = t.id AND b.archived_at IS NULL) AS below
    FROM teams t
    WHERE t.organization_id = ${actor.organizationId} AND t.id = ANY(${ids}::text[])`;
  const mayReadKeys = can(actor, 'keys:read');
  return new Map(
    rows.map(({ id, members, keys, below }) => [
      id,
      {
        memberCount: Number(members),
        activeKeyCount: mayReadKeys ? Number(keys) : null,
        belowCount: Number(below),
      },
    ]),
  );
}
