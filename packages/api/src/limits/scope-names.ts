/** What people call the things that limits and budgets are attached to. */
import { type Prisma, sql, type Transaction } from '@tollgate/db';
import type { Scope } from '@tollgate/limits';

export type ScopeName = (scope: Scope) => string | null;

/** Null for what has no name of its own, what is gone, and `*`. */
export async function findScopeNames(
  tx: Transaction,
  organizationId: string,
  scopes: readonly Scope[],
): Promise<ScopeName> {
  const idsOf = (type: Scope['type']) => [
    ...new Set(scopes.filter((scope) => scope.type === type && scope.id !== '*').map(({ id }) => id)),
  ];
  const names = new Map<string, string>();
  const add = (type: Scope['type'], rows: readonly { id: string; name: string }[]) => {
    for (const { id, name } of rows) names.set(`${type}:${id}`, name);
  };
  const select = { id: true, name: true } as const;
  const whereOf = (type: Scope['type']) => ({ organizationId, id: { in: idsOf(type) } });
  if (idsOf('organization').length > 0)
    add('organization', await tx.organization.findMany({ where: { id: organizationId }, select }));
  if (idsOf('team').length > 0) add('team', await tx.team.findMany({ where: whereOf('team'), select }));
  if (idsOf('key').length > 0) add('key', await tx.virtualKey.findMany({ where: whereOf('key'), select }));
  if (idsOf('serviceAccount').length > 0)
    add('serviceAccount', await tx.serviceAccount.findMany({ where: whereOf('serviceAccount'), select }));
  if (idsOf('member').length > 0) {
    const members = await tx.membership.findMany({
      where: whereOf('member'),
      select: { id: true, user: { select: { name: true, email: true } } },
    });
    add(
      'member',
      members.map(({ id, user }) => ({ id, name: user.name || user.email })),
    );
  }
  return ({ type, id }) => names.get(`${type}:${id}`) ?? null;
}

/**
 * Whether a value of a scope, or what people call it, has these letters.
 *
 * @param value The column that has the value.
 */
export function scopeValueHas(
  organizationId: string,
  type: Scope['type'],
  value: Prisma.Sql,
  letters: string,
): Prisma.Sql {
  const has = (text: Prisma.Sql) => sql`strpos(lower(${text}), lower(${letters})) > 0`;
  const named = NAMED_IN[type]?.(organizationId, value, has);
  return named === undefined ? has(value) : sql`(${has(value)} OR EXISTS (${named}))`;
}

type NamedIn = (
  organizationId: string,
  value: Prisma.Sql,
  has: (text: Prisma.Sql) => Prisma.Sql,
) => Prisma.Sql;

/** Where those scopes have their names that have one of their own. */
const NAMED_IN: Readonly<Partial<Record<Scope['type'], NamedIn>>> = {
  team: (organizationId, value, has) =>
    sql`SELECT 1 FROM teams n WHERE n.organization_id = ${organizationId} AND n.id = ${value} AND ${has(sql`n.name`)}`,
  key: (organizationId, value, has) =>
    sql`SELECT 1 FROM virtual_keys n WHERE n.organization_id = ${organizationId} AND n.id = ${value} AND ${has(sql`n.name`)}`,
  serviceAccount: (organizationId, value, has) =>
    sql`SELECT 1 FROM service_accounts n WHERE n.organization_id = ${organizationId} AND n.id = ${value} AND ${has(sql`n.name`)}`,
  member: (organizationId, value, has) =>
    sql`SELECT 1 FROM memberships m JOIN users n ON n.id = m.user_id WHERE m.organization_id = ${organizationId} AND m.id = ${value}
      AND (${has(sql`n.name`)} OR ${has(sql`n.email`)})`,
};
