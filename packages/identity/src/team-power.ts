/**
 * What being in a team gives: whoever has `keys:write` manages the keys of their teams and of those below, and gets new
 * secrets of them (`mayManageKeys` of packages/api). So who puts somebody in a team, or moves teams and service accounts,
 * gives away power over keys, and gives no more than they have: all of it with `keys:write-any`, else that over keys of
 * their own teams. Where there is no key yet, there is nothing to give: new teams are filled by whoever makes them.
 */
import { type Prisma, sql, type Transaction } from '@tollgate/db';
import { IdentityError } from './identity-error.ts';
import { type Authority, can } from './permission.ts';

/** Who gives, inside their organization. */
export interface Giver extends Authority {
  readonly organizationId: string;
  readonly membershipId: string;
}

/**
 * Whether they manage every key over which being in the team, or in one below, gives power: those of its own, and those of
 * its service accounts, which whoever is in both teams manages. Revoked ones give nothing, nor do those that members own.
 */
export async function managesKeysOf(tx: Transaction, giver: Giver, team: { path: string }): Promise<boolean> {
  if (can(giver, 'keys:write-any')) return true;
  const { organizationId } = giver;
  const reached = sql`SELECT id FROM teams WHERE organization_id = ${organizationId}
    AND (path = ${team.path} OR starts_with(path, ${`${team.path}/`}))`;
  const ofTeam = sql`k.team_id IN (${reached})`;
  const ofAccount = sql`k.service_account_id IN (SELECT id FROM service_accounts WHERE organization_id = ${organizationId} AND team_id IN (${reached}))`;
  // One after the other: each has an index, and an OR of both none.
  return !(await hasOthers(tx, giver, ofTeam)) && !(await hasOthers(tx, giver, ofAccount));
}

/** Whether there are keys that teams give power over, and this giver has none of it. */
async function hasOthers(tx: Transaction, giver: Giver, which: Prisma.Sql): Promise<boolean> {
  const { organizationId, membershipId } = giver;
  const isIn = (path: Prisma.Sql) => sql`EXISTS (SELECT 1 FROM team_memberships AS m
    WHERE m.organization_id = ${organizationId} AND m.membership_id = ${membershipId} AND m.team_id = ANY (string_to_array(${path}, '/')))`;
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM virtual_keys AS k JOIN teams AS t ON t.organization_id = k.organization_id AND t.id = k.team_id
      LEFT JOIN service_accounts AS a ON a.organization_id = k.organization_id AND a.id = k.service_account_id
      LEFT JOIN teams AS s ON s.organization_id = a.organization_id AND s.id = a.team_id
    WHERE k.organization_id = ${organizationId} AND k.revoked_at IS NULL AND k.member_id IS NULL AND ${which}
      AND (k.service_account_id IS NULL OR s.id IS NOT NULL)
      AND NOT (${can(giver, 'keys:write')} AND ${isIn(sql`t.path`)} AND (s.id IS NULL OR ${isIn(sql`s.path`)}))
    LIMIT 1`;
  return rows.length > 0;
}

/** @throws {IdentityError} `team_keys`. */
export async function assertManagesKeysOf(
  tx: Transaction,
  giver: Giver,
  team: { readonly path: string },
): Promise<void> {
  if (await managesKeysOf(tx, giver, team)) return;
  throw new IdentityError(
    'team_keys',
    'Cannot do this: the team has keys that you may not manage; keys:write-any is needed, or to be in that team',
  );
}

/**
 * A service account's keys are managed by whoever is in its team and in theirs.
 *
 * @throws {IdentityError} `team_keys`.
 */
export async function assertMayBring(
  tx: Transaction,
  giver: Giver,
  account: { readonly id: string; readonly teamId: string | null },
): Promise<void> {
  if (can(giver, 'keys:write-any')) return;
  if (!(await hasKeysOfOthers(tx, giver, account))) return;
  throw new IdentityError(
    'team_keys',
    'Cannot move the service account: it has keys that you may not manage; keys:write-any is needed',
  );
}

/** An account without a team has keys that nobody manages by being in one, until it is brought there. */
async function hasKeysOfOthers(
  tx: Transaction,
  giver: Giver,
  { id, teamId }: { readonly id: string; readonly teamId: string | null },
): Promise<boolean> {
  if (teamId !== null) return hasOthers(tx, giver, sql`k.service_account_id = ${id}`);
  const where = { organizationId: giver.organizationId, serviceAccountId: id, revokedAt: null };
  const key = await tx.virtualKey.findFirst({
    where: { ...where, teamId: { not: null } },
    select: { id: true },
  });
  return key !== null;
}
