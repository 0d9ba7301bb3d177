'use client';
/** Attempts per day by outcome, from the roll-ups. */
import type { KeyDetail } from '@tollgate/api';
import { Card, Select, useNowMs } from '@tollgate/ui';
import { type ChartRow, TimeSeriesChart } from '@tollgate/ui/charts';
import { useMemo } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { QueryError } from '../common/query-error.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { startOfDayAgo } from './day-range.ts';

const OUTCOMES = ['succeeded', 'failed', 'aborted', 'interrupted'] as const;
const RANGES = ['7', '30'] as const;
const REFRESH_MS = 15_000;
const DAY_MS = 86_400_000;

interface OutcomeUsage {
  readonly data: readonly { readonly start: string; readonly status: string; readonly requests: number }[];
}

/** Nothing where usage may not be read: a chart of zeros would say that there was none. */
export function KeyUsageCard({ subject }: { readonly subject: KeyDetail }) {
  return usePermission('usage:read') && <UsageCard subject={subject} />;
}

function UsageCard({ subject }: { readonly subject: KeyDetail }) {
  const text = useMessages('keys').page;
  const url = useUrlState();
  const days = RANGES.find((range) => range === url.get('days')) ?? '7';
  const nowMs = useNowMs();
  const from = startOfDayAgo(Number(days) - 1, nowMs);
  const usage = useApiQuery<OutcomeUsage>(
    withQuery('/usage', {
      from,
      interval: 'day',
      groupBy: 'status',
      keyId: subject.id,
      timeZone: 'UTC',
    }),
    { refetchInterval: REFRESH_MS },
  );
  const rows = useMemo(
    () => toChartRows(usage.data?.data ?? [], Number(days), from),
    [usage.data, days, from],
  );
  return (
    <Card
      title={text.usage}
      description={text.usageText}
      actions={
        <Select
          compact
          aria-label={text.range}
          value={days}
          onValueChange={(value) => url.set({ days: value === '7' ? undefined : value })}
          options={[
            { value: '7', label: text.last7 },
            { value: '30', label: text.last30 },
          ]}
        />
      }
    >
      {usage.error && usage.data === undefined ? (
        <QueryError query={usage} />
      ) : (
        <TimeSeriesChart
          title={text.usage}
          kind="bar"
          interval="day"
          keepOrder
          height={200}
          loading={usage.isLoading}
          series={OUTCOMES.map((key) => ({ key, label: text.outcomes[key] }))}
          rows={usage.isLoading ? [] : rows}
        />
      )}
    </Card>
  );
}

/** One row for every day, days without use included: a gap is information. */
function toChartRows(data: OutcomeUsage['data'], days: number, from: string): ChartRow[] {
  const byDay = Map.groupBy(data, ({ start }) => new Date(start).toISOString());
  return Array.from({ length: days }, (_, index) => {
    const at = new Date(Date.parse(from) + index * DAY_MS).toISOString();
    const values = (byDay.get(at) ?? []).map(({ status, requests }) => [status, requests] as const);
    return { at, values: Object.fromEntries(values) };
  });
}
