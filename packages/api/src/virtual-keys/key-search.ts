/**
 * Lists of keys: found by part of a name or by tag, filtered, in any order that an index has.
 *
 * Made for half a million: words go through an index of three-letter parts; what fits too many keys for that is found
 * soon by walking the order of the list. Every page begins behind the last, so deep pages cost what first ones do.
 */
import { empty, join, type Prisma, sql, type Transaction } from '@tollgate/db';
import { escapeLike } from '@tollgate/identity';
import { invalidField } from '../framework/problem.ts';
import { findingCondition, type KeyFindingQuery } from './key-findings.ts';
import { type KeyRow, type KeyState, keyInclude } from './present-key.ts';

/** Keys without the value (they never expire, were never used, are revoked) stand behind the others, newest first. */
export const KEY_SORTS = ['created', 'name', 'lastUsed', 'expires', 'rotated'] as const;
export type KeySort = (typeof KEY_SORTS)[number];
export type SortDirection = 'asc' | 'desc';

export interface KeyFilter {
  readonly search?: string;
  /** Of these, those that fit the rest. */
  readonly ids?: readonly string[];
  readonly teamId?: string;
  readonly ownerId?: string;
  readonly state?: KeyState;
  /** `NAME` or `NAME=VALUE`. */
  readonly tag?: string;
  readonly finding?: KeyFindingQuery;
}

export interface KeyPageQuery extends KeyFilter {
  readonly sort: KeySort;
  readonly direction: SortDirection;
  /** What the page begins behind, as `cursorOf` made it. */
  readonly after?: readonly string[];
  readonly limit: number;
}

/** Above it, the term fits so many keys that walking them in the order of the list finds a page sooner. */
const TERM_MATCHES_MAX = 2_000;
const PART_LENGTH = 3;
const NEVER_USED = '0001-01-01';
/** Of a cursor: among those that do not have what is sorted by. */
const REST = 'rest';

export async function findKeys(
  tx: Transaction,
  organizationId: string,
  query: KeyPageQuery,
  nowMs: number,
): Promise<KeyRow[]> {
  const conditions = [
    sql`k.organization_id = ${organizationId}`,
    ...(await searchConditions(tx, query)),
    ...filterConditions(organizationId, query, new Date(nowMs)),
  ];
  const ids: string[] = [];
  for (const phase of phasesOf(query)) {
    const left = query.limit - ids.length;
    if (left === 0) break;
    const where = join([...conditions, ...phase.conditions], ' AND ');
    const found = await tx.$queryRaw<{ id: string }[]>`
      SELECT k.id FROM virtual_keys k WHERE ${where} ORDER BY ${phase.order} LIMIT ${left}`;
    ids.push(...found.map(({ id }) => id));
  }
  const rows = await tx.virtualKey.findMany({
    where: { organizationId, id: { in: ids } },
    include: keyInclude,
  });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** By name, by id, or by the beginning of the secret as the hint shows it; and by tag. */
async function searchConditions(tx: Transaction, { search, tag }: KeyFilter): Promise<Prisma.Sql[]> {
  const conditions: Prisma.Sql[] = [];
  if (search?.startsWith('key_')) conditions.push(sql`k.id = ${search}`);
  if (search?.startsWith('tgk_')) {
    conditions.push(sql`EXISTS (SELECT 1 FROM virtual_key_secrets s WHERE s.organization_id = k.organization_id
      AND s.key_id = k.id AND s.hint LIKE ${`${escapeLike(search.slice(0, 8))}%`})`);
  }
  const part = search === undefined || /^(key|tgk)_/.test(search) ? '' : search;
  // In letters, as the database counts: for less the index has no term, and would be read whole, of all organizations.
  if ([...part].length < PART_LENGTH && tag === undefined) {
    return part === '' ? conditions : [...conditions, nameHas(part)];
  }
  const found = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM find_keys_by_terms(${part}, ${tag ?? ''}, ${TERM_MATCHES_MAX + 1}::integer)`;
  if (found.length <= TERM_MATCHES_MAX) {
    return [...conditions, sql`k.id = ANY(${found.map(({ id }) => id)}::text[])`];
  }
  if (part !== '') conditions.push(nameHas(part));
  if (tag !== undefined) conditions.push(hasTag(tag));
  return conditions;
}

function nameHas(part: string): Prisma.Sql {
  return sql`strpos(k.name_key, lower(${part})) > 0`;
}

function hasTag(tag: string): Prisma.Sql {
  const equals = tag.indexOf('=');
  if (equals === -1) return sql`jsonb_exists(k.tags, ${tag})`;
  return sql`k.tags @> ${JSON.stringify({ [tag.slice(0, equals)]: tag.slice(equals + 1) })}::jsonb`;
}

function filterConditions(organizationId: string, query: KeyFilter, now: Date): Prisma.Sql[] {
  const { ids, teamId, ownerId, state, finding } = query;
  const conditions = [stateCondition(state, now)];
  if (ids !== undefined) conditions.push(sql`k.id = ANY(${[...ids]}::text[])`);
  if (teamId !== undefined) conditions.push(sql`k.team_id = ${teamId}`);
  if (ownerId?.startsWith('sa_')) conditions.push(sql`k.service_account_id = ${ownerId}`);
  else if (ownerId !== undefined) conditions.push(sql`k.member_id = ${ownerId}`);
  if (finding !== undefined) conditions.push(findingCondition(organizationId, finding, now));
  return conditions.filter((condition) => condition !== empty);
}

function stateCondition(state: KeyState | undefined, now: Date): Prisma.Sql {
  switch (state) {
    case undefined:
      return empty;
    case 'revoked':
      return sql`k.revoked_at IS NOT NULL`;
    case 'expired':
      return sql`k.revoked_at IS NULL AND k.expires_at <= ${now}`;
    case 'active':
      return sql`k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ${now})`;
    default:
      return state satisfies never;
  }
}

interface Phase {
  readonly conditions: readonly Prisma.Sql[];
  readonly order: Prisma.Sql;
}

/** Most orders are one walk; by last use it is two, because most keys of a large organization were never used. */
function phasesOf(query: KeyPageQuery): readonly Phase[] {
  const { sort, after } = query;
  const down = query.direction === 'desc';
  switch (sort) {
    case 'created':
      return [walk(sql`k.created_at`, sql`${instantOf(after)}::timestamptz`, down, after)];
    case 'name':
      return [walk(sql`k.name_key`, sql`${after?.[1] ?? ''}`, down, after)];
    case 'expires':
      return withRest(sql`k.expires_at`, sql`k.expires_at IS NOT NULL AND k.revoked_at IS NULL`, query);
    case 'rotated':
      return withRest(sql`k.rotated_at`, sql`k.revoked_at IS NULL`, query);
    case 'lastUsed':
      return lastUsedPhases(down, after);
    default:
      return sort satisfies never;
  }
}

function lastUsedPhases(down: boolean, after: readonly string[] | undefined): readonly Phase[] {
  const direction = down ? sql`DESC` : sql`ASC`;
  const afterUsed = after?.[0] === 'used' ? instantOf(after) : undefined;
  const used: Phase = {
    conditions: [
      sql`k.last_used_on > ${NEVER_USED}::date`,
      ...(afterUsed === undefined
        ? []
        : [
            // The day is what the index has; the instant decides within it.
            sql`k.last_used_on ${down ? sql`<=` : sql`>=`} ${afterUsed.slice(0, 10)}::date`,
            sql`(k.last_used_at, k.id) ${down ? sql`<` : sql`>`} (${afterUsed}::timestamptz, ${after?.[2] ?? ''})`,
          ]),
    ],
    order: sql`k.last_used_on ${direction}, k.last_used_at ${direction}, k.id ${direction}`,
  };
  const afterNever = after?.[0] === 'never' ? instantOf(after) : undefined;
  const never: Phase = {
    conditions: [
      sql`k.last_used_on = ${NEVER_USED}::date`,
      ...(afterNever === undefined
        ? []
        : [
            sql`(k.created_at, k.id) ${down ? sql`<` : sql`>`} (${afterNever}::timestamptz, ${after?.[2] ?? ''})`,
          ]),
    ],
    order: sql`k.created_at ${direction}, k.id ${direction}`,
  };
  const phases = down ? [used, never] : [never, used];
  if (after === undefined) return phases;
  return after[0] === (down ? 'never' : 'used') ? phases.slice(1) : phases;
}

function walk(
  column: Prisma.Sql,
  value: Prisma.Sql,
  down: boolean,
  after: readonly string[] | undefined,
): Phase {
  const direction = down ? sql`DESC` : sql`ASC`;
  return {
    conditions:
      after === undefined ? [] : [sql`(${column}, k.id) ${down ? sql`<` : sql`>`} (${value}, ${after[2]})`],
    order: sql`${column} ${direction}, k.id ${direction}`,
  };
}

/** First those that have the value, by it; then the others, newest first. */
function withRest(column: Prisma.Sql, has: Prisma.Sql, { sort, direction, after }: KeyPageQuery): Phase[] {
  const value = sql`${instantOf(after)}::timestamptz`;
  const first = walk(column, value, direction === 'desc', after?.[0] === sort ? after : undefined);
  const rest = walk(sql`k.created_at`, value, true, after?.[0] === REST ? after : undefined);
  const phases = [
    { ...first, conditions: [...first.conditions, has] },
    { ...rest, conditions: [...rest.conditions, sql`NOT (${has})`] },
  ];
  return after?.[0] === REST ? phases.slice(1) : phases;
}

/** Of a cursor, whose second part it is. @throws {ApiProblem} It is none. */
function instantOf(after: readonly string[] | undefined): string {
  const text = after?.[1] ?? '1970-01-01T00:00:00.000Z';
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw invalidField('query.cursor', 'is not a cursor of this list');
  return date.toISOString();
}

/** What the page after this row begins behind: kind, value, id. */
export function keyCursorOf(sort: KeySort, row: KeyRow): readonly [string, string, string] {
  switch (sort) {
    case 'created':
      return ['created', row.createdAt.toISOString(), row.id];
    case 'name':
      return ['name', row.nameKey ?? '', row.id];
    case 'expires':
      return row.expiresAt === null || row.revokedAt !== null
        ? [REST, row.createdAt.toISOString(), row.id]
        : ['expires', row.expiresAt.toISOString(), row.id];
    case 'rotated':
      return row.revokedAt !== null
        ? [REST, row.createdAt.toISOString(), row.id]
        : ['rotated', row.rotatedAt.toISOString(), row.id];
    case 'lastUsed':
      return row.lastUsedAt === null
        ? ['never', row.createdAt.toISOString(), row.id]
        : ['used', row.lastUsedAt.toISOString(), row.id];
    default:
      return sort satisfies never;
  }
}

/** @throws {ApiProblem} The cursor is of another order. */
export function assertCursorOf(sort: KeySort, after: readonly string[]): void {
  const kinds = sort === 'lastUsed' ? ['used', 'never'] : [sort, REST];
  if (!kinds.includes(after[0] ?? '')) throw invalidField('query.cursor', 'is not a cursor of this order');
}
