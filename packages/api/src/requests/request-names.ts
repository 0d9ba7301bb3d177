/** What people call the keys and teams of some requests. */
import type { Transaction } from '@tollgate/db';

export interface RequestNames {
  readonly keys: ReadonlyMap<string, string>;
  readonly teams: ReadonlyMap<string, string>;
}

export async function findRequestNames(
  tx: Transaction,
  organizationId: string,
  ids: { readonly keyIds: Iterable<string>; readonly teamIds: Iterable<string> },
): Promise<RequestNames> {
  const select = { id: true, name: true } as const;
  const where = (wanted: Iterable<string>) => ({
    organizationId,
    id: { in: [...new Set(wanted)].filter((id) => id !== '') },
  });
  const keysWhere = where(ids.keyIds);
  const teamsWhere = where(ids.teamIds);
  const keys = keysWhere.id.in.length === 0 ? [] : await tx.virtualKey.findMany({ where: keysWhere, select });
  const teams = teamsWhere.id.in.length === 0 ? [] : await tx.team.findMany({ where: teamsWhere, select });
  return {
    keys: new Map(keys.map(({ id, name }) => [id, name])),
    teams: new Map(teams.map(({ id, name }) => [id, name])),
  };
}
