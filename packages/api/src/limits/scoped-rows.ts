/**
 * What a scope has seen, as SQL: the newest rows of an organization in a range, and those of them that fall under the
 * scope, each with the value that it counts for. Bounded before anything is filtered, so that a rare scope costs no more.
 */
import { empty, type Prisma, sql, type Transaction } from '@tollgate/db';
import type { Scope } from '@tollgate/limits';

export type RowSource = 'requests' | 'entries' | 'rollups';

export interface RowRange {
  readonly from: Date;
  readonly to: Date;
  /** Null: every one. */
  readonly model: string | null;
  readonly rowsMax: number;
}

export interface ScopedRows {
  /** Rows with `started_at`. */
  readonly looked: Prisma.Sql;
  /** Over those: `value, at`, and what the source has (`id`, `tokens`, `total_ms`; `requests`, `spent`). */
  scoped(looked: Prisma.Sql): Prisma.Sql;
}

export async function scopedRows(
  tx: Transaction,
  organizationId: string,
  scope: Scope,
  source: RowSource,
  range: RowRange,
): Promise<ScopedRows> {
  const teamIds =
    scope.type === 'team' && scope.id !== '*' ? await teamsBelow(tx, organizationId, scope.id) : [];
  const { value, condition, joined } = columnsOf(organizationId, scope, source, teamIds);
  return {
    looked: lookedAt(organizationId, scope, source, range),
    scoped: (looked) => sql`
      SELECT ${value} AS value, started_at AS at, ${OUTPUT[source]} FROM ${looked} ${joined} WHERE ${condition}`,
  };
}

const OUTPUT: Readonly<Record<RowSource, Prisma.Sql>> = {
  requests: sql`request_id AS id, total_ms`,
  entries: sql`request_id AS id, tokens`,
  rollups: sql`requests, spent`,
};

async function teamsBelow(tx: Transaction, organizationId: string, teamId: string): Promise<string[]> {
  const teams = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM teams WHERE organization_id = ${organizationId} AND ${teamId} = ANY(string_to_array(path, '/'))`;
  return teams.map(({ id }) => id);
}

/** Keys and teams have indexes of their own; everything else is found among the newest rows. */
function lookedAt(
  organizationId: string,
  scope: Scope,
  source: RowSource,
  { from, to, model, rowsMax }: RowRange,
): Prisma.Sql {
  const ofKey = scope.type === 'key' && scope.id !== '*' ? sql`AND key_id = ${scope.id}` : empty;
  const ofModel = model === null ? empty : sql`AND model = ${model}`;
  switch (source) {
    case 'requests':
      return sql`SELECT * FROM request_logs WHERE organization_id = ${organizationId} AND started_at >= ${from} AND started_at < ${to}
        AND (attempts > 0 OR error_code = 'rate_limit_exceeded') ${ofKey} ${ofModel}
        ORDER BY started_at DESC LIMIT ${rowsMax}`;
    case 'entries':
      return sql`SELECT started_at, request_id, team_id, key_id, member_id, service_account_id, end_user, tags, model,
          input_tokens + cached_input_tokens + cache_write5m_tokens + cache_write1h_tokens + audio_input_tokens
            + output_tokens + reasoning_tokens + audio_output_tokens AS tokens
        FROM usage_entries WHERE organization_id = ${organizationId} AND started_at >= ${from} AND started_at < ${to} AND entry = 0
        ${ofKey} ${ofModel} ORDER BY started_at DESC LIMIT ${rowsMax}`;
    case 'rollups':
      return rollupsOf(organizationId, scope, { from, to, rowsMax }, ofKey);
    default:
      return source satisfies never;
  }
}

function rollupsOf(
  organizationId: string,
  scope: Scope,
  { from, to, rowsMax }: Omit<RowRange, 'model'>,
  ofKey: Prisma.Sql,
): Prisma.Sql {
  const range = sql`organization_id = ${organizationId} AND bucket_start >= ${from} AND bucket_start < ${to}`;
  if (scope.type === 'endUser') {
    return sql`SELECT bucket_start AS started_at, end_user, requests, spent_pico_usd AS spent FROM end_user_rollups WHERE ${range}
      ORDER BY bucket_start DESC LIMIT ${rowsMax}`;
  }
  if (scope.type === 'tag') {
    const [name] = scope.id.split('=');
    return sql`SELECT bucket_start AS started_at, tag_name, tag_value, requests, spent_pico_usd AS spent FROM tag_rollups WHERE ${range}
      ${scope.id === '*' ? empty : sql`AND tag_name = ${name}`} ORDER BY bucket_start DESC LIMIT ${rowsMax}`;
  }
  return sql`SELECT bucket_start AS started_at, team_id, key_id, member_id, service_account_id, model, requests,
      CASE WHEN credential_owner = 'operator' THEN charge_pico_usd ELSE cost_pico_usd END AS spent
    FROM usage_rollups WHERE ${range} ${ofKey} ORDER BY bucket_start DESC LIMIT ${rowsMax}`;
}

interface ScopeColumns {
  readonly value: Prisma.Sql;
  readonly condition: Prisma.Sql;
  readonly joined: Prisma.Sql;
}

const COLUMN = {
  key: sql`key_id`,
  member: sql`member_id`,
  serviceAccount: sql`service_account_id`,
  endUser: sql`end_user`,
  model: sql`model`,
} as const;

function columnsOf(
  organizationId: string,
  scope: Scope,
  source: RowSource,
  teamIds: readonly string[],
): ScopeColumns {
  const each = (column: Prisma.Sql): ScopeColumns => ({
    value: column,
    condition: scope.id === '*' ? sql`${column} <> ''` : sql`${column} = ${scope.id}`,
    joined: empty,
  });
  switch (scope.type) {
    case 'organization':
      return { value: sql`${organizationId}::text`, condition: sql`true`, joined: empty };
    case 'team':
      if (scope.id === '*') return each(sql`team_id`);
      return {
        value: sql`${scope.id}::text`,
        condition: sql`team_id = ANY(${[...teamIds]}::text[])`,
        joined: empty,
      };
    case 'tag':
      return source === 'rollups' ? rolledTag(scope.id) : tagOf(scope.id);
    default:
      return each(COLUMN[scope.type]);
  }
}

function tagOf(id: string): ScopeColumns {
  const value = sql`t.key || '=' || t.value`;
  const joined = sql`CROSS JOIN LATERAL jsonb_each_text(tags) t`;
  if (id === '*') return { value, condition: sql`true`, joined };
  if (id.endsWith('=*')) return { value, condition: sql`t.key = ${id.slice(0, -2)}`, joined };
  return { value, condition: sql`t.key || '=' || t.value = ${id}`, joined };
}

function rolledTag(id: string): ScopeColumns {
  const value = sql`tag_name || '=' || tag_value`;
  const isOne = id !== '*' && !id.endsWith('=*');
  return { value, condition: isOne ? sql`tag_name || '=' || tag_value = ${id}` : sql`true`, joined: empty };
}
