'use client';
/** What the usage page asks, read from its address; and how the address changes. */
import type { TimeInterval } from '@tollgate/ui';
import { useMemo, useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useUrlState } from '../common/use-url-state.ts';
import type { GroupBy } from './usage-chart.ts';
import { RANGES, type RangeName, toRange, type UsageRange } from './usage-range.ts';
import { DIMENSIONS } from './usage-types.ts';

export const FILTERS = ['team', 'key', 'model', 'provider', 'member'] as const;
export type FilterName = (typeof FILTERS)[number];
export const METRICS = ['spend', 'requests', 'tokens', 'cached'] as const;
export type Metric = (typeof METRICS)[number];
export type Mode = 'all' | 'live' | 'test';

const PARAMETER: Readonly<Record<FilterName, string>> = {
  team: 'teamId',
  key: 'keyId',
  model: 'model',
  provider: 'provider',
  member: 'memberId',
};

export interface UsageQuestion {
  readonly rangeName: RangeName;
  readonly range: UsageRange;
  readonly interval: TimeInterval;
  readonly groupBy: GroupBy;
  readonly metric: Metric;
  readonly mode: Mode;
  readonly compare: boolean;
  readonly filters: Readonly<Partial<Record<FilterName, string>>>;
  /** Tags and end users know nothing of teams, keys and members. */
  readonly filterable: boolean;
  readonly timeZone: string;
  readonly path: string;
  readonly previousPath: string;
  /** Of the values of one dimension in this range, whatever else is filtered. */
  readonly facetPath: (name: FilterName) => string;
}

export function useUsageQuestion(timeZone: string): UsageQuestion {
  const url = useUrlState();
  const [nowMs] = useState(() => Date.now());
  const rangeName = oneOf(RANGES, url.get('range')) ?? '30d';
  const from = url.get('from');
  const to = url.get('to');
  const range = useMemo(
    () => toRange({ name: rangeName, from, to }, timeZone, nowMs),
    [rangeName, from, to, timeZone, nowMs],
  );
  const interval = oneOf(range.intervals, url.get('interval')) ?? range.intervals[0] ?? 'day';
  const groupBy = toGroupBy(url.get('group'));
  const mode: Mode = oneOf(['all', 'live', 'test'] as const, url.get('mode')) ?? 'all';
  const filterable = groupBy !== 'endUser' && !groupBy.startsWith('tag:');
  const filters = Object.fromEntries(
    FILTERS.flatMap((name) => {
      const value = url.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  ) as Partial<Record<FilterName, string>>;
  const span = (fromMs: number, toMs: number) => ({
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    livemode: { all: undefined, live: 'true', test: 'false' }[mode],
  });
  const asked = filterable
    ? Object.fromEntries(
        Object.entries(filters).map(([name, value]) => [PARAMETER[name as FilterName], value]),
      )
    : { model: filters.model };
  const whole = span(range.fromMs, range.toMs);
  return {
    rangeName,
    range,
    interval,
    groupBy,
    metric: oneOf(METRICS, url.get('metric')) ?? 'spend',
    mode,
    compare: url.get('compare') !== '0',
    filters,
    filterable,
    timeZone,
    path: withQuery('/usage', {
      ...whole,
      interval,
      groupBy: groupBy === 'none' ? undefined : groupBy,
      timeZone,
      ...asked,
    }),
    previousPath: withQuery('/usage', { ...span(range.previous.fromMs, range.previous.toMs), ...asked }),
    facetPath: (name) => withQuery('/usage', { ...whole, groupBy: name }),
  };
}

function toGroupBy(text: string | undefined): GroupBy {
  if (text === undefined) return 'model';
  if (/^tag:[A-Za-z0-9_.-]{1,64}$/.test(text)) return text as GroupBy;
  return oneOf([...DIMENSIONS, 'none'] as const, text) ?? 'model';
}

function oneOf<T extends string>(options: readonly T[], text: string | undefined): T | undefined {
  return options.find((option) => option === text);
}
