/** What people call the scopes of budgets, and which teams they lie in. */
import type { Transaction } from '@tollgate/db';

interface ScopedRow {
  readonly name: string;
  readonly scopeType: string;
  readonly scopeId: string;
  readonly scopeValue: string;
}

export interface ScopeNames {
  nameOf(row: ScopedRow): string;
  /** From the root down; empty where the scope lies in no team. */
  teamPathOf(row: ScopedRow): readonly string[];
}

interface Named {
  readonly id: string;
  readonly name: string;
  readonly path: string | null;
}

/** One query for all rows. */
export async function loadScopeNames(
  tx: Transaction,
  organizationId: string,
  rows: readonly ScopedRow[],
): Promise<ScopeNames> {
  const idsOf = (type: string) =>
    rows.filter(({ scopeType }) => scopeType === type).map(({ scopeValue }) => scopeValue);
  const found =
    rows.length === 0
      ? []
      : await tx.$queryRaw<Named[]>`
    SELECT id, name, path FROM teams WHERE organization_id = ${organizationId} AND id = ANY(${idsOf('team')})
    UNION ALL SELECT k.id, k.name, t.path FROM virtual_keys k LEFT JOIN teams t ON t.organization_id = k.organization_id AND t.id = k.team_id
      WHERE k.organization_id = ${organizationId} AND k.id = ANY(${idsOf('key')})
    UNION ALL SELECT s.id, s.name, t.path FROM service_accounts s LEFT JOIN teams t ON t.organization_id = s.organization_id AND t.id = s.team_id
      WHERE s.organization_id = ${organizationId} AND s.id = ANY(${idsOf('serviceAccount')})
    UNION ALL SELECT m.id, u.name, NULL FROM memberships m JOIN users u ON u.id = m.user_id
      WHERE m.organization_id = ${organizationId} AND m.id = ANY(${idsOf('member')})`;
  const byId = new Map(found.map((each) => [each.id, each]));
  return {
    nameOf: (row) => {
      const value =
        byId.get(row.scopeValue)?.name ?? (row.scopeType === 'organization' ? '' : row.scopeValue);
      if (row.name === '') return value;
      return row.scopeId === '*' && value !== '' ? `${row.name} · ${value}` : row.name;
    },
    teamPathOf: (row) => {
      const path = byId.get(row.scopeValue)?.path ?? null;
      return path === null ? [] : path.split('/');
    },
  };
}
