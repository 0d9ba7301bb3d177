'use client';
/** Every route of the organization. Search and filter are in the address. */
import type { Route } from '@tollgate/api';
import { Button, EmptyState, PageHeader } from '@tollgate/ui';
import { Plus, Waypoints } from 'lucide-react';
import Link from 'next/link';
import { useCallback, useMemo, useState } from 'react';
import { usePrefetch } from '../../api/use-prefetch.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FilterSelect } from '../common/filter-select.tsx';
import { FilteredList } from '../common/filtered-list.tsx';
import { Guarded } from '../common/guarded.tsx';
import { useGo } from '../common/leaving.ts';
import { ListCsv } from '../common/list-csv.tsx';
import { rowsLeft } from '../common/list-filter.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { DocsLink } from '../docs/docs-link.tsx';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { type OpenedAction, RouteActionDialog } from './route-actions.tsx';
import { pathOfRoute, ROUTES_PATH, useRoutes } from './route-api.ts';
import { useRouteColumns } from './use-route-columns.tsx';

const STATES = ['enabled', 'disabled'] as const;
const stateOf = ({ isEnabled }: Route): (typeof STATES)[number] => (isEnabled ? 'enabled' : 'disabled');

const CSV = {
  id: ({ id }: Route) => id,
  name: ({ name }: Route) => name,
  description: ({ description }: Route) => description,
  isEnabled: ({ isEnabled }: Route) => String(isEnabled),
  rules: ({ rules }: Route) => rules.length,
  models: ({ rules, fallbacks }: Route) =>
    [...new Set([...rules.flatMap(({ targets }) => targets), ...fallbacks].map(({ model }) => model))].join(
      ' ',
    ),
  stickyBy: ({ stickyBy }: Route) => stickyBy,
  allowResold: ({ allowResold }: Route) => String(allowResold),
  problem: ({ problem }: Route) => problem ?? '',
  updatedAt: ({ updatedAt }: Route) => updatedAt,
};

export function RoutesScreen() {
  const text = useMessages('routes');
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={
          <>
            <ShowApiCall path={ROUTES_PATH} />
            <RoutesCsv />
            <CreateRoute />
          </>
        }
      />
      <Guarded permission="routes:read">
        <Routes />
      </Guarded>
    </>
  );
}

function RoutesCsv() {
  const filters = useFilters();
  return (
    <ListCsv<Route>
      permission="routes:read"
      path={ROUTES_PATH}
      name="routes"
      columns={CSV}
      toShown={(rows) => rowsLeft(rows, filters)}
    />
  );
}

function CreateRoute() {
  const text = useMessages('routes');
  if (!usePermission('routes:write')) return null;
  return (
    <Button asChild variant="primary">
      <Link href="/routes/new">
        <Plus aria-hidden />
        {text.create}
      </Link>
    </Button>
  );
}

function Routes() {
  const text = useMessages('routes');
  const common = useMessages('common');
  const go = useGo();
  const routes = useRoutes();
  const [opened, setOpened] = useState<OpenedAction>();
  const open = useCallback(({ id }: Route) => go(pathOfRoute(id)), [go]);
  const columns = useRouteColumns(setOpened);
  const prefetch = usePrefetch();
  const filters = useFilters();
  return (
    <>
      <FilteredList
        caption={text.title}
        columns={columns}
        list={routes}
        filters={filters}
        searchLabel={text.search}
        choices={(countsOf) => (
          <FilterSelect
            name="state"
            label={common.status}
            all={text.states.all}
            values={STATES}
            counts={countsOf('state', stateOf)}
            labelOf={(state) => text.states[state]}
          />
        )}
        initialSorting={BY_NAME}
        onRowClick={open}
        onRowIntent={({ id }) => prefetch(pathOfRoute(id))}
        columnChoice
        rememberAs="routes"
        empty={<NoRoutes />}
      />
      {opened && <RouteActionDialog opened={opened} onClose={() => setOpened(undefined)} />}
    </>
  );
}

const BY_NAME = [{ id: 'name', desc: false }];

function useFilters() {
  const url = useUrlState();
  const query = (url.get('q') ?? '').trim().toLowerCase();
  const state = url.get('state');
  return useMemo(
    () => ({
      state: (route: Route) => state === undefined || state === stateOf(route),
      q: (route: Route) => {
        const targets = [...route.rules.flatMap((rule) => rule.targets), ...route.fallbacks];
        const models = targets.map(({ model }) => model).join(' ');
        return `${route.name} ${route.description ?? ''} ${route.id} ${models}`.toLowerCase().includes(query);
      },
    }),
    [query, state],
  );
}

function NoRoutes() {
  const text = useMessages('routes');
  return (
    <EmptyState icon={<Waypoints />} title={text.emptyTitle} action={<CreateRoute />}>
      {text.emptyText}{' '}
      <DocsLink page="models" anchor="routes">
        {text.learn}
      </DocsLink>
    </EmptyState>
  );
}
