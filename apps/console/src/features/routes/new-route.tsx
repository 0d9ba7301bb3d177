'use client';
/** A new route, or one that begins as another. */
import type { Route } from '@tollgate/api';
import { PageHeader, toast } from '@tollgate/ui';
import Link from 'next/link';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { useGo } from '../common/leaving.ts';
import { idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { pathOfRoute, ROUTES_PATH, useCreateRoute } from './route-api.ts';
import { newRoute, toDraft } from './route-draft.ts';
import { RouteEditor } from './route-editor.tsx';
import { RouteMissing, RouteSkeleton } from './route-screen.tsx';
import { useEditorText } from './use-editor-text.ts';

export function NewRoute() {
  const text = useMessages('routes');
  return (
    <>
      <PageHeader
        breadcrumbs={[
          <Link key="routes" href={ROUTES_PATH}>
            {text.title}
          </Link>,
          text.newTitle,
        ]}
        title={text.newTitle}
        actions={<ShowApiCall path={ROUTES_PATH} />}
      />
      <Guarded permission="routes:write">
        <Begun />
      </Guarded>
    </>
  );
}

function Begun() {
  const from = useUrlState().get('from');
  const original = useApiQuery<Route>(from === undefined ? undefined : pathOfRoute(from));
  if (from === undefined || original.data !== undefined) return <NewEditor original={original.data} />;
  return original.error === null ? <RouteSkeleton /> : <RouteMissing query={original} />;
}

function NewEditor({ original }: { readonly original: Route | undefined }) {
  const text = useMessages('routes');
  const editorText = useEditorText();
  const go = useGo();
  const create = useCreateRoute();
  const key = useIdempotencyKey();
  return (
    <RouteEditor
      start={() =>
        original === undefined ? newRoute() : { ...toDraft(original), name: text.copyOf(original.name) }
      }
      onSave={(json) => create.mutateAsync({ json, idempotencyKey: idempotencyKeyOf(key, json) })}
      onSaved={({ id, name, isEnabled }) => {
        const { created, createdDisabled } = editorText.form;
        toast.success(isEnabled ? created(name) : createdDisabled(name));
        go(pathOfRoute(id), { replace: true, unasked: true });
      }}
    />
  );
}
