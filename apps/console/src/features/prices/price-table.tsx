'use client';
/** The price book: searched at the server, because it holds thousands of prices. */
import type { ListedPrice } from '@tollgate/api';
import {
  Badge,
  type ColumnDef,
  DataTable,
  EmptyState,
  Money,
  Select,
  TimeStamp,
  useNowMs,
} from '@tollgate/ui';
import { Tags } from 'lucide-react';
import { useMemo } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiList } from '../../api/use-api.ts';
import { usePrefetch } from '../../api/use-prefetch.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { FilterSelect } from '../common/filter-select.tsx';
import { NothingMatches } from '../common/nothing-matches.tsx';
import { SearchFilter } from '../common/search-field.tsx';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { useProviderName, useProviders } from '../providers/provider-api.ts';
import { PriceStateBadge, useLayerName } from './price-facts.tsx';

const ALL = 'all';
const DAY_MS = 86_400_000;
const LAYERS = ['catalogue', 'operator', 'organization'] as const;
const CHANGED_DAYS = ['7', '30', '90'] as const;
const FILTERS = ['q', 'provider', 'layer', 'state', 'changed'] as const;

/** The day is enough: a path that moves with every render would be asked again each time. */
export function usePricesPath(limit?: number): string {
  const url = useUrlState();
  const days = Number(url.get('changed'));
  const today = Math.floor(useNowMs() / DAY_MS) * DAY_MS;
  return withQuery('/prices', {
    q: url.get('q'),
    provider: url.get('provider'),
    layer: url.get('layer'),
    state: url.get('state') === ALL ? undefined : (url.get('state') ?? 'in-force'),
    changedSince: days > 0 ? new Date(today - days * DAY_MS).toISOString() : undefined,
    limit,
  });
}

export function PriceTable({
  openedId,
  onOpen,
}: {
  readonly openedId: string | undefined;
  readonly onOpen: (price: ListedPrice) => void;
}) {
  const text = useMessages('prices');
  const url = useUrlState();
  const prices = useApiList<ListedPrice>(usePricesPath(50));
  const prefetch = usePrefetch();
  const listProps = useListProps();
  const columns = useColumns();
  const filtered = FILTERS.some((name) => url.get(name) !== undefined);
  return (
    <DataTable
      caption={text.title}
      columns={columns}
      rows={prices.rows}
      getRowId={idOf}
      {...listProps(prices)}
      activeRowId={openedId}
      onRowClick={onOpen}
      onRowIntent={({ id }) => prefetch(`/prices/${encodeURIComponent(id)}`)}
      columnChoice
      rememberAs="prices"
      toolbar={<Filters />}
      empty={
        filtered ? (
          <NothingMatches
            onClear={() => url.set(Object.fromEntries(FILTERS.map((name) => [name, undefined])))}
          />
        ) : (
          <EmptyState icon={<Tags />} title={text.emptyTitle}>
            {text.emptyText}
          </EmptyState>
        )
      }
    />
  );
}

function Filters() {
  const text = useMessages('prices');
  const url = useUrlState();
  return (
    <>
      <SearchFilter label={text.search} />
      <Select
        compact
        aria-label={text.state}
        value={url.get('state') ?? 'in-force'}
        onValueChange={(value) => url.set({ state: value === 'in-force' ? undefined : value })}
        options={[
          ...(['in-force', 'scheduled', 'past'] as const).map((value) => ({
            value,
            label: text.states[value],
          })),
          { value: ALL, label: text.allStates },
        ]}
      />
      <ProviderFilter />
      <FilterSelect
        name="layer"
        label={text.layer}
        all={text.allLayers}
        values={LAYERS}
        labelOf={(layer) => text.layers[layer]}
      />
      <FilterSelect
        name="changed"
        label={text.changed}
        all={text.anyTime}
        values={CHANGED_DAYS}
        labelOf={text.lastDays}
      />
    </>
  );
}

/** Those that Tollgate connects to; a provider that only the book knows is searched by its name. */
function ProviderFilter() {
  const text = useMessages('prices');
  const locale = useLocale();
  const url = useUrlState();
  const providerName = useProviderName();
  const known = (useProviders().data?.data ?? []).map(({ id }) => id);
  const values = [...new Set([...known, url.get('provider') ?? ''])]
    .filter((id) => id !== '')
    .toSorted((left, right) => providerName(left).localeCompare(providerName(right), locale));
  return (
    <FilterSelect
      name="provider"
      label={text.provider}
      all={text.allProviders}
      values={values}
      labelOf={providerName}
    />
  );
}

function useColumns(): ColumnDef<ListedPrice>[] {
  const text = useMessages('prices');
  const providerName = useProviderName();
  const layerName = useLayerName();
  return useMemo<ColumnDef<ListedPrice>[]>(
    () => [
      {
        id: 'model',
        header: text.model,
        enableSorting: false,
        meta: { fixed: true },
        cell: ({ row: { original } }) => (
          <span className="flex flex-wrap items-center gap-1.5">
            <code className="font-mono text-xs font-medium wrap-anywhere">{original.model}</code>
            {original.region !== null && <Badge tone="outline">{original.region}</Badge>}
            {original.serviceTier !== 'default' && <Badge tone="outline">{original.serviceTier}</Badge>}
            {original.state !== 'in-force' && <PriceStateBadge state={original.state} />}
          </span>
        ),
      },
      {
        id: 'provider',
        header: text.provider,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => providerName(row.original.provider),
      },
      amountColumn('input', text.input),
      amountColumn('output', text.output),
      {
        id: 'layer',
        header: text.layer,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => layerName(row.original),
      },
      {
        id: 'validFrom',
        header: text.validFrom,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => <TimeStamp value={row.original.validFrom} />,
      },
    ],
    [text, providerName, layerName],
  );
}

function amountColumn(component: string, header: string): ColumnDef<ListedPrice> {
  return {
    id: component,
    header,
    enableSorting: false,
    meta: { align: 'right' },
    cell: ({ row }) => <Money value={row.original.components[component]?.usdPerMillion} />,
  };
}
