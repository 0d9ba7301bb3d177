/** What people call the keys and teams of some requests. */
import type { Transaction } from '@tollgate/db';
import { can, type OrganizationActor } from '@tollgate/identity';

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

/** @returns Id to name of the organization's own; none where the caller may not read them. */
export async function findCredentialNames(
  tx: Transaction,
  actor: OrganizationActor,
  credentialIds: readonly string[],
): Promise<Record<string, string>> {
  if (credentialIds.length === 0 || !can(actor, 'provider-credentials:read')) return {};
  const rows = await tx.providerCredential.findMany({
    where: { organizationId: actor.organizationId, id: { in: [...new Set(credentialIds)] } },
    select: { id: true, name: true },
  });
  return Object.fromEntries(rows.map(({ id, name }) => [id, name]));
}
