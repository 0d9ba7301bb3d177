'use client';
/** What the usage page asks, read from its address; and how the address changes. */
import { parseValueList, printValueList } from '@tollgate/api/value-list';
import { type TimeInterval, useNowMs } from '@tollgate/ui';
import { useMemo, useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useUrlState } from '../common/use-url-state.ts';
import type { GroupBy } from './usage-chart.ts';
import { bucketStarts, RANGES, type RangeName, toRange, type UsageRange } from './usage-range.ts';
import { DIMENSIONS } from './usage-types.ts';

export const FILTERS = [
  'team',
  'key',
  'model',
  'provider',
  'member',
  'costCenter',
  'credential',
  'endpoint',
  'status',
  'endUser',
  'tag',
] as const;
export type FilterName = (typeof FILTERS)[number];
export const METRICS = ['spend', 'requests', 'tokens', 'cached'] as const;
export type Metric = (typeof METRICS)[number];
export type Mode = 'all' | 'live' | 'test';

/** `NAME=VALUE`. */
export const TAG_FILTER = /^[A-Za-z0-9_.-]{1,64}=./;

const PARAMETER: Readonly<Record<FilterName, string>> = {
  team: 'teamId',
  key: 'keyId',
  model: 'model',
  provider: 'provider',
  member: 'memberId',
  costCenter: 'costCenter',
  credential: 'credentialId',
  endpoint: 'endpoint',
  status: 'status',
  endUser: 'endUser',
  tag: 'tag',
};

/** So many groups are drawn and listed, and so many rows are told, whichever is less: hours of a week are many. */
const MOST_GROUPS = 50;
const LEAST_GROUPS = 8;
const MOST_ROWS = 1_600;
const GROUPS_PER_PAGE = 100;
const FACET_VALUES = 200;
/** As many as a report keeps, and as the explorer takes of one field. */
export const MOST_VALUES = 20;

export interface UsageQuestion {
  readonly rangeName: RangeName;
  readonly range: UsageRange;
  readonly interval: TimeInterval;
  /** The first dimension; `none` where nothing is grouped. */
  readonly groupBy: GroupBy;
  /** All of them: none, one or two. */
  readonly groups: readonly GroupBy[];
  readonly metric: Metric;
  readonly mode: Mode;
  readonly compare: boolean;
  /** Of each, any of these values; of tags one. */
  readonly filters: Readonly<Partial<Record<FilterName, readonly string[]>>>;
  /** End users and tags are counted apart, and know of models besides: other filters do not apply. */
  readonly applies: (name: FilterName) => boolean;
  readonly timeZone: string;
  /** The dearest groups by time, and all others as one. */
  readonly path: string;
  /** The same groups in the period before. */
  readonly previousPath: string;
  /** Every group by time, as far as one answer holds them. */
  readonly wholePath: string;
  /** Whether every group is listed, page by page. */
  readonly isWhole: boolean;
  /** A page of groups, the dearest first. */
  readonly listPath: string;
  /** The most used values of one dimension in this range, whatever else is filtered. */
  readonly facetPath: (name: FilterName) => string;
  /** Of these values, for their names. */
  readonly valuePath: (name: FilterName, values: readonly string[]) => string;
}

export function useUsageQuestion(timeZone: string): UsageQuestion {
  const url = useUrlState();
  const [nowMs] = useState(useNowMs());
  const rangeName = oneOf(RANGES, url.get('range')) ?? '30d';
  const from = url.get('from');
  const to = url.get('to');
  const range = useMemo(
    () => toRange({ name: rangeName, from, to }, timeZone, nowMs),
    [rangeName, from, to, timeZone, nowMs],
  );
  const interval = oneOf(range.intervals, url.get('interval')) ?? range.intervals[0] ?? 'day';
  const groupBy = toGroupBy(url.get('group')) ?? 'model';
  const mode: Mode = oneOf(['all', 'live', 'test'] as const, url.get('mode')) ?? 'all';
  const filters = Object.fromEntries(
    FILTERS.flatMap((name) => {
      const values = readFilter(name, url.get(name));
      return values.length > 0 ? [[name, values]] : [];
    }),
  ) as Partial<Record<FilterName, readonly string[]>>;
  const span = (fromMs: number, toMs: number) => ({
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    livemode: { all: undefined, live: 'true', test: 'false' }[mode],
  });
  const special = specialOf(groupBy, filters);
  const groups = groupsOf(groupBy, toGroupBy(url.get('group2')), special);
  const applies = (name: FilterName) =>
    special === undefined
      ? name !== 'endUser' && name !== 'tag'
      : name === 'model' || (name === special.filter && special.fits(filters));
  const asked = Object.fromEntries(
    Object.entries(filters)
      .filter(([name]) => applies(name as FilterName))
      .map(([name, values]) => [PARAMETER[name as FilterName], printFilter(name as FilterName, values)]),
  );
  const whole = span(range.fromMs, range.toMs);
  const fitting = Math.floor(MOST_ROWS / bucketStarts(range, interval, timeZone).length);
  const top = groups.length === 0 ? undefined : Math.min(MOST_GROUPS, Math.max(LEAST_GROUPS, fitting));
  const shared = { groupBy: groups, timeZone, ...asked };
  return {
    rangeName,
    range,
    interval,
    groupBy,
    groups,
    metric: oneOf(METRICS, url.get('metric')) ?? 'spend',
    mode,
    compare: url.get('compare') !== '0',
    filters,
    applies,
    timeZone,
    path: withQuery('/usage', { ...whole, interval, top, ...shared }),
    previousPath: withQuery('/usage', {
      ...span(range.previous.fromMs, range.previous.toMs),
      interval,
      top,
      ...(top !== undefined && { topFrom: whole.from, topTo: whole.to }),
      ...shared,
    }),
    wholePath: withQuery('/usage', { ...whole, interval, ...shared }),
    isWhole: groups.length > 0 && url.get('all') === '1',
    listPath: withQuery('/usage', { ...whole, limit: GROUPS_PER_PAGE, ...shared }),
    facetPath: (name) => withQuery('/usage', { ...whole, groupBy: name, limit: FACET_VALUES }),
    valuePath: (name, values) =>
      withQuery('/usage', {
        ...whole,
        groupBy: name,
        [PARAMETER[name]]: printFilter(name, values),
        limit: values.length,
      }),
  };
}

/** From the address, where old links have one value. */
export function readFilter(name: FilterName, text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  if (name === 'tag') return TAG_FILTER.test(text) ? [text] : [];
  const values = parseValueList(text).filter((value) => value !== '');
  return [...new Set(values)].slice(0, MOST_VALUES);
}

/** As the address and the API have it. Undefined where nothing is filtered by. */
export function printFilter(name: FilterName, values: readonly string[]): string | undefined {
  return name === 'tag' ? values[0] : printValueList(values) || undefined;
}

interface SpecialCube {
  readonly filter: FilterName;
  /** Whether the filter is about the same tag as the grouping. */
  readonly fits: (filters: UsageQuestion['filters']) => boolean;
}

/** What makes the question one to the cube of end users or of a tag. The grouping decides before the filters. */
function specialOf(groupBy: GroupBy, filters: UsageQuestion['filters']): SpecialCube | undefined {
  if (groupBy === 'endUser') return { filter: 'endUser', fits: () => true };
  if (groupBy.startsWith('tag:')) {
    const prefix = `${groupBy.slice(4)}=`;
    return { filter: 'tag', fits: ({ tag }) => tag?.[0]?.startsWith(prefix) === true };
  }
  // Without one of them in the grouping, only models can be told apart.
  if (groupBy !== 'none' && groupBy !== 'model') return undefined;
  if (filters.endUser !== undefined) return { filter: 'endUser', fits: () => true };
  if (filters.tag !== undefined) return { filter: 'tag', fits: () => true };
  return undefined;
}

function groupsOf(
  first: GroupBy,
  second: GroupBy | undefined,
  special: SpecialCube | undefined,
): readonly GroupBy[] {
  if (first === 'none') return [];
  if (second === undefined || second === 'none' || second === first) return [first];
  const isTold = first === 'endUser' || first.startsWith('tag:');
  if (isTold || special !== undefined) return isTold && second === 'model' ? [first, second] : [first];
  return second === 'endUser' || second.startsWith('tag:') ? [first] : [first, second];
}

function toGroupBy(text: string | undefined): GroupBy | undefined {
  if (text === undefined) return undefined;
  if (/^tag:[A-Za-z0-9_.-]{1,64}$/.test(text)) return text as GroupBy;
  return oneOf([...DIMENSIONS, 'none'] as const, text);
}

function oneOf<T extends string>(options: readonly T[], text: string | undefined): T | undefined {
  return options.find((option) => option === text);
}
