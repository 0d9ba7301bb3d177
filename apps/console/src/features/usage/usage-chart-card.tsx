'use client';
/** The chart over the table, from the same rows. */
import type { UsageRow } from '@tollgate/api';
import { Card, Select } from '@tollgate/ui';
import { addDecimals, TimeSeriesChart } from '@tollgate/ui/charts';
import { useMemo } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { inputTokensOf, outputTokensOf } from '../common/token-totals.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { toChart } from './usage-chart.ts';
import { cachedShareOf, sumByGroup } from './usage-figures.ts';
import { bucketStarts } from './usage-range.ts';
import { useGroupsInText } from './use-group-name.ts';
import { isUnpriced } from './use-unpriced-models.ts';
import { METRICS, type Metric, type UsageQuestion } from './use-usage-question.ts';

const VALUE: Readonly<Record<Metric, (row: UsageRow) => string | number>> = {
  spend: (row) => row.spentUsd,
  requests: (row) => row.requests,
  tokens: (row) => inputTokensOf(row) + outputTokensOf(row),
  cached: (row) => cachedShareOf(row) ?? 0,
};

/** Shares are lines, one per group: they cannot be stacked, nor summed as "other". */
const MAX_LINES = 8;

export interface UsageChartProps {
  readonly question: UsageQuestion;
  readonly rows: readonly UsageRow[];
  /** Of the period before; absent where nothing is compared. */
  readonly previous?: readonly UsageRow[];
  /** Models whose cost is not known. */
  readonly unpriced: ReadonlySet<string>;
}

export function UsageChart({ question, rows, previous, unpriced }: UsageChartProps) {
  const text = useMessages('usage');
  const url = useUrlState();
  const { metric, groups, interval, range, timeZone } = question;
  const groupsInText = useGroupsInText();
  const overlay = useMemo(() => {
    // Shares cannot be summed, so there is no line of all groups.
    if (previous === undefined || metric === 'cached') return undefined;
    const starts = bucketStarts(range, interval, timeZone);
    const earlier = { ...range, fromMs: range.previous.fromMs, toMs: range.previous.toMs };
    const sums = Map.groupBy(previous, ({ start }) => Date.parse(start ?? ''));
    const values = bucketStarts(earlier, interval, timeZone).map((startMs) =>
      addDecimals((sums.get(startMs) ?? []).map(VALUE[metric])),
    );
    return { label: text.before, values: values.slice(0, starts.length) };
  }, [previous, metric, range, interval, timeZone, text]);
  const chart = useMemo(() => {
    const all = toChart(
      rows,
      groups,
      VALUE[metric],
      groups.length === 0 ? text.all : text.none,
      bucketStarts(range, interval, timeZone),
    );
    if (metric === 'spend') {
      const unknown = new Set(
        sumByGroup(rows, groups, '')
          .filter((group) => isUnpriced(group, unpriced))
          .map(({ key }) => `k:${key}`),
      );
      const series = all.series.map((one) =>
        unknown.has(one.key) ? { ...one, totalText: text.costUnknown } : one,
      );
      return { ...all, series };
    }
    if (metric !== 'cached') return all;
    const largest = sumByGroup(rows, groups, '')
      .toSorted((left, right) => inputTokensOf(right) - inputTokensOf(left))
      .slice(0, MAX_LINES)
      .map(({ key }) => `k:${key}`);
    return { ...all, series: all.series.filter(({ key }) => largest.includes(key)) };
  }, [rows, groups, metric, range, interval, timeZone, text, unpriced]);
  const title =
    groups.length === 0 ? text.metrics[metric] : text.chartTitle(text.metrics[metric], groupsInText(groups));
  return (
    <Card
      title={title}
      description={text.zone(timeZone)}
      actions={
        <Select
          compact
          aria-label={text.metric}
          value={metric}
          onValueChange={(next) => url.set({ metric: next === 'spend' ? undefined : next })}
          options={METRICS.map((name) => ({ value: name, label: text.metrics[name] }))}
        />
      }
    >
      <TimeSeriesChart
        title={title}
        series={chart.series}
        rows={chart.rows}
        interval={interval}
        timeZone={timeZone}
        kind={metric === 'cached' ? 'line' : 'bar'}
        valueKind={metric === 'spend' ? 'money' : metric === 'cached' ? 'percent' : 'count'}
        height={280}
        {...(overlay && { overlay })}
      />
    </Card>
  );
}
