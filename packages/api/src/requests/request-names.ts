/** What people call the keys and teams of some requests. */
import { type Prisma, sql, type Transaction } from '@tollgate/db';
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

/**
 * What a query asks for these keys or teams by: the name that people know, and the id where others answer to that name
 * as well, whether they have requests or not.
 *
 * @returns By id; without those that are gone.
 */
export async function findQueryTerms(
  tx: Transaction,
  organizationId: string,
  field: 'key' | 'team',
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const { table, namesakes } = NAMED[field];
  const rows = await tx.$queryRaw<{ id: string; name: string; shared: boolean }[]>`
    SELECT n.id, n.name, ${namesakes} AS shared FROM ${table} n
    WHERE n.organization_id = ${organizationId} AND n.id = ANY (${[...ids]}::text[])`;
  return new Map(
    rows.map(({ id, name, shared }) => [id, shared || name === '' || name.includes('*') ? id : name]),
  );
}

const NAMED: Readonly<
  Record<'key' | 'team', { readonly table: Prisma.Sql; readonly namesakes: Prisma.Sql }>
> = {
  key: {
    table: sql`virtual_keys`,
    // Half a million keys are not read: the index knows names in lower case.
    namesakes: sql`EXISTS (SELECT 1 FROM virtual_keys o WHERE o.organization_id = n.organization_id
      AND o.name_key = lower(n.name) AND o.name = n.name AND o.id <> n.id)`,
  },
  team: {
    table: sql`teams`,
    namesakes: sql`EXISTS (SELECT 1 FROM teams o WHERE o.organization_id = n.organization_id
      AND (o.name = n.name OR o.slug = n.name) AND o.id <> n.id)`,
  },
};

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
