'use client';
/** Spend, tokens and requests of any range, by any dimension. The address holds the whole question. */
import { Button, Callout, Card, EmptyState, ErrorState, PageHeader, Skeleton } from '@tollgate/ui';
import { ChartNoAxesColumn, Download } from 'lucide-react';
import { useApiQuery } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { saveBlob } from '../common/download.ts';
import { Guarded } from '../common/guarded.tsx';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { UsageCards } from './usage-cards.tsx';
import { UsageChart } from './usage-chart-card.tsx';
import { UsageControls } from './usage-controls.tsx';
import { toUsageCsv } from './usage-csv.ts';
import { UsageTable } from './usage-table.tsx';
import type { UsageAnswer } from './usage-types.ts';
import { useTimeZone } from './use-time-zone.ts';
import { useUsageQuestion } from './use-usage-question.ts';

const REFRESH_MS = 30_000;

export function UsageScreen() {
  const text = useMessages('usage');
  const timeZone = useTimeZone();
  return (
    <Guarded permission="usage:read">
      {timeZone === undefined ? (
        <PageHeader title={text.title} description={text.description} />
      ) : (
        <UsagePage timeZone={timeZone} />
      )}
    </Guarded>
  );
}

function UsagePage({ timeZone }: { readonly timeZone: string }) {
  const text = useMessages('usage');
  const common = useMessages('common');
  const toText = useProblemText();
  const question = useUsageQuestion(timeZone);
  // The earlier answer stays while the next one is on its way: nothing jumps.
  const usage = useApiQuery<UsageAnswer>(question.path, {
    refetchInterval: REFRESH_MS,
    placeholderData: (before) => before,
  });
  const previous = useApiQuery<UsageAnswer>(question.compare ? question.previousPath : undefined);
  const rows = usage.data?.data ?? [];
  const exportCsv = () =>
    saveBlob(
      new Blob([toUsageCsv(rows, question.groupBy)], { type: 'text/csv;charset=utf-8' }),
      `usage-${new Date(question.range.fromMs).toISOString().slice(0, 10)}.csv`,
    );
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={
          <>
            <ShowApiCall path={question.path} />
            <Button icon={<Download />} onClick={exportCsv} disabled={rows.length === 0}>
              {common.exportCsv}
            </Button>
          </>
        }
      />
      <div className="flex flex-col gap-4">
        <UsageControls question={question} />
        {usage.error && usage.data === undefined ? (
          <Card flush>
            <ErrorState
              detail={toText(usage.error)}
              requestId={usage.error.requestId}
              onRetry={() => void usage.refetch()}
            />
          </Card>
        ) : usage.data === undefined ? (
          <Skeleton className="h-96" />
        ) : (
          <>
            {usage.data.truncated && <Callout tone="warning">{text.truncated}</Callout>}
            <UsageCards
              rows={rows}
              {...(question.compare && previous.data && { previous: previous.data.data })}
            />
            {rows.length === 0 ? (
              <Card flush>
                <EmptyState icon={<ChartNoAxesColumn />} title={text.emptyTitle}>
                  {text.emptyText}
                </EmptyState>
              </Card>
            ) : (
              <>
                <UsageChart question={question} rows={rows} />
                <UsageTable question={question} rows={rows} />
              </>
            )}
          </>
        )}
      </div>
    </>
  );
}
