'use client';
/** What the team spent this month, by day and model. The usage page has every other question. */
import type { Team } from '@tollgate/api';
import { Button, Card, useNowMs } from '@tollgate/ui';
import { TimeSeriesChart } from '@tollgate/ui/charts';
import Link from 'next/link';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { QueryError } from '../common/query-error.tsx';
import { toChart } from '../usage/usage-chart.ts';
import type { UsageAnswer } from '../usage/usage-types.ts';
import { monthStart } from '../usage/use-spend-this-month.ts';
import { useTimeZone } from '../usage/use-time-zone.ts';

/** And all others as one. */
const MODELS_DRAWN = 7;

/** @returns Undefined until it is known where the month begins. */
export function useTeamSpendPath(team: Team): string | undefined {
  const timeZone = useTimeZone();
  const nowMs = useNowMs();
  return (
    timeZone &&
    withQuery('/usage', {
      from: monthStart(timeZone, nowMs),
      interval: 'day',
      groupBy: 'model',
      teamId: team.id,
      top: MODELS_DRAWN,
    })
  );
}

export function TeamSpend({ team }: { readonly team: Team }) {
  const text = useMessages('teams');
  const usageText = useMessages('usage');
  const timeZone = useTimeZone();
  const usage = useApiQuery<UsageAnswer>(useTeamSpendPath(team));
  const chart = toChart(usage.data?.data ?? [], 'model', (row) => row.spentUsd, usageText.none);
  return (
    <Card
      title={text.spendByModel}
      actions={
        <Button asChild size="sm">
          <Link href={`/usage?range=month&group=model&team=${team.id}`}>{text.openUsage}</Link>
        </Button>
      }
    >
      {usage.error ? (
        <QueryError query={usage} />
      ) : (
        <TimeSeriesChart
          title={text.spendByModel}
          series={chart.series}
          rows={chart.rows}
          interval="day"
          timeZone={timeZone ?? 'UTC'}
          kind="bar"
          valueKind="money"
          loading={usage.isLoading || timeZone === undefined}
        />
      )}
    </Card>
  );
}
