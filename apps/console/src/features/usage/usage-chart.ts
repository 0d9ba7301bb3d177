/** Turns rows of `GET /usage` into what a chart draws. Sums stay exact: values are passed on as they came. */
import type { UsageRow } from '@tollgate/api';
import { type ChartRow, type ChartSeries, OTHER_KEY } from '@tollgate/ui/charts';
import type { Dimension } from './usage-types.ts';

/** What a row is grouped by: a dimension, a tag (`tag:NAME`), or nothing. */
export type GroupBy = Dimension | `tag:${string}` | 'none';

/** The key of the one series where nothing is grouped. */
export const ALL_KEY = 'all';

/** The key of all groups but those that were asked for. */
export const REST_KEY = '\u001erest';

/** One grouping, or several together. */
export type Grouped = GroupBy | readonly GroupBy[];

/** Between the parts of a key that has several: no value that people or programs send. */
const KEY_PARTS = '\u001f';

export function groupsOf(grouped: Grouped): readonly GroupBy[] {
  return typeof grouped === 'string' ? [grouped] : grouped.length === 0 ? ['none'] : grouped;
}

export function groupKeyOf(row: UsageRow, grouped: Grouped): string {
  if (row.rest === true) return REST_KEY;
  return groupsOf(grouped)
    .map((groupBy) => partKeyOf(row, groupBy))
    .join(KEY_PARTS);
}

export function groupNameOf(row: UsageRow, grouped: Grouped, noneLabel: string): string {
  return groupsOf(grouped)
    .map((groupBy) => partNameOf(row, groupBy, noneLabel))
    .join(' · ');
}

/** What a row says of one dimension. */
export function partKeyOf(row: UsageRow, groupBy: GroupBy): string {
  if (groupBy === 'none') return ALL_KEY;
  if (groupBy.startsWith('tag:')) return row.tags?.[groupBy.slice(4)] ?? '';
  return row[groupBy as Dimension] ?? '';
}

export function partNameOf(row: UsageRow, groupBy: GroupBy, noneLabel: string): string {
  if (groupBy === 'none') return noneLabel;
  return row.names[groupBy] ?? (partKeyOf(row, groupBy) || noneLabel);
}

/**
 * @param toValue Exact decimal text for money, a number for counts.
 * @param starts When each bucket begins, so that those without usage are drawn as well.
 */
export function toChart(
  rows: readonly UsageRow[],
  grouped: Grouped,
  toValue: (row: UsageRow) => string | number,
  noneLabel: string,
  starts: readonly number[] = [],
): { readonly series: readonly ChartSeries[]; readonly rows: readonly ChartRow[] } {
  const series = new Map<string, ChartSeries>();
  const buckets = new Map<number, Record<string, string | number>>(starts.map((atMs) => [atMs, {}]));
  for (const row of rows) {
    if (row.start === null) continue;
    // Names that look like built-in properties must not meet them: the key gets a mark.
    const key = row.rest === true ? OTHER_KEY : `k:${groupKeyOf(row, grouped)}`;
    series.set(key, { key, label: groupNameOf(row, grouped, noneLabel) });
    const atMs = Date.parse(row.start);
    const bucket = buckets.get(atMs) ?? {};
    bucket[key] = toValue(row);
    buckets.set(atMs, bucket);
  }
  return {
    series: [...series.values()],
    rows: [...buckets]
      .sort(([left], [right]) => left - right)
      .map(([atMs, values]) => ({ at: new Date(atMs).toISOString(), values })),
  };
}
