/** What the teams and owners of keys are called, so that lists and pages of keys need no lists of teams and people. */
import type { Transaction } from '@tollgate/db';
import { can, type OrganizationActor } from '@tollgate/identity';
import type { KeyPlace } from './key-scope.ts';

export interface NamesOfKeys {
  /** Null where there is none, none any more, or one whom the caller may not read. */
  readonly teamName: (teamId: string | null) => string | null;
  readonly ownerName: (owner: Pick<KeyPlace, 'memberId' | 'serviceAccountId'>) => string | null;
}

/** @param moreTeamIds Of teams that are named besides those of the keys. */
export async function findNamesOfKeys(
  tx: Transaction,
  actor: OrganizationActor,
  keys: readonly KeyPlace[],
  moreTeamIds: readonly (string | null)[] = [],
): Promise<NamesOfKeys> {
  const teams = await findTeamNames(tx, actor, [...keys.map(({ teamId }) => teamId), ...moreTeamIds]);
  const members = await findMemberNames(
    tx,
    actor,
    keys.map(({ memberId }) => memberId),
  );
  const accounts = await findAccountNames(
    tx,
    actor,
    keys.map(({ serviceAccountId }) => serviceAccountId),
  );
  return {
    teamName: (teamId) => teams.get(teamId ?? '') ?? null,
    ownerName: ({ memberId, serviceAccountId }) =>
      members.get(memberId ?? '') ?? accounts.get(serviceAccountId ?? '') ?? null,
  };
}

type Names = ReadonlyMap<string, string>;
const NOBODY: Names = new Map();

function distinct(ids: readonly (string | null)[]): string[] {
  return [...new Set(ids.filter((id) => id !== null))];
}

async function findTeamNames(
  tx: Transaction,
  actor: OrganizationActor,
  asked: readonly (string | null)[],
): Promise<Names> {
  const ids = distinct(asked);
  if (ids.length === 0 || !can(actor, 'teams:read')) return NOBODY;
  const where = { organizationId: actor.organizationId, id: { in: ids } };
  const rows = await tx.team.findMany({ where, select: { id: true, name: true } });
  return new Map(rows.map(({ id, name }) => [id, name]));
}

async function findMemberNames(
  tx: Transaction,
  actor: OrganizationActor,
  asked: readonly (string | null)[],
): Promise<Names> {
  const ids = distinct(asked);
  if (ids.length === 0 || !can(actor, 'members:read')) return NOBODY;
  const rows = await tx.membership.findMany({
    where: { organizationId: actor.organizationId, id: { in: ids } },
    select: { id: true, user: { select: { name: true, email: true } } },
  });
  return new Map(rows.map(({ id, user }) => [id, user.name || user.email]));
}

async function findAccountNames(
  tx: Transaction,
  actor: OrganizationActor,
  asked: readonly (string | null)[],
): Promise<Names> {
  const ids = distinct(asked);
  if (ids.length === 0 || !can(actor, 'service-accounts:read')) return NOBODY;
  const where = { organizationId: actor.organizationId, id: { in: ids } };
  const rows = await tx.serviceAccount.findMany({ where, select: { id: true, name: true } });
  return new Map(rows.map(({ id, name }) => [id, name]));
}
