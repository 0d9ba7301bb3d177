'use client';
/** One route: what it does, and a request to try it with. */
import type { Route } from '@tollgate/api';
import { Button, Card, EmptyState, PageHeader, Skeleton, StatusBadge, toast } from '@tollgate/ui';
import { Waypoints } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { useGo } from '../common/leaving.ts';
import { QueryError } from '../common/query-error.tsx';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { type OpenedAction, RouteActionDialog, RouteMenu } from './route-actions.tsx';
import { pathOfRoute, ROUTES_PATH, useChangeRoute } from './route-api.ts';
import { newRoute } from './route-draft.ts';
import { RouteEditor } from './route-editor.tsx';
import { useEditorText } from './use-editor-text.ts';

export function RouteScreen({ id }: { readonly id: string }) {
  return (
    <Guarded permission="routes:read">
      <RoutePage id={id} />
    </Guarded>
  );
}

function RoutePage({ id }: { readonly id: string }) {
  const route = useApiQuery<Route>(pathOfRoute(id));
  if (route.data !== undefined) return <LoadedRoute route={route.data} />;
  return route.error === null ? <RouteSkeleton /> : <RouteMissing query={route} />;
}

export function RouteMissing({ query }: Pick<Parameters<typeof QueryError>[0], 'query'>) {
  const text = useMessages('routes');
  return (
    <Card flush>
      <QueryError
        query={query}
        missing={
          <EmptyState
            icon={<Waypoints />}
            title={text.notFound}
            action={
              <Button asChild>
                <Link href={ROUTES_PATH}>{text.title}</Link>
              </Button>
            }
          >
            {text.notFoundText}
          </EmptyState>
        }
      />
    </Card>
  );
}

export function RouteSkeleton() {
  return (
    <div aria-busy className="flex flex-col gap-4">
      <Skeleton className="h-7 w-64" />
      <div className="grid gap-4 xl:grid-cols-[minmax(0,1fr)_23rem]">
        <Skeleton className="h-96" />
        <Skeleton className="h-72" />
      </div>
    </div>
  );
}

function LoadedRoute({ route }: { readonly route: Route }) {
  const text = useMessages('routes');
  const editorText = useEditorText();
  const go = useGo();
  const change = useChangeRoute();
  const [opened, setOpened] = useState<OpenedAction>();
  return (
    <>
      <PageHeader
        breadcrumbs={[
          <Link key="routes" href={ROUTES_PATH}>
            {text.title}
          </Link>,
          route.name,
        ]}
        title={<span className="font-mono">{route.name}</span>}
        badge={
          <StatusBadge
            status={route.isEnabled ? 'active' : 'disabled'}
            label={route.isEnabled ? text.states.enabled : text.states.disabled}
          />
        }
        actions={
          <>
            <ShowApiCall path={pathOfRoute(route.id)} />
            <RouteMenu route={route} isOpen onChoose={setOpened} />
          </>
        }
      />
      <RouteEditor
        route={route}
        start={newRoute}
        onSave={(json) => change.mutateAsync({ route, json })}
        onSaved={({ name, isEnabled }) => {
          const { saved, savedDisabled } = editorText.form;
          toast.success(isEnabled ? saved(name) : savedDisabled(name));
        }}
      />
      {opened && (
        <RouteActionDialog
          opened={opened}
          onClose={() => setOpened(undefined)}
          onDeleted={() => go(ROUTES_PATH, { unasked: true })}
        />
      )}
    </>
  );
}
