/**
 * What is wrong with keys as credentials: each finding as a condition, and how many keys it is true of.
 *
 * Only of keys that work. Counting stops where a figure says no more than "many"; what has no index of its own looks
 * at the newest keys and says so.
 */
import { type Prisma, sql, type Transaction } from '@tollgate/db';
import { type KeyCoverage, notCovered, readKeyCoverage } from './key-coverage.ts';

export const KEY_FINDINGS = [
  'noBudget',
  'noRateLimit',
  'neverExpires',
  'idle',
  'ownerLeft',
  'notRotated',
] as const;
export type KeyFinding = (typeof KEY_FINDINGS)[number];

export interface KeyFindingQuery {
  readonly kind: KeyFinding;
  /** For `idle` and `notRotated`. */
  readonly days: number;
  /** For `noBudget` and `noRateLimit`; undefined for the others. */
  readonly coverage?: KeyCoverage;
  /** For `ownerLeft`. */
  readonly gone?: GoneOwners;
}

/** Owners that are no longer there, or may no longer act. */
export interface GoneOwners {
  readonly memberIds: readonly string[];
  readonly serviceAccountIds: readonly string[];
}

export const COUNT_MAX = 10_000;
/** Of keys without a budget or a rate limit: how many of the newest are looked at. */
const LOOKED_AT_MAX = 100_000;
const DAY_MS = 86_400_000;
const NEVER_USED = '0001-01-01';

/** Over the alias `k`. */
export function findingCondition(organizationId: string, query: KeyFindingQuery, now: Date): Prisma.Sql {
  const works = sql`k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ${now})`;
  const since = new Date(now.getTime() - query.days * DAY_MS);
  // Secrets of the playground end within the hour, and without one a key is nothing that could be lost or lie about.
  const keeps = sql`(k.tags->>'source' IS DISTINCT FROM 'playground' OR EXISTS (
    SELECT 1 FROM virtual_key_secrets s WHERE s.organization_id = ${organizationId} AND s.key_id = k.id
      AND s.revoked_at IS NULL AND s.expires_at IS NULL))`;
  switch (query.kind) {
    case 'neverExpires':
      return sql`k.revoked_at IS NULL AND k.expires_at IS NULL AND ${keeps}`;
    case 'idle':
      return sql`${works} AND ${keeps} AND k.created_at < ${since} AND k.last_used_on <= ${since.toISOString().slice(0, 10)}::date
        AND (k.last_used_on = ${NEVER_USED}::date OR k.last_used_at < ${since})`;
    case 'notRotated':
      return sql`${works} AND ${keeps} AND k.rotated_at < ${since}`;
    case 'ownerLeft': {
      const { memberIds = [], serviceAccountIds = [] } = query.gone ?? {};
      return sql`${works} AND ${keeps} AND (k.member_id = ANY(${[...memberIds]}::text[]) OR k.service_account_id = ANY(${[...serviceAccountIds]}::text[]))`;
    }
    case 'noBudget':
      return sql`${works} AND ${notCovered(organizationId, query.coverage)}`;
    case 'noRateLimit':
      return sql`${works} AND ${keeps} AND ${notCovered(organizationId, query.coverage)}`;
    default:
      return query.kind satisfies never;
  }
}

/** Walks the owners that there are, one index probe each, and not their keys. */
export async function findGoneOwners(tx: Transaction, organizationId: string): Promise<GoneOwners> {
  const members = await tx.$queryRaw<{ id: string }[]>`
    WITH RECURSIVE owners AS (
      SELECT (SELECT min(member_id) FROM virtual_keys WHERE organization_id = ${organizationId} AND member_id IS NOT NULL AND revoked_at IS NULL) AS id
      UNION ALL
      SELECT (SELECT k.member_id FROM virtual_keys k WHERE k.organization_id = ${organizationId} AND k.member_id > o.id AND k.revoked_at IS NULL
        ORDER BY k.member_id LIMIT 1) FROM owners o WHERE o.id IS NOT NULL
    )
    SELECT o.id FROM owners o
    WHERE o.id IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id
      WHERE m.organization_id = ${organizationId} AND m.id = o.id AND u.disabled_at IS NULL)`;
  const accounts = await tx.serviceAccount.findMany({
    where: { organizationId, disabledAt: { not: null } },
    select: { id: true },
  });
  return { memberIds: members.map(({ id }) => id), serviceAccountIds: accounts.map(({ id }) => id) };
}

export interface FindingCount {
  readonly kind: KeyFinding;
  readonly count: number;
  /** There are more than were counted. */
  readonly more: boolean;
  /** How many of the newest keys were looked at; null: all. */
  readonly lookedAt: number | null;
}

export async function countFinding(
  tx: Transaction,
  organizationId: string,
  query: KeyFindingQuery,
  now: Date,
): Promise<FindingCount> {
  const condition = findingCondition(organizationId, query, now);
  if (query.kind !== 'noBudget' && query.kind !== 'noRateLimit') {
    const [row] = await tx.$queryRaw<{ count: bigint }[]>`
      SELECT count(*) FROM (SELECT 1 FROM virtual_keys k WHERE k.organization_id = ${organizationId} AND ${condition}
        LIMIT ${COUNT_MAX + 1}) found`;
    return toCount(query.kind, Number(row?.count ?? 0), null);
  }
  if (query.coverage?.everything !== false) return toCount(query.kind, 0, null);
  const [row] = await tx.$queryRaw<{ count: bigint; looked: bigint }[]>`
    WITH newest AS MATERIALIZED (
      SELECT k.id, k.team_id, k.member_id, k.service_account_id, k.revoked_at, k.expires_at, k.tags FROM virtual_keys k WHERE k.organization_id = ${organizationId} AND k.revoked_at IS NULL
      ORDER BY k.created_at DESC, k.id DESC LIMIT ${LOOKED_AT_MAX})
    SELECT (SELECT count(*) FROM (SELECT 1 FROM newest k WHERE ${condition} LIMIT ${COUNT_MAX + 1}) found) AS count,
      (SELECT count(*) FROM newest) AS looked`;
  const looked = Number(row?.looked ?? 0);
  return toCount(query.kind, Number(row?.count ?? 0), looked === LOOKED_AT_MAX ? looked : null);
}

function toCount(kind: KeyFinding, counted: number, lookedAt: number | null): FindingCount {
  return { kind, count: Math.min(counted, COUNT_MAX), more: counted > COUNT_MAX, lookedAt };
}

/** What a finding needs to know before it is a condition. */
export async function toFindingQuery(
  tx: Transaction,
  organizationId: string,
  kind: KeyFinding,
  days: { readonly idle: number; readonly rotated: number },
): Promise<KeyFindingQuery> {
  const base = { kind, days: kind === 'idle' ? days.idle : days.rotated };
  if (kind === 'noBudget') return { ...base, coverage: await readKeyCoverage(tx, organizationId, 'budgets') };
  if (kind === 'noRateLimit') {
    return { ...base, coverage: await readKeyCoverage(tx, organizationId, 'rateLimits') };
  }
  if (kind === 'ownerLeft') return { ...base, gone: await findGoneOwners(tx, organizationId) };
  return base;
}
