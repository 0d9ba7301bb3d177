/** How the requests of a key ended, day by day. Pure. */
import type { ChartRow } from '@tollgate/ui/charts';
import type { RequestsSummary } from '../requests/summary-types.ts';

const DAY_MS = 86_400_000;

/** What is metered, and what was refused before anything was: no meter counts it, and a throttled key would look quiet. */
export const METERED = ['succeeded', 'failed', 'aborted', 'interrupted'] as const;

export interface OutcomeUsage {
  readonly data: readonly { readonly start: string; readonly status: string; readonly attempts: number }[];
}

export type RefusedBuckets = Pick<RequestsSummary, 'buckets'>;

/**
 * One row for every day, days without use included: a gap is information.
 *
 * @param refused Of requests that had no attempt, in buckets that do not reach over midnight, UTC; undefined where requests may not be read.
 * @param from Midnight, UTC.
 */
export function outcomeRows(
  usage: OutcomeUsage['data'],
  refused: RefusedBuckets | undefined,
  days: number,
  from: string,
): ChartRow[] {
  const byDay = Map.groupBy(usage, ({ start }) => new Date(start).toISOString());
  const refusedOfDay = new Map<number, number>();
  for (const { start, ...counts } of refused?.buckets ?? []) {
    const day = Math.floor(Date.parse(start) / DAY_MS);
    // Nobody refused those whose client went away.
    const count = counts.refused + counts.failed;
    refusedOfDay.set(day, (refusedOfDay.get(day) ?? 0) + count);
  }
  return Array.from({ length: days }, (_, index) => {
    const atMs = Date.parse(from) + index * DAY_MS;
    const at = new Date(atMs).toISOString();
    const values = (byDay.get(at) ?? []).map(({ status, attempts }) => [status, attempts] as const);
    const count = refusedOfDay.get(Math.floor(atMs / DAY_MS)) ?? 0;
    return { at, values: { ...Object.fromEntries(values), ...(count > 0 && { refused: count }) } };
  });
}
