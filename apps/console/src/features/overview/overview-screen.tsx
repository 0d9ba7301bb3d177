'use client';
/** What the keys did and what it cost, and how to begin while there is nothing. */
import { Button, Card, EmptyState, formatNumber, Money, PageHeader, StatCard, useUi } from '@tollgate/ui';
import { Sparkline } from '@tollgate/ui/charts';
import { KeyRound, Rocket, ScrollText } from 'lucide-react';
import Link from 'next/link';
import { withQuery } from '../../api/query-key.ts';
import { useApiList } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FiringCallout } from '../alerts/firing-callout.tsx';
import type { RequestSummary } from '../requests/request-types.ts';
import { RequestsTable } from '../requests/requests-table.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { useOverviewFigures } from './use-overview-figures.ts';

const SHOWN = 8;
const REFRESH_MS = 5_000;

export function OverviewScreen() {
  const text = useMessages('overview');
  const figures = useOverviewFigures();
  return (
    <>
      <PageHeader title={text.title} description={text.description} />
      <div className="flex flex-col gap-5">
        <FiringCallout />
        {figures.isNew && <GettingStarted hasKeys={figures.activeKeys !== '0'} />}
        <Figures figures={figures} />
        <LastRequests />
      </div>
    </>
  );
}

function Figures({ figures }: { readonly figures: ReturnType<typeof useOverviewFigures> }) {
  const text = useMessages('overview');
  const { locale } = useUi();
  const { loading, spentUsd, spendByDay, requestsToday, requestsByHour, activeKeys } = figures;
  return (
    <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
      <StatCard
        label={text.spend}
        loading={loading}
        value={<Money value={spentUsd} precision="cents" />}
        hint={text.spendHint}
        chart={<Sparkline values={spendByDay} />}
      />
      <StatCard
        label={text.requestsToday}
        loading={loading}
        value={requestsToday === undefined ? '–' : formatNumber(requestsToday, locale)}
        hint={text.requestsHint}
        chart={<Sparkline values={requestsByHour} color="var(--tg-chart-2)" />}
      />
      <StatCard
        label={text.activeKeys}
        loading={loading}
        value={activeKeys ?? '–'}
        hint={
          <Link href="/keys?state=active" className="text-accent-ink underline-offset-3 hover:underline">
            {text.toKeys}
          </Link>
        }
      />
    </div>
  );
}

function GettingStarted({ hasKeys }: { readonly hasKeys: boolean }) {
  const text = useMessages('overview');
  return (
    <Card flush>
      <EmptyState
        icon={<Rocket />}
        title={text.emptyTitle}
        action={
          <Button asChild variant="primary">
            <Link href={hasKeys ? '/keys' : '/onboarding?step=provider'}>
              {hasKeys ? text.useKey : text.start}
            </Link>
          </Button>
        }
        secondaryAction={
          <Button asChild icon={<KeyRound />}>
            <Link href="/keys?create=1">{text.createKey}</Link>
          </Button>
        }
      >
        {text.emptyText}
      </EmptyState>
    </Card>
  );
}

function LastRequests() {
  const text = useMessages('overview');
  const requestsText = useMessages('requests');
  const allowed = usePermission('requests:read');
  const requests = useApiList<RequestSummary>(withQuery('/requests', { limit: SHOWN }), {
    enabled: allowed,
    refetchIntervalMs: REFRESH_MS,
  });
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
        list={{ ...requests, rows: requests.rows.slice(0, SHOWN), hasNextPage: false }}
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
