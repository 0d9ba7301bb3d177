'use client';
/** Every model within reach: what it costs, how much it reads, what it can do. */
import type { Model } from '@tollgate/api';
import { Button, DataTable, EmptyState, PageHeader, Select } from '@tollgate/ui';
import { Boxes } from 'lucide-react';
import Link from 'next/link';
import { useMemo } from 'react';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { FilterSelect } from '../common/filter-select.tsx';
import { Guarded } from '../common/guarded.tsx';
import { ListCsv } from '../common/list-csv.tsx';
import { NothingMatches } from '../common/nothing-matches.tsx';
import { SearchFilter } from '../common/search-field.tsx';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { type UrlState, useUrlState } from '../common/use-url-state.ts';
import { useProviderName } from '../providers/provider-api.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { useModels } from './model-api.ts';
import { ModelSheet } from './model-sheet.tsx';
import { useModelColumns } from './use-model-columns.tsx';

export function ModelsScreen() {
  const text = useMessages('models');
  const url = useUrlState();
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={
          <>
            <ShowApiCall path="/models?limit=50" />
            <ListCsv<Model>
              permission="models:read"
              path="/models"
              name="models"
              columns={CSV}
              toShown={(rows) => keepFitting(rows, readFilter(url))}
            />
          </>
        }
      />
      <Guarded permission="models:read">
        <ModelTable />
      </Guarded>
    </>
  );
}

const ALL = 'all';
const MODES = ['live', 'test'] as const;

const CSV = {
  id: ({ id }: Model) => id,
  provider: ({ provider }: Model) => provider,
  aliases: ({ aliases }: Model) => aliases.join(' '),
  livemode: ({ livemode }: Model) => livemode,
  supports: ({ abilities }: Model) => abilities.supports.join(' '),
};

interface ModelFilter {
  readonly query: string;
  readonly provider: string;
  readonly livemode: boolean | undefined;
}

function readFilter(url: Pick<UrlState, 'get'>): ModelFilter {
  const mode = MODES.find((each) => each === url.get('mode'));
  return {
    query: url.get('q') ?? '',
    provider: url.get('provider') ?? ALL,
    livemode: mode === undefined ? undefined : mode === 'live',
  };
}

const keepFitting = (models: readonly Model[], { query, provider, livemode }: ModelFilter) =>
  models.filter(
    (model) =>
      matches(model, query) &&
      (provider === ALL || model.provider === provider) &&
      (livemode === undefined || model.livemode === livemode),
  );

function ModelTable() {
  const text = useMessages('models');
  const url = useUrlState();
  const filter = readFilter(url);
  const { query, provider, livemode } = filter;
  const models = useModels();
  const rows = useMemo(
    () => keepFitting(models.rows, { query, provider, livemode }),
    [models.rows, query, provider, livemode],
  );
  const opened = models.rows.find(({ id }) => id === url.get('model'));
  const columns = useModelColumns();
  const listProps = useListProps();
  const filtered = query !== '' || provider !== ALL || livemode !== undefined;
  return (
    <>
      <DataTable
        caption={text.title}
        columns={columns}
        rows={rows}
        getRowId={idOf}
        {...listProps(models)}
        columnChoice
        rememberAs="models"
        initialColumnVisibility={{ maxOutput: false }}
        maxHeight="calc(100dvh - 15rem)"
        activeRowId={opened?.id}
        onRowClick={({ id }) => url.set({ model: id })}
        toolbar={
          <>
            <SearchFilter label={text.search} />
            <ProviderFilter
              models={models.rows}
              value={provider}
              onChange={(next) => url.set({ provider: next === ALL ? undefined : next })}
            />
            <FilterSelect
              name="mode"
              label={text.traffic}
              all={text.anyTraffic}
              values={MODES}
              labelOf={(mode) => text.trafficKinds[mode]}
            />
          </>
        }
        empty={
          filtered ? (
            <NothingMatches onClear={() => url.set({ q: undefined, provider: undefined, mode: undefined })} />
          ) : (
            <EmptyState
              icon={<Boxes />}
              title={text.emptyTitle}
              action={
                <Button asChild variant="primary">
                  <Link href="/providers">{text.connect}</Link>
                </Button>
              }
            >
              {text.emptyText}
            </EmptyState>
          )
        }
      />
      {opened && <ModelSheet model={opened} onClose={() => url.set({ model: undefined })} />}
    </>
  );
}

function matches(model: Model, query: string): boolean {
  const words = query.toLowerCase().split(/\s+/);
  const found = `${model.id} ${model.aliases.join(' ')} ${model.abilities.supports.join(' ')}`.toLowerCase();
  return words.every((word) => found.includes(word));
}

function ProviderFilter({
  models,
  value,
  onChange,
}: {
  readonly models: readonly Model[];
  readonly value: string;
  readonly onChange: (provider: string) => void;
}) {
  const text = useMessages('models');
  const providerName = useProviderName();
  const locale = useLocale();
  const counts = new Map<string, number>();
  for (const { provider } of models) counts.set(provider, (counts.get(provider) ?? 0) + 1);
  if (counts.size < 2 && value === ALL) return null;
  return (
    <Select
      compact
      aria-label={text.provider}
      value={value}
      onValueChange={onChange}
      options={[
        { value: ALL, label: text.allProviders, hint: models.length },
        ...[...counts]
          .map(([id, count]) => ({ value: id, label: providerName(id), hint: count }))
          .sort((left, right) => left.label.localeCompare(right.label, locale)),
      ]}
    />
  );
}
