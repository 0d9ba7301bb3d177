/**
 * What a search looks like as a whole: requests over time by outcome, and how many of each model, key and so on.
 *
 * Counts what it looks at, newest first, and says how far it came: a range may hold tens of millions. Nothing is
 * estimated. One pass over the rows answers everything.
 */
import { empty, join, type Prisma, sql, type Transaction } from '@tollgate/db';
import { servedModel, toConditions } from './request-conditions.ts';
import type { RequestFilter } from './request-query.ts';
import { entriesOfRow, newestRows, SCAN_WITH_ENTRIES_MAX, scanOf } from './request-store.ts';

export const OUTCOMES = ['succeeded', 'refused', 'failed', 'aborted'] as const;
export type RequestOutcome = (typeof OUTCOMES)[number];
export const FACETS = ['status', 'model', 'provider', 'key', 'team', 'error', 'endpoint'] as const;
export type RequestFacet = (typeof FACETS)[number];

export interface SummaryQuestion {
  readonly from: Date;
  readonly to: Date;
  readonly filters: readonly RequestFilter[];
  /** How many logged requests are looked at. */
  readonly scanMax: number;
}

export interface FacetValue {
  readonly value: string;
  readonly requests: number;
}

export interface RequestsSummary {
  readonly bucketSeconds: number;
  readonly buckets: readonly {
    readonly start: Date;
    readonly outcome: RequestOutcome;
    readonly requests: number;
  }[];
  /** The most frequent values of each. */
  readonly facets: Readonly<Record<RequestFacet, readonly FacetValue[]>>;
  readonly matched: number;
  readonly looked: number;
  /** Set where there is more in the range than was looked at. */
  readonly lookedTo: Date | undefined;
}

/** Values of a facet that are worth showing. */
const VALUES_MAX = 12;
const BUCKETS_WANTED = 72;
const STEPS_SECONDS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800,
  604_800,
];

/** A width that makes a readable number of buckets. */
export function bucketSecondsOf(from: Date, to: Date): number {
  const seconds = (to.getTime() - from.getTime()) / 1_000;
  return STEPS_SECONDS.find((step) => seconds / step <= BUCKETS_WANTED) ?? STEPS_SECONDS.at(-1)!;
}

interface CountRow {
  readonly facet: RequestFacet | 'bucket';
  readonly value: string;
  readonly outcome: RequestOutcome | null;
  readonly start: Date | null;
  readonly requests: number;
}

export async function summarizeRequests(
  tx: Transaction,
  organizationId: string,
  question: SummaryQuestion,
): Promise<RequestsSummary> {
  const { from, to } = question;
  const { scan, filters, entryFilters } = await toConditions(tx, organizationId, question.filters);
  const scanMax =
    entryFilters.length > 0 ? Math.min(question.scanMax, SCAN_WITH_ENTRIES_MAX) : question.scanMax;
  const scanned = scanOf(organizationId, { from, to }, scan);
  const bucketSeconds = bucketSecondsOf(from, to);
  const [depth] = await tx.$queryRaw<{ looked: number; lookedTo: Date | null }[]>`
    SELECT count(*)::int AS looked, min(s.started_at) AS "lookedTo"
    FROM (${newestRows(sql`r.started_at`, scanned, scanMax)}) s`;
  const looked = depth?.looked ?? 0;
  const found = sql`
    SELECT r.* FROM (${newestRows(sql`r.*`, scanned, scanMax)}) r
    ${entryFilters.length > 0 ? entriesOfRow : empty}
    ${whereAll([...filters, ...entryFilters])}`;
  const rows = await tx.$queryRaw<CountRow[]>`${countsOf(found, bucketSeconds)}`;
  const buckets = rows.flatMap(({ facet, start, outcome, requests }) =>
    facet === 'bucket' && start !== null && outcome !== null ? [{ start, outcome, requests }] : [],
  );
  const valuesOf = (name: RequestFacet) =>
    rows.filter(({ facet }) => facet === name).map(({ value, requests }) => ({ value, requests }));
  return {
    bucketSeconds,
    buckets,
    facets: {
      status: valuesOf('status'),
      model: valuesOf('model'),
      provider: valuesOf('provider'),
      key: valuesOf('key'),
      team: valuesOf('team'),
      error: valuesOf('error'),
      endpoint: valuesOf('endpoint'),
    },
    matched: buckets.reduce((sum, { requests }) => sum + requests, 0),
    looked,
    lookedTo: looked < scanMax ? undefined : (depth?.lookedTo ?? undefined),
  };
}

function whereAll(conditions: readonly Prisma.Sql[]): Prisma.Sql {
  return conditions.length === 0 ? empty : sql`WHERE ${join(conditions, ' AND ')}`;
}

/** Every grouping in one pass; of each but time only the most frequent values. */
function countsOf(found: Prisma.Sql, bucketSeconds: number): Prisma.Sql {
  return sql`
    SELECT facet, value, outcome, start, requests FROM (
      SELECT g.*, row_number() OVER (PARTITION BY facet ORDER BY requests DESC, value) AS place FROM (
        SELECT
          CASE WHEN GROUPING(f.start) = 0 THEN 'bucket' WHEN GROUPING(f.status) = 0 THEN 'status'
            WHEN GROUPING(f.model) = 0 THEN 'model' WHEN GROUPING(f.provider) = 0 THEN 'provider'
            WHEN GROUPING(f.key_id) = 0 THEN 'key' WHEN GROUPING(f.team_id) = 0 THEN 'team'
            WHEN GROUPING(f.error_code) = 0 THEN 'error' ELSE 'endpoint' END AS facet,
          COALESCE(f.status, f.model, f.provider, f.key_id, f.team_id, f.error_code, f.endpoint, '') AS value,
          f.outcome, f.start, count(*)::int AS requests
        FROM (
          SELECT date_bin(make_interval(secs => ${bucketSeconds}::int), r.started_at, TIMESTAMPTZ '2001-01-01 00:00:00Z') AS start,
            CASE WHEN r.status = 499 THEN 'aborted' WHEN r.status >= 500 THEN 'failed'
              WHEN r.status >= 400 THEN 'refused' ELSE 'succeeded' END AS outcome,
            r.status::text AS status, ${servedModel} AS model, r.provider, r.key_id,
            r.team_id, r.error_code, r.endpoint
          FROM (${found}) r) f
        GROUP BY GROUPING SETS ((f.start, f.outcome), (f.status), (f.model), (f.provider), (f.key_id), (f.team_id),
          (f.error_code), (f.endpoint))) g) ranked
    WHERE facet = 'bucket' OR (place <= ${VALUES_MAX} AND value <> '')
    ORDER BY facet, start, requests DESC, value`;
}
