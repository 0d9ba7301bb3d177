'use client';
/** How requests ended per day: attempts from the roll-ups, refusals from the log, where they may be read. */
import type { KeyDetail } from '@tollgate/api';
import { Card, Select, TimeStamp, useNowMs } from '@tollgate/ui';
import { TimeSeriesChart } from '@tollgate/ui/charts';
import { useMemo } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { QueryError } from '../common/query-error.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { OUTCOME_COLOR } from '../requests/outcome-color.ts';
import type { RequestsSummary } from '../requests/summary-types.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { startOfDayAgo } from './day-range.ts';
import { METERED, type OutcomeUsage, outcomeRows } from './outcome-rows.ts';

const RANGES = ['7', '30'] as const;
const REFRESH_MS = 15_000;
/** Refusals are counted request by request. */
const REFUSED_REFRESH_MS = 60_000;

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
  const mayReadRequests = usePermission('requests:read');
  const refused = useApiQuery<RequestsSummary>(
    withQuery('/requests/summary', { q: `key:${subject.id} refused:true attempts:0`, from }),
    { enabled: mayReadRequests, refetchInterval: REFUSED_REFRESH_MS },
  ).data;
  const rows = useMemo(
    () => outcomeRows(usage.data?.data ?? [], refused, Number(days), from),
    [usage.data, refused, days, from],
  );
  const outcomes = mayReadRequests ? ([...METERED, 'refused'] as const) : METERED;
  return (
    <Card
      title={text.usage}
      description={
        <>
          {mayReadRequests ? text.usageWithRefusals : text.usageText}
          {refused?.lookedTo && (
            <>
              {' '}
              {text.refusedSince} <TimeStamp value={refused.lookedTo} format="exact" />.
            </>
          )}
        </>
      }
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
          series={outcomes.map((key) => ({ key, label: text.outcomes[key], color: OUTCOME_COLOR[key] }))}
          rows={usage.isLoading ? [] : rows}
        />
      )}
    </Card>
  );
}
