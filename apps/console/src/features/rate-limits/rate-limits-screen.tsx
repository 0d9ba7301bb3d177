'use client';
/** Every rate limit of every scope on one page. Filters and the open limit are in the address. */
import type { RateLimit, RateLimitUse } from '@tollgate/api';
import { Button, type ColumnDef, EmptyState, PageHeader, TimeStamp } from '@tollgate/ui';
import { Gauge, Plus } from 'lucide-react';
import Link from 'next/link';
import { useCallback, useMemo, useState } from 'react';
import { usePrefetch } from '../../api/use-prefetch.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FilterSelect } from '../common/filter-select.tsx';
import { FilteredList } from '../common/filtered-list.tsx';
import { Guarded } from '../common/guarded.tsx';
import { later } from '../common/later.tsx';
import { ListCsv } from '../common/list-csv.tsx';
import { rowsLeft } from '../common/list-filter.ts';
import { actionsColumn } from '../common/row-actions.tsx';
import { RowOpener } from '../common/row-opener.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { LearnMore } from '../docs/learn-more.tsx';
import { ScopeCell } from '../limits/scope-cell.tsx';
import { ScopeFilter } from '../limits/scope-filter.tsx';
import { useLimitText } from '../limits/use-limit-text.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { DunningBadge } from './dunning-limit.tsx';
import { type OpenedLimit, RateLimitActionDialog, RateLimitMenu } from './rate-limit-actions.tsx';
import { RATE_LIMITS_PATH, useRateLimits } from './rate-limit-api.ts';
import { METRICS } from './rate-limit-form-values.ts';
import { RateLimitSheet } from './rate-limit-sheet.tsx';
import { UseBar, useUseOfRateLimits } from './rate-limit-standing.tsx';
import { useRateLimitBulk } from './use-rate-limit-bulk.tsx';

const CreateRateLimitDialog = later(
  async () => (await import('./rate-limit-dialog.tsx')).CreateRateLimitDialog,
);

const CSV = {
  id: ({ id }: RateLimit) => id,
  scopeType: ({ scope }: RateLimit) => scope.type,
  scopeId: ({ scope }: RateLimit) => scope.id,
  metric: ({ metric }: RateLimit) => metric,
  limit: ({ limit }: RateLimit) => limit,
  windowSeconds: ({ windowSeconds }: RateLimit) => windowSeconds,
  model: ({ model }: RateLimit) => model,
  updatedAt: ({ updatedAt }: RateLimit) => updatedAt,
};

export function RateLimitsScreen() {
  const text = useMessages('rateLimits');
  const { keyDefaults } = useMessages('budgets');
  const url = useUrlState();
  const mayWrite = usePermission('rate-limits:write');
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={
          <>
            <ShowApiCall path={RATE_LIMITS_PATH} />
            <RateLimitsCsv />
            <Button asChild>
              <Link href="/key-hygiene?tab=rules">{keyDefaults}</Link>
            </Button>
            {mayWrite && (
              <Button variant="primary" icon={<Plus />} onClick={() => url.set({ create: '1' })}>
                {text.create}
              </Button>
            )}
          </>
        }
      />
      <Guarded permission="rate-limits:read">
        <RateLimits mayWrite={mayWrite} />
      </Guarded>
    </>
  );
}

function RateLimitsCsv() {
  const filters = useFilters();
  return (
    <ListCsv<RateLimit>
      permission="rate-limits:read"
      path="/rate-limits"
      name="rate-limits"
      columns={CSV}
      toShown={(rows) => rowsLeft(rows, filters)}
    />
  );
}

function RateLimits({ mayWrite }: { readonly mayWrite: boolean }) {
  const text = useMessages('rateLimits');
  const limits = useMessages('limits');
  const url = useUrlState();
  const rules = useRateLimits();
  const [opened, setOpened] = useState<OpenedLimit>();
  const open = useCallback(({ id }: RateLimit) => url.set({ open: id }), [url.set]);
  const close = useCallback(() => url.set({ open: undefined }), [url.set]);
  const uses = useUseOfRateLimits(rules.rows);
  const columns = useColumns(open, setOpened, uses);
  const filters = useFilters();
  const bulk = useRateLimitBulk();
  const prefetch = usePrefetch();
  return (
    <>
      <FilteredList
        caption={text.title}
        columns={columns}
        list={rules}
        filters={filters}
        searchLabel={text.search}
        choices={(countsOf) => (
          <>
            <ScopeFilter counts={countsOf('scope', ({ scope }) => scope.type)} />
            <FilterSelect
              name="metric"
              label={text.form.metric}
              all={text.allMetrics}
              values={METRICS}
              counts={countsOf('metric', ({ metric }) => metric)}
              labelOf={(metric) => limits.metrics[metric]}
            />
          </>
        )}
        activeRowId={url.get('open')}
        onRowClick={open}
        onRowIntent={({ id }) => prefetch(`/rate-limits/${encodeURIComponent(id)}`)}
        columnChoice
        rememberAs="rate-limits"
        {...(mayWrite && { bulkActions: bulk.actions })}
        empty={<NoRateLimits mayWrite={mayWrite} />}
      />
      <RateLimitSheet id={url.get('open')} onClose={close} onAction={setOpened} />
      {bulk.windows}
      {mayWrite && url.get('create') === '1' && (
        <CreateRateLimitDialog onClose={() => url.set({ create: undefined })} />
      )}
      {opened && (
        <RateLimitActionDialog opened={opened} onClose={() => setOpened(undefined)} onDeleted={close} />
      )}
    </>
  );
}

function useColumns(
  onOpen: (rule: RateLimit) => void,
  onAction: (opened: OpenedLimit) => void,
  uses: ReadonlyMap<string, RateLimitUse> | undefined,
): ColumnDef<RateLimit>[] {
  const text = useMessages('rateLimits');
  const mayWrite = usePermission('rate-limits:write');
  const { rateRule, scopeLabel } = useLimitText();
  return useMemo<ColumnDef<RateLimit>[]>(
    () => [
      {
        id: 'limit',
        header: text.columns.limit,
        accessorFn: ({ limit, windowSeconds }) => limit / Math.max(1, windowSeconds),
        meta: { fixed: true },
        cell: ({ row: { original } }) => (
          <>
            <span className="flex flex-wrap items-center gap-1.5">
              <RowOpener className="tabular" onOpen={() => onOpen(original)}>
                {rateRule(original)}
              </RowOpener>
              <DunningBadge rule={original} />
            </span>
            {uses !== undefined && (
              <span className="mt-1.5 block sm:hidden">
                <UseBar rule={original} use={uses.get(original.id)} />
              </span>
            )}
          </>
        ),
      },
      {
        id: 'scope',
        header: text.columns.scope,
        accessorFn: scopeLabel,
        meta: { fixed: true },
        cell: ({ row }) => <ScopeCell rule={row.original} />,
      },
      {
        id: 'model',
        header: text.columns.model,
        accessorFn: ({ model }) => model ?? '',
        meta: { wideOnly: true },
        cell: ({ row: { original } }) =>
          original.model === null ? (
            <span className="text-ink-faint">{text.anyModel}</span>
          ) : (
            <code className="font-mono text-xs">{original.model}</code>
          ),
      },
      ...(uses === undefined
        ? []
        : [
            {
              id: 'use',
              header: text.columns.use,
              accessorFn: ({ id, limit }: RateLimit) => (uses.get(id)?.used ?? -1) / Math.max(1, limit),
              meta: { wideOnly: true },
              cell: ({ row: { original } }: { readonly row: { readonly original: RateLimit } }) => (
                <UseBar rule={original} use={uses.get(original.id)} />
              ),
            },
          ]),
      {
        id: 'changed',
        header: text.columns.changed,
        accessorKey: 'updatedAt',
        meta: { wideOnly: true },
        cell: ({ row }) => <TimeStamp value={row.original.updatedAt} />,
      },
      actionsColumn(
        (row) => mayWrite && row.setBy !== 'dunning' && <RateLimitMenu rule={row} onChoose={onAction} />,
        'narrow',
      ),
    ],
    [text, mayWrite, rateRule, scopeLabel, onOpen, onAction, uses],
  );
}

function useFilters() {
  const url = useUrlState();
  const { scopeLabel, rateRule } = useLimitText();
  const query = (url.get('q') ?? '').trim().toLowerCase();
  const scope = url.get('scope');
  const metric = url.get('metric');
  return useMemo(
    () => ({
      scope: (rule: RateLimit) => scope === undefined || rule.scope.type === scope,
      metric: (rule: RateLimit) => metric === undefined || rule.metric === metric,
      q: (rule: RateLimit) => {
        const words = `${scopeLabel(rule)} ${rateRule(rule)} ${rule.model ?? ''} ${rule.id}`;
        return words.toLowerCase().includes(query);
      },
    }),
    [scopeLabel, rateRule, query, scope, metric],
  );
}

function NoRateLimits({ mayWrite }: { readonly mayWrite: boolean }) {
  const text = useMessages('rateLimits');
  const url = useUrlState();
  return (
    <EmptyState
      icon={<Gauge />}
      title={text.emptyTitle}
      action={
        mayWrite && (
          <Button variant="primary" icon={<Plus />} onClick={() => url.set({ create: '1' })}>
            {text.create}
          </Button>
        )
      }
    >
      {text.emptyText} <LearnMore page="rate-limits" />
    </EmptyState>
  );
}
