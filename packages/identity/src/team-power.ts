/**
 * What being in a team gives: whoever has `keys:write` manages the keys of their teams and of those below, and gets new
 * secrets of them (`mayManageKeys` of packages/api). So who puts somebody in a team, or moves teams and service accounts,
 * gives away power over keys, and gives no more than they have: all of it with `keys:write-any`, else that over keys of
 * their own teams. Where there is no key yet, there is nothing to give: new teams are filled by whoever makes them.
 */
import type { Transaction } from '@tollgate/db';
import { IdentityError } from './identity-error.ts';
import { type Authority, can } from './permission.ts';

/** Who gives, inside their organization. */
export interface Giver extends Authority {
  readonly organizationId: string;
  readonly membershipId: string;
}

/** Whether they manage every key of the team and of those below. Revoked ones give nothing. */
export async function managesKeysOf(tx: Transaction, giver: Giver, team: { path: string }): Promise<boolean> {
  if (can(giver, 'keys:write-any')) return true;
  const { organizationId, membershipId } = giver;
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM virtual_keys AS k JOIN teams AS t ON t.organization_id = k.organization_id AND t.id = k.team_id
    WHERE k.organization_id = ${organizationId} AND k.revoked_at IS NULL
      AND (t.path = ${team.path} OR starts_with(t.path, ${`${team.path}/`}))
      AND NOT (${can(giver, 'keys:write')} AND EXISTS (
        SELECT 1 FROM team_memberships AS m WHERE m.organization_id = ${organizationId}
          AND m.membership_id = ${membershipId} AND m.team_id = ANY (string_to_array(t.path, '/'))))
    LIMIT 1`;
  return rows.length === 0;
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
  const { organizationId } = giver;
  const key = await tx.virtualKey.findFirst({
    where: { organizationId, serviceAccountId: account.id, teamId: { not: null }, revokedAt: null },
    select: { id: true },
  });
  if (key === null || (can(giver, 'keys:write') && (await isInTeam(tx, giver, account.teamId)))) return;
  throw new IdentityError(
    'team_keys',
    'Cannot move the service account: it has keys that you may not manage; keys:write-any is needed',
  );
}

/** Or in one above. */
async function isInTeam(tx: Transaction, giver: Giver, teamId: string | null): Promise<boolean> {
  if (teamId === null) return false;
  const { organizationId, membershipId } = giver;
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM teams AS t JOIN team_memberships AS m ON m.organization_id = t.organization_id
      AND m.team_id = ANY (string_to_array(t.path, '/'))
    WHERE t.organization_id = ${organizationId} AND t.id = ${teamId} AND m.membership_id = ${membershipId}
    LIMIT 1`;
  return rows.length > 0;
}
