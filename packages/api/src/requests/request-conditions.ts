/**
 * The terms of a query as SQL over `r` (request_logs) and `u` (what its entries sum to).
 *
 * Names of keys and teams are looked up once, not per request: a log of millions is read beside lists of half a
 * million keys.
 */
import { type Prisma, sql, type Transaction } from '@tollgate/db';
import type { Comparison, RequestFilter, TextField } from './request-query.ts';

export interface RequestConditions {
  /** What an index follows in the order of time. */
  readonly scan: readonly Prisma.Sql[];
  /** What each scanned request is asked. */
  readonly filters: readonly Prisma.Sql[];
  /** What its entries are asked. */
  readonly entryFilters: readonly Prisma.Sql[];
}

/** More than these are left to the database, as a set of their own. */
const MAX_NAMED_IDS = 1_000;

export async function toConditions(
  tx: Transaction,
  organizationId: string,
  filters: readonly RequestFilter[],
): Promise<RequestConditions> {
  const scan: Prisma.Sql[] = [];
  const others: Prisma.Sql[] = [];
  const entryFilters: Prisma.Sql[] = [];
  for (const filter of filters) {
    if (isNamed(filter)) {
      const ids = await findNamedIds(tx, organizationId, filter);
      // One key has an index of its own; several would have to be sorted.
      if (filter.field === 'key' && ids.length === 1 && !filter.negated) scan.push(sql`r.key_id = ${ids[0]}`);
      else others.push(negate(filter, namedCondition(organizationId, filter, ids)));
    } else if (filter.kind === 'cost' || (filter.kind === 'flag' && filter.field === 'estimated')) {
      entryFilters.push(toCondition(filter));
    } else {
      others.push(toCondition(filter));
    }
  }
  return { scan, filters: others, entryFilters };
}

type NamedFilter = RequestFilter & { readonly kind: 'text'; readonly field: 'key' | 'team' };

function isNamed(filter: RequestFilter): filter is NamedFilter {
  return filter.kind === 'text' && (filter.field === 'key' || filter.field === 'team');
}

/** At most one more than `MAX_NAMED_IDS`. A whole id stands for itself, whether it is known or not. */
async function findNamedIds(
  tx: Transaction,
  organizationId: string,
  filter: NamedFilter,
): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<
    { id: string }[]
  >`${selectNamed(organizationId, filter)} LIMIT ${MAX_NAMED_IDS + 1}`;
  if (rows.length === 0 && !filter.value.includes('*')) return [filter.value];
  return rows.map(({ id }) => id);
}

function namedCondition(organizationId: string, filter: NamedFilter, ids: readonly string[]): Prisma.Sql {
  const column = filter.field === 'key' ? sql`r.key_id` : sql`r.team_id`;
  if (ids.length > MAX_NAMED_IDS) return sql`${column} IN (${selectNamed(organizationId, filter)})`;
  return sql`${column} = ANY (${[...ids]}::text[])`;
}

function selectNamed(organizationId: string, { field, value }: NamedFilter): Prisma.Sql {
  return field === 'key'
    ? sql`SELECT n.id FROM virtual_keys n WHERE n.organization_id = ${organizationId}
        AND (${matches(sql`n.id`, value)} OR ${matches(sql`n.name`, value)})`
    : sql`SELECT n.id FROM teams n WHERE n.organization_id = ${organizationId}
        AND (${matches(sql`n.id`, value)} OR ${matches(sql`n.slug`, value)} OR ${matches(sql`n.name`, value)})`;
}

function toCondition(filter: RequestFilter): Prisma.Sql {
  return negate(filter, positiveCondition(filter));
}

function negate({ negated }: RequestFilter, condition: Prisma.Sql): Prisma.Sql {
  return negated ? sql`NOT COALESCE(${condition}, false)` : condition;
}

function positiveCondition(filter: RequestFilter): Prisma.Sql {
  switch (filter.kind) {
    case 'text':
      return textCondition(filter.field, filter.value);
    case 'number':
      return compare(NUMBER_COLUMN[filter.field], filter.comparison, sql`${filter.value}::int`);
    case 'cost':
      return compare(sql`u.cost`, filter.comparison, sql`${filter.picoUsd.toString()}::numeric`);
    case 'tag':
      return filter.value === null
        ? sql`r.tags ? ${filter.name}`
        : sql`r.tags ->> ${filter.name} = ${filter.value}`;
    case 'flag':
      return sql`${FLAG_COLUMN[filter.field]} = ${filter.value}`;
    default:
      return filter satisfies never;
  }
}

const NUMBER_COLUMN = { status: sql`r.status`, latency: sql`r.total_ms`, attempts: sql`r.attempts` } as const;
const FLAG_COLUMN = {
  streamed: sql`r.streamed`,
  livemode: sql`r.livemode`,
  translated: sql`r.translated`,
  estimated: sql`u.estimated`,
} as const;

const COMPARE: Readonly<Record<Comparison, Prisma.Sql>> = {
  '=': sql`=`,
  '>': sql`>`,
  '>=': sql`>=`,
  '<': sql`<`,
  '<=': sql`<=`,
};

function compare(column: Prisma.Sql, comparison: Comparison, value: Prisma.Sql): Prisma.Sql {
  return sql`${column} ${COMPARE[comparison]} ${value}`;
}

function textCondition(field: TextField, value: string): Prisma.Sql {
  switch (field) {
    case 'id':
      return matches(sql`r.request_id`, value);
    case 'key':
      return matches(sql`r.key_id`, value);
    case 'team':
      return matches(sql`r.team_id`, value);
    case 'member':
      return sql`(${matches(sql`r.member_id`, value)} OR ${matches(sql`r.service_account_id`, value)})`;
    case 'model':
      return sql`(${matches(sql`r.model`, value)} OR ${matches(sql`r.requested_model`, value)})`;
    case 'provider':
      return matches(sql`r.provider`, value);
    case 'user':
      return matches(sql`r.end_user`, value);
    case 'session':
      return matches(sql`r.session_id`, value);
    case 'endpoint':
      return matches(sql`r.endpoint`, value);
    case 'format':
      return matches(sql`r.provider_format`, value);
    case 'unsupported':
      return sql`EXISTS (SELECT 1 FROM unnest(r.unsupported) AS parameter WHERE ${matches(sql`parameter`, value)})`;
    case 'error':
      return matches(sql`r.error_code`, value);
    default:
      return field satisfies never;
  }
}

/** Equal, or with `*` for any characters. LIKE has no backtracking to speak of: no pattern hurts. */
function matches(column: Prisma.Sql, value: string): Prisma.Sql {
  if (!value.includes('*')) return sql`${column} = ${value}`;
  const pattern = value.replaceAll(/[\\%_]/g, (character) => `\\${character}`).replaceAll(/\*+/g, '%');
  return sql`${column} LIKE ${pattern}`;
}
