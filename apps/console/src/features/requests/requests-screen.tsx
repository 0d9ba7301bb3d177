'use client';
/** The request explorer. Query, range, columns, view, live and the open request are in the address. */
import type { RequestSummary } from '@tollgate/api';
import {
  Button,
  Callout,
  classNames,
  EmptyState,
  formatNumber,
  PageHeader,
  Select,
  Sheet,
  Switch,
  TimeStamp,
  useUi,
} from '@tollgate/ui';
import { FileDown, Filter, RefreshCw, ScrollText, SearchX } from 'lucide-react';
import { useMemo, useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiList } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { useSaveRows } from '../common/list-csv.tsx';
import { NothingMatches } from '../common/nothing-matches.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { customRange, type RangeName, RELATIVE_RANGES, relativeRange } from './explorer-range.ts';
import { ExplorerSummary } from './explorer-summary.tsx';
import { FacetPanel } from './facet-panel.tsx';
import { knownValuesOf } from './facet-terms.ts';
import { QueryBar } from './query-bar.tsx';
import { RangeFields } from './range-fields.tsx';
import { RequestSheet } from './request-sheet.tsx';
import { toRequestsCsv } from './requests-csv.ts';
import { RequestsTable, USUAL_COLUMNS } from './requests-table.tsx';
import { SavedViewsMenu } from './saved-views-menu.tsx';
import { hasFacets, type RequestsSummary } from './summary-types.ts';
import { type ExplorerState, useExplorer } from './use-explorer.ts';
import { type LiveTail, mergeRows, useLiveTail } from './use-live-tail.ts';
import { useRequestsSummary } from './use-requests-summary.ts';

export function RequestsScreen() {
  const text = useMessages('requests');
  const explorer = useExplorer();
  const { q, range } = explorer;
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={<ShowApiCall path={withQuery('/requests', { q, from: range.from, to: range.to })} />}
      />
      <Guarded permission="requests:read">
        <Explorer explorer={explorer} />
      </Guarded>
    </>
  );
}

function Explorer({ explorer }: { readonly explorer: ExplorerState }) {
  const url = useUrlState();
  const { q, range, live, ready } = explorer;
  const enabled = usePermission('requests:read') && ready;
  const requests = useApiList<RequestSummary>(
    withQuery('/requests', { q, from: range.from, to: range.to, limit: 50 }),
    { enabled },
  );
  const summary = useRequestsSummary({ q, from: range.from, to: range.to }, enabled, live);
  const mayHaveFacets = summary.data === undefined || hasFacets(summary.data);
  const openId = url.get('open');
  const [hovered, setHovered] = useState(false);
  const tail = useLiveTail(q, enabled && live, hovered || openId !== undefined);
  const rows = useMemo(
    () => (tail.rows.length === 0 ? requests.rows : mergeRows(tail.rows, requests.rows)),
    [tail.rows, requests.rows],
  );
  const queryProblem = requests.error?.errors.find(({ path }) => path === 'query.q')?.message;
  const known = useMemo(
    () => (summary.data === undefined ? {} : knownValuesOf(summary.data)),
    [summary.data],
  );
  const setQuery = (query: string) => {
    explorer.renew();
    // An id names one request: it opens, whatever the range is.
    if (/^req_[1-9A-HJ-NP-Za-km-z]{22}$/.test(query)) url.set({ q: undefined, open: query });
    else url.set({ q: query });
  };
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <QueryBar query={q} problem={queryProblem} known={known} onChange={setQuery} />
      <ExplorerControls explorer={explorer} rows={rows} summary={summary.data} onQuery={setQuery} />
      <ExplorerSummary
        summary={summary}
        onRange={(fromMs, toMs) => url.set({ ...customRange(fromMs, toMs), live: undefined })}
      />
      <div
        className={classNames('grid min-w-0 gap-4', mayHaveFacets && 'xl:grid-cols-[13rem_minmax(0,1fr)]')}
      >
        {mayHaveFacets && (
          <aside className="hidden xl:block">
            {summary.data && <FacetPanel query={q} summary={summary.data} onChange={setQuery} />}
          </aside>
        )}
        {/* biome-ignore lint/a11y/noStaticElementInteractions: pointing at the list only holds new rows back */}
        <section
          aria-busy={requests.isFetching}
          className="min-w-0"
          onPointerEnter={() => setHovered(true)}
          onPointerLeave={() => setHovered(false)}
          onFocus={() => setHovered(true)}
          onBlur={() => setHovered(false)}
        >
          <FoundRequests
            explorer={explorer}
            requests={queryProblem === undefined ? requests : { ...requests, error: null }}
            rows={rows}
            tail={tail}
            openId={openId}
          />
        </section>
      </div>
      <RequestSheet
        id={openId}
        onClose={() => url.set({ open: undefined })}
        {...neighboursOf(rows, openId)}
        onOpen={(id) => url.set({ open: id })}
      />
    </div>
  );
}

/** The rows before and behind the open one, so that one can go through them. */
function neighboursOf(rows: readonly RequestSummary[], id: string | undefined) {
  const at = rows.findIndex((row) => row.id === id);
  return at === -1 ? {} : { previousId: rows[at - 1]?.id, nextId: rows[at + 1]?.id };
}

interface ExplorerControlsProps {
  readonly explorer: ExplorerState;
  readonly rows: readonly RequestSummary[];
  readonly summary: RequestsSummary | undefined;
  readonly onQuery: (query: string) => void;
}

function ExplorerControls({ explorer, rows, summary, onQuery }: ExplorerControlsProps) {
  const text = useMessages('requests');
  const common = useMessages('common');
  const url = useUrlState();
  const { q, range, live, columns } = explorer;
  const chooseRange = (name: RangeName) => {
    explorer.renew();
    if (name !== 'custom') url.set(relativeRange(name));
    else {
      url.set({
        ...customRange(Date.parse(range.from), Date.parse(range.to ?? new Date().toISOString())),
        live: undefined,
      });
    }
  };
  const save = useSaveRows();
  const [exporting, setExporting] = useState(false);
  const exportCsv = async () => {
    setExporting(true);
    await save<RequestSummary>(
      withQuery('/requests', { q, from: range.from, to: range.to }),
      'requests',
      (found) => toRequestsCsv(found, columns ?? USUAL_COLUMNS),
    );
    setExporting(false);
  };
  return (
    <div className="flex flex-wrap items-center gap-2">
      <SavedViewsMenu
        views={explorer.views}
        current={explorer.view}
        question={explorer.question}
        onOpen={explorer.openView}
      />
      <Select<RangeName>
        compact
        aria-label={text.range}
        value={range.name}
        onValueChange={chooseRange}
        options={[...RELATIVE_RANGES, 'custom' as const].map((value) => ({
          value,
          label: text.ranges[value],
        }))}
      />
      {range.name === 'custom' && <RangeFields range={range} />}
      {summary && (
        <span className="xl:hidden">
          <Sheet title={text.facets.label} trigger={<Button icon={<Filter />}>{text.facets.label}</Button>}>
            <FacetPanel query={q} summary={summary} onChange={onQuery} />
          </Sheet>
        </span>
      )}
      <span className="flex flex-wrap items-center gap-2 sm:ml-auto">
        <Switch
          label={text.live}
          checked={live}
          onCheckedChange={(checked) => {
            explorer.renew();
            url.set({
              live: checked ? '1' : undefined,
              // Nothing new comes into a range that has ended.
              ...(checked && range.name === 'custom' && relativeRange('hour')),
            });
          }}
        />
        {range.name !== 'custom' && (
          <Button icon={<RefreshCw />} variant="ghost" onClick={explorer.renew}>
            {text.refresh}
          </Button>
        )}
        <Button
          icon={<FileDown />}
          onClick={() => void exportCsv()}
          loading={exporting}
          disabled={rows.length === 0}
        >
          {common.exportCsv}
        </Button>
      </span>
    </div>
  );
}

interface FoundRequestsProps {
  readonly explorer: ExplorerState;
  readonly requests: ReturnType<typeof useApiList<RequestSummary>>;
  readonly rows: readonly RequestSummary[];
  readonly tail: LiveTail;
  readonly openId: string | undefined;
}

function FoundRequests({ explorer, requests, rows, tail, openId }: FoundRequestsProps) {
  const text = useMessages('requests');
  const url = useUrlState();
  const { locale } = useUi();
  const { q, live, columns } = explorer;
  const searchedTo = requests.data?.pages.at(-1)?.searchedTo;
  const searching = requests.isFetchingNextPage;
  return (
    <div className="flex min-w-0 flex-col gap-2">
      {live && (
        <p role="status" className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-ink-soft">
          <span
            aria-hidden
            className={`size-2 rounded-full ${tail.failing ? 'bg-warning' : 'bg-positive'}`}
          />
          {tail.failing
            ? text.liveFailing
            : tail.waiting > 0
              ? text.liveWaiting(formatNumber(tail.waiting, locale))
              : text.liveOn}
          {tail.skipped && <span className="text-warning">{text.liveSkipped}</span>}
        </p>
      )}
      <RequestsTable
        // Below an empty list its own button goes on with the search.
        list={{ ...requests, rows, hasNextPage: requests.hasNextPage && rows.length > 0 }}
        caption={text.title}
        columnChoice
        {...(columns !== undefined && { shownColumns: columns })}
        onColumnsChange={(shown) => url.set({ cols: shown?.join(',') })}
        onOpen={({ id }) => url.set({ open: id })}
        activeId={openId}
        empty={
          searchedTo == null ? (
            <Empty filtered={q !== ''} onClear={() => url.set({ q: undefined, view: undefined })} />
          ) : (
            <SearchedSoFar
              searchedTo={searchedTo}
              searching={searching}
              onFurther={() => void requests.fetchNextPage()}
            />
          )
        }
      />
      {searchedTo != null && rows.length > 0 && (
        <Callout
          action={
            <Button size="sm" loading={searching} onClick={() => void requests.fetchNextPage()}>
              {text.searchFurther}
            </Button>
          }
        >
          {text.searchedText} <TimeStamp value={searchedTo} />
        </Callout>
      )}
    </div>
  );
}

/** Nothing was found yet in the newest part of a range that is too large to look through at once. */
function SearchedSoFar({
  searchedTo,
  searching,
  onFurther,
}: {
  readonly searchedTo: string;
  readonly searching: boolean;
  readonly onFurther: () => void;
}) {
  const text = useMessages('requests');
  return (
    <EmptyState
      icon={<SearchX />}
      title={text.searchedTitle}
      action={
        <Button loading={searching} onClick={onFurther}>
          {text.searchFurther}
        </Button>
      }
    >
      {text.searchedText} <TimeStamp value={searchedTo} />
    </EmptyState>
  );
}

function Empty({ filtered, onClear }: { readonly filtered: boolean; readonly onClear: () => void }) {
  const text = useMessages('requests');
  if (filtered) return <NothingMatches onClear={onClear} />;
  return (
    <EmptyState icon={<ScrollText />} title={text.emptyTitle}>
      {text.emptyText}
    </EmptyState>
  );
}
