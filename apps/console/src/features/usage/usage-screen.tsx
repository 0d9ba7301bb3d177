'use client';
/** Spend, tokens and requests of any range, by any dimension. The address holds the whole question. */
import type { SavedReport } from '@tollgate/api';
import {
  Button,
  Callout,
  Card,
  DropdownMenu,
  EmptyState,
  formatCount,
  PageHeader,
  Skeleton,
  toast,
} from '@tollgate/ui';
import { ChartNoAxesColumn, FileDown } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useMemo, useRef, useState } from 'react';
import { apiFetch } from '../../api/client.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { saveBlob } from '../common/download.ts';
import { Guarded } from '../common/guarded.tsx';
import { QueryError } from '../common/query-error.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { AllGroupsTable } from './all-groups-table.tsx';
import { toAddress, toReportQuestion } from './saved-report-types.ts';
import { SavedReportsMenu } from './saved-reports-menu.tsx';
import { UsageCards } from './usage-cards.tsx';
import { UsageChart } from './usage-chart-card.tsx';
import { UsageControls } from './usage-controls.tsx';
import { toGroupsCsv, toUsageCsv } from './usage-csv.ts';
import { type ComparedGroup, compareGroups, sumByGroup, sumUsage } from './usage-figures.ts';
import { UsageTable } from './usage-table.tsx';
import type { UsageAnswer } from './usage-types.ts';
import { useTimeZone } from './use-time-zone.ts';
import { isUnpriced, useUnpricedModels } from './use-unpriced-models.ts';
import { FILTERS, type UsageQuestion, useUsageQuestion } from './use-usage-question.ts';

const REFRESH_MS = 30_000;
const FRESH_MS = 60_000;

export function UsageScreen() {
  const text = useMessages('usage');
  const timeZone = useTimeZone();
  const saved = useSavedReports();
  return (
    <Guarded permission="usage:read">
      {timeZone === undefined || !saved.ready ? (
        <>
          <PageHeader title={text.title} description={text.description} />
          <Skeleton className="h-96" />
        </>
      ) : (
        <UsagePage timeZone={timeZone} reports={saved.reports} current={saved.current} onOpen={saved.open} />
      )}
    </Guarded>
  );
}

/** The report that the address names is opened once, with whatever the address says besides on top. */
function useSavedReports() {
  const url = useUrlState();
  const allowed = usePermission('usage:read');
  const saved = useApiQuery<{ readonly data: readonly SavedReport[] }>(
    allowed ? '/saved-reports' : undefined,
    { staleTime: FRESH_MS },
  );
  const reports = saved.data?.data ?? [];
  const id = url.get('report');
  const [isLed] = useState(() => id !== undefined && ['group', ...FILTERS].every((name) => !url.get(name)));
  const applied = useRef(!isLed);
  const current = reports.find((report) => report.id === id);
  const isKnown = saved.data !== undefined || saved.error !== null;
  useEffect(() => {
    if (applied.current || !isKnown) return;
    applied.current = true;
    if (current === undefined) return;
    const told = { range: url.get('range'), from: url.get('from'), to: url.get('to') };
    url.set({ ...toAddress(current.question), ...(told.range !== undefined && told) });
  });
  const open = (report: SavedReport | undefined) =>
    url.set(
      report === undefined ? { report: undefined } : { ...toAddress(report.question), report: report.id },
    );
  return { reports, current, open, ready: !isLed || (isKnown && (applied.current || current === undefined)) };
}

interface UsagePageProps {
  readonly timeZone: string;
  readonly reports: readonly SavedReport[];
  readonly current: SavedReport | undefined;
  readonly onOpen: (report: SavedReport | undefined) => void;
}

function UsagePage({ timeZone, reports, current, onOpen }: UsagePageProps) {
  const text = useMessages('usage');
  const url = useUrlState();
  const toText = useProblemText();
  const question = useUsageQuestion(timeZone);
  // The earlier answer stays while the next one is on its way: nothing jumps.
  const usage = useApiQuery<UsageAnswer>(question.path, {
    refetchInterval: REFRESH_MS,
    placeholderData: (before) => before,
  });
  const previous = useApiQuery<UsageAnswer>(question.compare ? question.previousPath : undefined, {
    staleTime: FRESH_MS,
  });
  const rows = usage.data?.data ?? [];
  const before = question.compare ? previous.data?.data : undefined;
  const noneLabel = question.groups.length === 0 ? text.all : text.none;
  const groupKey = question.groups.join();
  const groups = useMemo(() => {
    const grouped = question.groups;
    const earlier = before && sumByGroup(before, grouped, noneLabel);
    return compareGroups(sumByGroup(rows, grouped, noneLabel), earlier);
  }, [usage.data, before, groupKey, noneLabel]);
  const total = useMemo(() => sumUsage(rows), [usage.data]);
  const unpriced = useUnpricedModels(question.range, groups);
  const named = useNamedRest(groups);
  const save = (csv: string) =>
    saveBlob(
      new Blob([csv], { type: 'text/csv;charset=utf-8' }),
      `usage-${new Date(question.range.fromMs).toISOString().slice(0, 10)}.csv`,
    );
  // Every group, not only those that the page draws.
  const saveIntervals = async () => {
    try {
      const isAll = groups.every(({ restGroups }) => restGroups === undefined);
      const whole = isAll ? undefined : await apiFetch<UsageAnswer>(question.wholePath);
      if (whole?.truncated) toast.error(text.truncated);
      save(toUsageCsv(whole?.data ?? rows, question.groups));
    } catch (error) {
      toast.error(toText(error));
    }
  };
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={
          <>
            <ShowApiCall path={question.path} />
            <SavedReportsMenu
              reports={reports}
              current={current}
              question={toReportQuestion(question, url.get)}
              timeZone={timeZone}
              onOpen={onOpen}
            />
            <CsvMenu
              disabled={rows.length === 0}
              onTable={() => save(toGroupsCsv(named, question.groups, before !== undefined))}
              onIntervals={() => void saveIntervals()}
            />
          </>
        }
      />
      <div className="flex flex-col gap-4">
        <UsageControls question={question} />
        {usage.error && usage.data === undefined ? (
          <Card flush>
            <QueryError query={usage} />
          </Card>
        ) : usage.data === undefined ? (
          <Skeleton className="h-96" />
        ) : (
          <>
            {(usage.data.truncated || (before !== undefined && previous.data?.truncated)) && (
              <Callout tone="warning">{text.truncated}</Callout>
            )}
            <UnpricedNote question={question} groups={groups} unpriced={unpriced} />
            <UsageCards rows={rows} {...(before && { previous: before })} />
            {rows.length === 0 && groups.length === 0 ? (
              <Card flush>
                <EmptyState icon={<ChartNoAxesColumn />} title={text.emptyTitle}>
                  {text.emptyText}
                </EmptyState>
              </Card>
            ) : (
              <>
                <UsageChart
                  question={question}
                  rows={rows}
                  unpriced={unpriced}
                  {...(before && { previous: before })}
                />
                {question.isWhole ? (
                  <AllGroupsTable question={question} total={total} unpriced={unpriced} />
                ) : (
                  <UsageTable
                    question={question}
                    groups={groups}
                    compared={before !== undefined}
                    unpriced={unpriced}
                  />
                )}
              </>
            )}
          </>
        )}
      </div>
    </>
  );
}

/** For a file: what the table says of all others below its rows is a row there. */
function useNamedRest(groups: readonly ComparedGroup[]): readonly ComparedGroup[] {
  const text = useMessages('usage');
  const locale = useLocale();
  return useMemo(
    () =>
      groups.map((group) => {
        if (group.restGroups === undefined) return group;
        const name = text.other(formatCount(group.restGroups, locale));
        return {
          ...group,
          name,
          parts: group.parts.map((part, place) => (place === 0 ? { ...part, name } : part)),
        };
      }),
    [groups, text, locale],
  );
}

interface UnpricedNoteProps {
  readonly question: UsageQuestion;
  readonly groups: readonly ComparedGroup[];
  readonly unpriced: ReadonlySet<string>;
}

/** What is missing in every amount of the page. By model, only those that are there; filtered by others, nobody knows. */
function UnpricedNote({ question, groups, unpriced }: UnpricedNoteProps) {
  const text = useMessages('usage');
  const filters = FILTERS.filter((name) => question.filters[name] !== undefined);
  const isCut = groups.some(({ restGroups }) => restGroups !== undefined);
  const models =
    question.groups.includes('model') && !isCut
      ? groups
          .filter((group) => isUnpriced(group, unpriced))
          .flatMap(({ parts }) => parts.filter(({ groupBy }) => groupBy === 'model').map(({ key }) => key))
      : filters.length === 0
        ? [...unpriced]
        : [];
  const names = [...new Set(models)].toSorted();
  if (names.length === 0) return null;
  return (
    <Callout
      action={
        <Button asChild size="sm">
          <Link href="/prices?tab=unknown">{text.toUnpriced}</Link>
        </Button>
      }
      title={text.unpriced(names.join(', '), names.length)}
    />
  );
}

interface CsvMenuProps {
  readonly disabled: boolean;
  readonly onTable: () => void;
  readonly onIntervals: () => void;
}

function CsvMenu({ disabled, onTable, onIntervals }: CsvMenuProps) {
  const text = useMessages('usage');
  const common = useMessages('common');
  return (
    <DropdownMenu
      trigger={
        <Button icon={<FileDown />} disabled={disabled}>
          {common.exportCsv}
        </Button>
      }
      entries={[
        { label: text.csvTable, onSelect: onTable },
        { label: text.csvIntervals, onSelect: onIntervals },
      ]}
    />
  );
}
