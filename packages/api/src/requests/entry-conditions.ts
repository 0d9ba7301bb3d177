/**
 * Terms about attempts as SQL over their usage entries.
 *
 * Usage counts each attempt under its own model, provider and credential, whichever of them answered in the end: terms
 * that stand together hold of the same entry, or the requests behind a row of usage would not be those that it counts.
 */
import { join, type Prisma, sql } from '@tollgate/db';
import { matches } from './match-text.ts';
import type { RequestFilter, TextField } from './request-query.ts';

const ENTRY_COLUMN = {
  outcome: sql`e.status`,
  credential: sql`e.credential_id`,
  costcenter: sql`e.cost_center`,
  attemptmodel: sql`e.model`,
  attemptprovider: sql`e.provider`,
} as const satisfies Partial<Record<TextField, Prisma.Sql>>;
export type EntryField = keyof typeof ENTRY_COLUMN;

export type EntryFilter = RequestFilter & { readonly kind: 'text'; readonly field: EntryField };
/** About the request, or what its entries sum to. */
export type OtherFilter =
  | Exclude<RequestFilter, { readonly kind: 'text' }>
  | (RequestFilter & { readonly kind: 'text'; readonly field: Exclude<TextField, EntryField> });

export function isEntryFilter(filter: RequestFilter): filter is EntryFilter {
  return filter.kind === 'text' && Object.hasOwn(ENTRY_COLUMN, filter.field);
}

export function isOtherFilter(filter: RequestFilter): filter is OtherFilter {
  return !isEntryFilter(filter);
}

/** A field that is asked again is asked of another entry, which may be the same one: failed here, succeeded there. */
export function entryConditions(filters: readonly EntryFilter[]): Prisma.Sql[] {
  const entries: Map<EntryField, Prisma.Sql>[] = [];
  const conditions: Prisma.Sql[] = [];
  for (const { field, values, negated } of filters) {
    const condition = matches(ENTRY_COLUMN[field], values);
    if (negated) {
      conditions.push(sql`NOT ${anyEntry(condition)}`);
      continue;
    }
    const free = entries.find((asked) => !asked.has(field));
    if (free === undefined) entries.push(new Map([[field, condition]]));
    else free.set(field, condition);
  }
  return [...conditions, ...entries.map((asked) => anyEntry(join([...asked.values()], ' AND ')))];
}

function anyEntry(condition: Prisma.Sql): Prisma.Sql {
  return sql`EXISTS (SELECT 1 FROM usage_entries e WHERE e.organization_id = r.organization_id
    AND e.started_at = r.started_at AND e.request_id = r.request_id AND ${condition})`;
}
