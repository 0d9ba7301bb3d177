/** What the team and the owner of one key are called, so that its page needs no lists of teams and people. */
import type { Transaction } from '@tollgate/db';
import { can, type OrganizationActor } from '@tollgate/identity';
import type { KeyRow } from './present-key.ts';

export interface KeyNames {
  readonly team: string | null;
  readonly owner: string | null;
  /** Of the team whose rules ask for a rotation: often the same. */
  readonly rotationTeam: string | null;
}

/** Null where there is nobody, nobody any more, or somebody whom the caller may not read. */
export async function findKeyNames(
  tx: Transaction,
  actor: OrganizationActor,
  { teamId, memberId, serviceAccountId }: KeyRow,
  rotationTeamId: string | null,
): Promise<KeyNames> {
  const { organizationId } = actor;
  const teamIds = [teamId, rotationTeamId].filter((id) => id !== null);
  const teams =
    teamIds.length > 0 && can(actor, 'teams:read')
      ? await tx.team.findMany({
          where: { organizationId, id: { in: teamIds } },
          select: { id: true, name: true },
        })
      : [];
  const nameOf = (id: string | null) => teams.find((team) => team.id === id)?.name ?? null;
  const owner = memberId === null ? null : await findMemberName(tx, actor, memberId);
  const account = serviceAccountId === null ? null : await findAccountName(tx, actor, serviceAccountId);
  return { team: nameOf(teamId), owner: owner ?? account, rotationTeam: nameOf(rotationTeamId) };
}

async function findMemberName(tx: Transaction, actor: OrganizationActor, id: string): Promise<string | null> {
  if (!can(actor, 'members:read')) return null;
  const member = await tx.membership.findFirst({
    where: { organizationId: actor.organizationId, id },
    select: { user: { select: { name: true, email: true } } },
  });
  return member === null ? null : member.user.name || member.user.email;
}

async function findAccountName(
  tx: Transaction,
  actor: OrganizationActor,
  id: string,
): Promise<string | null> {
  if (!can(actor, 'service-accounts:read')) return null;
  const { organizationId } = actor;
  const account = await tx.serviceAccount.findFirst({
    where: { organizationId, id },
    select: { name: true },
  });
  return account?.name ?? null;
}
