/** What people call the ids in a usage report. */
import type { Transaction } from '@tollgate/db';
import { findProvider } from '@tollgate/providers';
import type { UsageRow } from './usage-query.ts';

/** Dimension, then id, then name. Ids without a name are left out. */
export type DimensionNames = ReadonlyMap<string, ReadonlyMap<string, string>>;

export async function findDimensionNames(
  tx: Transaction,
  organizationId: string,
  rows: readonly UsageRow[],
): Promise<DimensionNames> {
  const idsOf = (dimension: string) =>
    [...new Set(rows.map((row) => row.dimensions[dimension] ?? ''))].filter((id) => id !== '');
  const where = (dimension: string) => ({ organizationId, id: { in: idsOf(dimension) } });
  const select = { id: true, name: true } as const;
  const found: [string, { id: string; name: string }[]][] = [];
  if (idsOf('team').length > 0)
    found.push(['team', await tx.team.findMany({ where: where('team'), select })]);
  if (idsOf('key').length > 0)
    found.push(['key', await tx.virtualKey.findMany({ where: where('key'), select })]);
  if (idsOf('credential').length > 0) {
    const credentials = await tx.providerCredential.findMany({ where: where('credential'), select });
    found.push(['credential', credentials]);
  }
  const providers = idsOf('provider').flatMap((id) => {
    const provider = findProvider(id);
    return provider === undefined ? [] : [{ id, name: provider.displayName }];
  });
  if (providers.length > 0) found.push(['provider', providers]);
  if (idsOf('member').length > 0) found.push(['member', await findOwners(tx, where('member'))]);
  return new Map(
    found.map(([dimension, list]) => [dimension, new Map(list.map(({ id, name }) => [id, name]))]),
  );
}

async function findOwners(
  tx: Transaction,
  where: { organizationId: string; id: { in: string[] } },
): Promise<{ id: string; name: string }[]> {
  const accounts = await tx.serviceAccount.findMany({ where, select: { id: true, name: true } });
  const members = await tx.membership.findMany({
    where,
    select: { id: true, user: { select: { name: true } } },
  });
  return [...accounts, ...members.map(({ id, user }) => ({ id, name: user.name }))];
}
