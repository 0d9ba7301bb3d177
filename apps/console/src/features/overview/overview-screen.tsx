'use client';
/** What a platform lead wants to know at a glance: spend, traffic, failures, and what needs attention. */
import type { Key } from '@tollgate/api';
import {
  Button,
  Card,
  EmptyState,
  formatMoney,
  formatNumber,
  formatPercent,
  Money,
  PageHeader,
  StatCard,
  useUi,
} from '@tollgate/ui';
import { Sparkline } from '@tollgate/ui/charts';
import { BookOpen, FlaskConical, Rocket, ScrollText } from 'lucide-react';
import Link from 'next/link';
import { withQuery } from '../../api/query-key.ts';
import { type ApiPage, useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FiringCallout } from '../alerts/firing-callout.tsx';
import { QueryError } from '../common/query-error.tsx';
import { RequestsTable } from '../requests/requests-table.tsx';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { useOrganizationZone } from '../shell/use-me.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { BudgetsToWatch } from './budgets-to-watch.tsx';
import { KeysToWatch } from './keys-to-watch.tsx';
import { TopSpend } from './top-spend.tsx';
import { useMonthPath } from './use-month-usage.ts';
import { LAST_REQUESTS, useLastRequests, useOverviewFigures } from './use-overview-figures.ts';

/** As many as fit beside each other; what goes below fills its row, so that one more or less leaves no hole. */
const ROW_OF_CARDS = 'flex flex-wrap gap-4 *:min-w-0 *:flex-1 *:basis-72';

export function OverviewScreen() {
  const text = useMessages('overview');
  const figures = useOverviewFigures();
  const mayReadUsage = usePermission('usage:read');
  const monthPath = useMonthPath();
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={<ShowApiCall path={mayReadUsage ? monthPath : '/me'} />}
      />
      <div className="flex flex-col gap-5">
        <FiringCallout />
        {figures.isNew === true && <GettingStarted />}
        {mayReadUsage && <Figures figures={figures} />}
        {figures.isNew === false && (
          <div className={ROW_OF_CARDS}>
            <TopSpend />
            <BudgetsToWatch />
            <KeysToWatch />
          </div>
        )}
        <LastRequests />
      </div>
    </>
  );
}

function Figures({ figures }: { readonly figures: ReturnType<typeof useOverviewFigures> }) {
  const text = useMessages('overview');
  const { locale } = useUi();
  const timeZone = useOrganizationZone();
  const { loading, spentUsd, spendByDay, forecast, attemptsToday, attemptsByHour } = figures;
  const { failed, failedToday, failedByHour, failedLink } = figures;
  const mayReadRequests = usePermission('requests:read');
  const share = attemptsToday ? (failedToday ?? 0) / attemptsToday : 0;
  if (failed !== undefined) {
    return (
      <Card flush>
        <QueryError query={failed} />
      </Card>
    );
  }
  return (
    <div className={ROW_OF_CARDS}>
      <StatCard
        label={text.spend}
        loading={loading}
        value={<Money value={spentUsd} precision="cents" />}
        hint={
          forecast === undefined
            ? text.spendHint(timeZone)
            : text.onCourse(formatMoney(forecast.usd.toFixed(12), { locale, precision: 'cents' }), timeZone)
        }
        chart={<Sparkline values={spendByDay} />}
      />
      <StatCard
        label={text.attemptsToday}
        loading={loading}
        value={attemptsToday === undefined ? '–' : formatNumber(attemptsToday, locale)}
        hint={text.attemptsHint(timeZone)}
        chart={<Sparkline values={attemptsByHour} color="var(--tg-chart-2)" />}
      />
      <StatCard
        label={text.failedToday}
        loading={loading}
        value={failedToday === undefined ? '–' : formatNumber(failedToday, locale)}
        hint={
          failedToday === undefined ? undefined : failedToday === 0 ? (
            text.noneFailed
          ) : mayReadRequests ? (
            <Link href={failedLink} className="text-accent-ink underline-offset-3 hover:underline">
              {text.failedShare(formatPercent(share, locale))}
            </Link>
          ) : (
            text.failedShare(formatPercent(share, locale))
          )
        }
        chart={<Sparkline values={failedByHour} color="var(--tg-chart-3)" />}
      />
    </div>
  );
}

function GettingStarted() {
  const text = useMessages('overview');
  const mayWriteKeys = usePermission('keys:write');
  const keys = useApiQuery<ApiPage<Key>>(withQuery('/keys', { state: 'active', limit: 1 }), {
    enabled: usePermission('keys:read'),
  });
  const hasKeys = (keys.data?.data.length ?? 0) > 0;
  return (
    <Card flush>
      <EmptyState
        icon={<Rocket />}
        title={text.emptyTitle}
        {...(mayWriteKeys && {
          action: (
            <Button asChild variant="primary">
              <Link href={hasKeys ? '/keys' : '/onboarding?step=provider'}>
                {hasKeys ? text.useKey : text.start}
              </Link>
            </Button>
          ),
        })}
        secondaryAction={
          mayWriteKeys ? (
            <Button asChild icon={<FlaskConical />}>
              <Link href="/playground">{text.tryPlayground}</Link>
            </Button>
          ) : (
            <Button asChild icon={<BookOpen />}>
              <Link href="/docs/first-call">{text.readDocs}</Link>
            </Button>
          )
        }
      >
        {text.emptyText}{' '}
        {mayWriteKeys && (
          <Link
            href="/docs/first-call"
            className="text-accent-ink underline underline-offset-3 hover:decoration-2"
          >
            {text.readDocs}
          </Link>
        )}
      </EmptyState>
    </Card>
  );
}

function LastRequests() {
  const text = useMessages('overview');
  const requestsText = useMessages('requests');
  const { list: requests, allowed } = useLastRequests();
  if (!allowed) return null;
  return (
    <section className="flex min-w-0 flex-col gap-2">
      <div className="flex items-center justify-between gap-2">
        <h2 className="text-base font-semibold text-ink">{text.lastRequests}</h2>
        <Button asChild variant="link" size="sm">
          <Link href="/requests">{text.allRequests}</Link>
        </Button>
      </div>
      <RequestsTable
        list={{ ...requests, rows: requests.rows.slice(0, LAST_REQUESTS), hasNextPage: false }}
        caption={text.lastRequests}
        empty={
          <EmptyState icon={<ScrollText />} title={requestsText.emptyTitle}>
            {requestsText.emptyText}
          </EmptyState>
        }
      />
    </section>
  );
}
