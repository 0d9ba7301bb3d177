'use client';
/** The request explorer. Query, range, live and the open request are in the address. */
import { Button, EmptyState, PageHeader, Select, Switch, TimeStamp } from '@tollgate/ui';
import { ScrollText, SearchX } from 'lucide-react';
import { useMemo } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiList } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { QueryBar } from './query-bar.tsx';
import { QueryFacets } from './query-facets.tsx';
import { RequestSheet } from './request-sheet.tsx';
import type { RequestSummary } from './request-types.ts';
import { RequestsTable } from './requests-table.tsx';

const RANGE_MS = {
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
} as const;
type Range = keyof typeof RANGE_MS;
const RANGES = Object.keys(RANGE_MS) as Range[];
const LIVE_MS = 3_000;

export function RequestsScreen() {
  const text = useMessages('requests');
  const url = useUrlState();
  const q = url.get('q') ?? '';
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={<ShowApiCall path={withQuery('/requests', { q })} />}
      />
      <Guarded permission="requests:read">
        <Explorer q={q} />
      </Guarded>
    </>
  );
}

function Explorer({ q }: { readonly q: string }) {
  const text = useMessages('requests');
  const url = useUrlState();
  const range = RANGES.find((one) => one === url.get('range')) ?? 'day';
  const live = url.get('live') === '1';
  // To the minute, and once per range: the same list must stay the same question.
  const from = useMemo(
    () => new Date(Math.floor((Date.now() - RANGE_MS[range]) / 60_000) * 60_000).toISOString(),
    [range],
  );
  const requests = useApiList<RequestSummary>(withQuery('/requests', { q, from, limit: 50 }), {
    enabled: usePermission('requests:read'),
    refetchIntervalMs: live && LIVE_MS,
  });
  const queryProblem = requests.error?.errors.find(({ path }) => path === 'query.q')?.message;
  const openId = url.get('open');
  const searchedTo = requests.data?.pages.at(-1)?.searchedTo;
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <QueryBar query={q} problem={queryProblem} onChange={(query) => url.set({ q: query })} />
      <RequestsTable
        list={queryProblem === undefined ? requests : { ...requests, error: null }}
        caption={text.title}
        columnChoice
        onOpen={({ id }) => url.set({ open: id })}
        activeId={openId}
        toolbar={
          <>
            <QueryFacets query={q} onChange={(query) => url.set({ q: query })} />
            <span className="ml-auto flex items-center gap-3">
              <Switch
                label={text.live}
                checked={live}
                onCheckedChange={(checked) => url.set({ live: checked ? '1' : undefined })}
              />
              <Select<Range>
                compact
                aria-label={text.range}
                value={range}
                onValueChange={(value) => url.set({ range: value === 'day' ? undefined : value })}
                options={RANGES.map((value) => ({ value, label: text.ranges[value] }))}
              />
            </span>
          </>
        }
        empty={
          searchedTo == null ? (
            <Empty filtered={q !== ''} onClear={() => url.set({ q: undefined })} />
          ) : (
            <SearchedSoFar
              searchedTo={searchedTo}
              searching={requests.isFetchingNextPage}
              onFurther={() => void requests.fetchNextPage()}
            />
          )
        }
      />
      <RequestSheet id={openId} onClose={() => url.set({ open: undefined })} />
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
  const parts = useMessages('parts');
  const common = useMessages('common');
  if (!filtered) {
    return (
      <EmptyState icon={<ScrollText />} title={text.emptyTitle}>
        {text.emptyText}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<SearchX />}
      title={parts.noMatchTitle}
      action={<Button onClick={onClear}>{common.clearFilters}</Button>}
    >
      {parts.noMatchText}
    </EmptyState>
  );
}
