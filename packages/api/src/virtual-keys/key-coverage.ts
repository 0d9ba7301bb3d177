/** Which keys are held by a rule of their own or of one above them: a hard budget, a rate limit. */
import { empty, join, type Prisma, sql, type Transaction } from '@tollgate/db';

export interface KeyCoverage {
  readonly by: 'budgets' | 'rateLimits';
  readonly everything: boolean;
  readonly anyTeam: boolean;
  readonly anyMember: boolean;
  readonly anyServiceAccount: boolean;
  readonly teamIds: readonly string[];
  readonly memberIds: readonly string[];
  readonly serviceAccountIds: readonly string[];
}

/** Rules in force that hold all of what a key does. Those of end users, models and tags hold requests, not keys. */
const RULES: Readonly<
  Record<KeyCoverage['by'], { readonly table: Prisma.Sql; readonly inForce: Prisma.Sql }>
> = {
  budgets: {
    table: sql`budgets`,
    // What the operator bounds leaves open what a key spends over own credentials.
    inForce: sql`r.kind = 'hard' AND r.counts = 'all' AND r.archived_at IS NULL AND r.paused_at IS NULL`,
  },
  rateLimits: { table: sql`rate_limits`, inForce: sql`r.model IS NULL` },
};

export async function readKeyCoverage(
  tx: Transaction,
  organizationId: string,
  by: KeyCoverage['by'],
): Promise<KeyCoverage> {
  const { table, inForce } = RULES[by];
  const rules = await tx.$queryRaw<{ type: string; id: string }[]>`
    SELECT DISTINCT r.scope_type AS type, r.scope_id AS id FROM ${table} r
    WHERE r.organization_id = ${organizationId} AND ${inForce}
      AND (r.scope_type IN ('organization', 'team', 'member', 'serviceAccount') OR (r.scope_type = 'key' AND r.scope_id = '*'))`;
  const idsOf = (type: string) => rules.filter((rule) => rule.type === type).map(({ id }) => id);
  const roots = idsOf('team').filter((id) => id !== '*');
  const teams = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM teams WHERE organization_id = ${organizationId} AND string_to_array(path, '/') && ${roots}::text[]`;
  return {
    by,
    everything: idsOf('organization').length > 0 || idsOf('key').length > 0,
    anyTeam: idsOf('team').includes('*'),
    anyMember: idsOf('member').includes('*'),
    anyServiceAccount: idsOf('serviceAccount').includes('*'),
    teamIds: teams.map(({ id }) => id),
    memberIds: idsOf('member'),
    serviceAccountIds: idsOf('serviceAccount'),
  };
}

/** Over the alias `k`. @param coverage Undefined: not asked; no key is outside then. */
export function notCovered(organizationId: string, coverage: KeyCoverage | undefined): Prisma.Sql {
  if (coverage === undefined || coverage.everything) return sql`false`;
  const { table, inForce } = RULES[coverage.by];
  const conditions = [
    sql`NOT EXISTS (SELECT 1 FROM ${table} r WHERE r.organization_id = ${organizationId} AND r.scope_type = 'key'
      AND r.scope_id = k.id AND ${inForce})`,
    outside(sql`k.team_id`, coverage.anyTeam, coverage.teamIds),
    outside(sql`k.member_id`, coverage.anyMember, coverage.memberIds),
    outside(sql`k.service_account_id`, coverage.anyServiceAccount, coverage.serviceAccountIds),
  ];
  return join(
    conditions.filter((condition) => condition !== empty),
    ' AND ',
  );
}

function outside(column: Prisma.Sql, any: boolean, ids: readonly string[]): Prisma.Sql {
  if (any) return sql`${column} IS NULL`;
  return ids.length === 0 ? empty : sql`(${column} IS NULL OR ${column} <> ALL(${[...ids]}::text[]))`;
}
