/**
 * The terms of a query as SQL over `r` (request_logs) and `u` (what its entries sum to).
 *
 * One term that an index knows leads the search; all others are asked of each row that it finds, and those rows are
 * counted and bounded (request-store.ts). Names of keys and teams are looked up once, not per request: a log of millions is read
 * beside lists of half a million keys.
 */
import { join, type Prisma, sql, type Transaction } from '@tollgate/db';
import { parseId } from '@tollgate/ids';
import {
  type EntryField,
  entryConditions,
  isEntryFilter,
  isOtherFilter,
  type OtherFilter,
} from './entry-conditions.ts';
import { matches } from './match-text.ts';
import type { Comparison, RequestFilter, TextField, ValueTest } from './request-query.ts';

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
/** Names that have a part in common: more are not looked at one by one. */
const MAX_CANDIDATES = 2_000;
/** What the index of names knows: three letters in a row. */
const PART_LENGTH = 3;

export async function toConditions(
  tx: Transaction,
  organizationId: string,
  filters: readonly RequestFilter[],
): Promise<RequestConditions> {
  const others: Prisma.Sql[] = [];
  const ofSums: Prisma.Sql[] = [];
  const leads: Lead[] = [];
  for (const filter of filters.filter(isOtherFilter)) {
    let condition: Prisma.Sql;
    if (isNamed(filter)) {
      const ids = await findNamedIds(tx, organizationId, filter);
      condition = negate(filter, namedCondition(organizationId, filter, ids));
      // One key has an index of its own; several would have to be sorted.
      if (filter.field === 'key' && ids.length === 1 && !filter.negated) {
        leads.push({ rank: 3, scan: sql`r.key_id = ${ids[0]}`, whole: condition });
      }
    } else {
      condition = negate(filter, positiveCondition(filter));
      const lead = leadOf(filter);
      if (lead !== undefined) leads.push({ ...lead, ...(lead.isWhole && { whole: condition }) });
    }
    (isAboutSums(filter) ? ofSums : others).push(condition);
  }
  const [first] = leads.toSorted((left, right) => left.rank - right.rank);
  return {
    scan: first === undefined ? [] : [first.scan],
    // What the index says already is not asked again.
    filters: others.filter((condition) => condition !== first?.whole),
    entryFilters: [...ofSums, ...entryConditions(filters.filter(isEntryFilter))],
  };
}

/** A term that an index finds without reading what lies between. */
interface Lead {
  /** The fewest rows first. */
  readonly rank: number;
  readonly scan: Prisma.Sql;
  /** The condition that `scan` says whole. */
  readonly whole?: Prisma.Sql;
}

function leadOf(filter: RequestFilter): (Lead & { readonly isWhole: boolean }) | undefined {
  if (filter.negated) return undefined;
  if (filter.kind === 'number' && filter.field === 'status' && filter.tests.every(isError)) {
    const [only] = filter.tests;
    const isWhole =
      filter.tests.length === 1 &&
      only?.kind === 'compare' &&
      (only.comparison === '>=' ? only.value === 400 : only.comparison === '>' && only.value === 399);
    return { rank: 4, scan: sql`r.status >= 400`, isWhole };
  }
  if (filter.kind !== 'text' || filter.values.length !== 1) return undefined;
  const [value = ''] = filter.values;
  if (value === '' || value.includes('*')) return undefined;
  switch (filter.field) {
    case 'id': {
      // The id names its time, and the time its partition.
      const parsed = parseId('request', value);
      if (parsed === undefined) return undefined;
      const scan = sql`r.started_at = ${new Date(parsed.timeMs)} AND r.request_id = ${value}`;
      return { rank: 0, scan, isWhole: true };
    }
    // The comparison with nothing tells the planner that the index, which leaves nothing out, has every row.
    case 'session':
      return { rank: 1, scan: sql`r.session_id = ${value} AND r.session_id <> ''`, isWhole: true };
    case 'user':
      return { rank: 2, scan: sql`r.end_user = ${value} AND r.end_user <> ''`, isWhole: true };
    default:
      return undefined;
  }
}

function isError(test: ValueTest<number>): boolean {
  switch (test.kind) {
    case 'class':
      return test.hundreds >= 4;
    case 'between':
      return test.from !== null && test.from >= 400;
    case 'compare':
      if (test.comparison === '>') return test.value >= 399;
      return (test.comparison === '>=' || test.comparison === '=') && test.value >= 400;
    default:
      return test satisfies never;
  }
}

/** Whether the answer is what the usage entries sum to, and does not stand in the log. */
function isAboutSums(filter: RequestFilter): boolean {
  return (
    filter.kind === 'cost' ||
    (filter.kind === 'number' && filter.field === 'tokens') ||
    (filter.kind === 'flag' && filter.field === 'estimated')
  );
}

type NamedFilter = OtherFilter & { readonly kind: 'text'; readonly field: 'key' | 'team' };

function isNamed(filter: OtherFilter): filter is NamedFilter {
  return filter.kind === 'text' && (filter.field === 'key' || filter.field === 'team');
}

/** At most one more than `MAX_NAMED_IDS`. A whole id stands for itself, whether it is known or not. */
async function findNamedIds(
  tx: Transaction,
  organizationId: string,
  filter: NamedFilter,
): Promise<readonly string[]> {
  const byIndex = filter.field === 'key' ? await findSelectByIndex(tx, organizationId, filter) : undefined;
  const select = byIndex ?? selectNamed(organizationId, filter);
  const rows = await tx.$queryRaw<{ id: string }[]>`${select} LIMIT ${MAX_NAMED_IDS + 1}`;
  const whole = filter.values.filter((value) => !value.includes('*'));
  const known = new Set(rows.map(({ id }) => id));
  if (rows.length > MAX_NAMED_IDS) return [...known];
  const prefix = filter.field === 'key' ? 'key_' : 'team_';
  const unknown = whole.filter((value) => value === '' || (value.startsWith(prefix) && !known.has(value)));
  return [...known, ...unknown, ...(rows.length + unknown.length === 0 ? whole : [])];
}

function namedCondition(organizationId: string, filter: NamedFilter, ids: readonly string[]): Prisma.Sql {
  const column = filter.field === 'key' ? sql`r.key_id` : sql`r.team_id`;
  if (ids.length > MAX_NAMED_IDS) return sql`${column} IN (${selectNamed(organizationId, filter)})`;
  return sql`${column} = ANY (${[...ids]}::text[])`;
}

function selectNamed(organizationId: string, { field, values }: NamedFilter): Prisma.Sql {
  return field === 'key'
    ? sql`SELECT n.id FROM virtual_keys n WHERE n.organization_id = ${organizationId}
        AND (${matches(sql`n.id`, values.filter(isKeyId))} OR ${namesKey(values)})`
    : sql`SELECT n.id FROM teams n WHERE n.organization_id = ${organizationId}
        AND (${matches(sql`n.id`, values)} OR ${matches(sql`n.slug`, values)} OR ${matches(sql`n.name`, values)})`;
}

/** Patterns are asked of names, and of ids only where they begin as one. */
function isKeyId(value: string): boolean {
  return !value.includes('*') || value.startsWith('key_');
}

/**
 * Keys by patterns that the index of names narrows down: half a million names are not read for a few.
 *
 * @returns Undefined where it cannot, or where too many have that part in common.
 */
async function findSelectByIndex(
  tx: Transaction,
  organizationId: string,
  { values }: NamedFilter,
): Promise<Prisma.Sql | undefined> {
  const patterns = values.filter((value) => value.includes('*'));
  if (patterns.length === 0 || patterns.some(isKeyId)) return undefined;
  const candidates = new Set<string>();
  for (const pattern of patterns) {
    const part = longestPart(pattern);
    if ([...part].length < PART_LENGTH) return undefined;
    const found = await tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM find_keys_by_terms(${part}, '', ${MAX_CANDIDATES + 1}::integer)`;
    for (const { id } of found) candidates.add(id);
    if (candidates.size > MAX_CANDIDATES) return undefined;
  }
  const whole = values.filter((value) => !value.includes('*'));
  return sql`SELECT n.id FROM virtual_keys n WHERE n.organization_id = ${organizationId}
    AND ((n.id = ANY (${[...candidates]}::text[]) AND ${matches(sql`n.name`, patterns)})
      OR n.id = ANY (${whole}::text[]) OR ${namesKey(whole)})`;
}

/** The longest run of characters between the stars. */
function longestPart(pattern: string): string {
  return pattern.split('*').reduce((longest, part) => (part.length > longest.length ? part : longest), '');
}

/** Whole names through the index of lower-case ones. */
function namesKey(values: readonly string[]): Prisma.Sql {
  const whole = values.filter((value) => !value.includes('*'));
  const patterns = values.filter((value) => value.includes('*'));
  const named = sql`(n.name_key = ANY (ARRAY(SELECT lower(v) FROM unnest(${whole}::text[]) AS v)) AND n.name = ANY (${whole}::text[]))`;
  return patterns.length === 0 ? named : sql`(${named} OR ${matches(sql`n.name`, patterns)})`;
}

function negate({ negated }: RequestFilter, condition: Prisma.Sql): Prisma.Sql {
  return negated ? sql`NOT COALESCE(${condition}, false)` : condition;
}

function positiveCondition(filter: OtherFilter): Prisma.Sql {
  switch (filter.kind) {
    case 'text':
      return textCondition(filter.field, filter.values);
    case 'number':
      return anyOf(filter.tests, (test) =>
        compare(NUMBER_COLUMN[filter.field], test, (value) => sql`${value}::int`),
      );
    case 'cost':
      return anyOf(filter.tests, (test) =>
        compare(sql`u.spent`, test, (value) => sql`${value.toString()}::numeric`),
      );
    case 'tag':
      return filter.values === null
        ? sql`r.tags ? ${filter.name}`
        : matches(sql`(r.tags ->> ${filter.name})`, filter.values);
    case 'flag':
      return sql`${FLAG_COLUMN[filter.field]} = ${filter.value}`;
    default:
      return filter satisfies never;
  }
}

const NUMBER_COLUMN = {
  status: sql`r.status`,
  latency: sql`r.total_ms`,
  ttft: sql`r.first_token_ms`,
  attempts: sql`r.attempts`,
  tokens: sql`(u.input + u.cached + u.written + u.output + u.reasoning)`,
} as const;
const FLAG_COLUMN = {
  streamed: sql`r.streamed`,
  livemode: sql`r.livemode`,
  translated: sql`r.translated`,
  refused: sql`(r.refusal IS NOT NULL)`,
  estimated: sql`u.estimated`,
} as const;

const COMPARE: Readonly<Record<Comparison, Prisma.Sql>> = {
  '=': sql`=`,
  '>': sql`>`,
  '>=': sql`>=`,
  '<': sql`<`,
  '<=': sql`<=`,
};

function anyOf<V>(tests: readonly V[], toSql: (test: V) => Prisma.Sql): Prisma.Sql {
  return sql`(${join(tests.map(toSql), ' OR ')})`;
}

function compare<V>(column: Prisma.Sql, test: ValueTest<V>, bind: (value: V) => Prisma.Sql): Prisma.Sql {
  switch (test.kind) {
    case 'compare':
      return sql`${column} ${COMPARE[test.comparison]} ${bind(test.value)}`;
    case 'between': {
      const ends = [
        ...(test.from === null ? [] : [sql`${column} >= ${bind(test.from)}`]),
        ...(test.to === null ? [] : [sql`${column} <= ${bind(test.to)}`]),
      ];
      return sql`(${join(ends, ' AND ')})`;
    }
    case 'class':
      return sql`${column} / 100 = ${test.hundreds}::int`;
    default:
      return test satisfies never;
  }
}

/** That answered in the end; where nothing did, the one that was asked for. */
export const servedModel = sql`COALESCE(NULLIF(r.model, ''), r.requested_model)`;
/** As usage groups: a key is a member's, a service account's, or nobody's. */
const ownerOfKey = sql`COALESCE(NULLIF(r.member_id, ''), r.service_account_id)`;
const routeId = sql`COALESCE(r.route->>'id', r.substitution#>>'{route,id}', '')`;
const routeName = sql`COALESCE(r.route->>'name', r.substitution#>>'{route,name}', '')`;

function textCondition(field: Exclude<TextField, EntryField>, values: readonly string[]): Prisma.Sql {
  switch (field) {
    case 'id':
      return matches(sql`r.request_id`, values);
    case 'key':
      return matches(sql`r.key_id`, values);
    case 'team':
      return matches(sql`r.team_id`, values);
    case 'member':
      return matches(ownerOfKey, values);
    case 'model':
      return sql`(${matches(sql`r.model`, values)} OR ${matches(sql`r.requested_model`, values)})`;
    case 'served':
      return matches(servedModel, values);
    case 'provider':
      return matches(sql`r.provider`, values);
    case 'user':
      return matches(sql`r.end_user`, values);
    case 'session':
      return matches(sql`r.session_id`, values);
    case 'endpoint':
      return matches(sql`r.endpoint`, values);
    case 'dialect':
      return matches(sql`r.dialect`, values);
    case 'format':
      return matches(sql`r.provider_format`, values);
    case 'unsupported':
      return sql`EXISTS (SELECT 1 FROM unnest(r.unsupported) AS parameter WHERE ${matches(sql`parameter`, values)})`;
    case 'route':
      // By none: no name, so that its opposite finds it. Also those that a budget's substitute took over from it.
      return sql`(${matches(routeId, values)} OR ${matches(routeName, values)})`;
    case 'error':
      return matches(sql`r.error_code`, values);
    case 'ip':
      return matches(sql`r.client_address`, values);
    default:
      return field satisfies never;
  }
}
