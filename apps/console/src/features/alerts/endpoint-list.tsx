'use client';
/** Webhook endpoints, and the log of each beside them. */
import type { WebhookEndpoint } from '@tollgate/api';
import { Button, type ColumnDef, DataTable, EmptyState, TimeStamp } from '@tollgate/ui';
import { Plus, Webhook } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { later } from '../common/later.tsx';
import { useListProps } from '../common/use-list-props.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { LearnMore } from '../docs/learn-more.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { useEndpoints } from './alert-api.ts';
import { EndpointSheet } from './endpoint-sheet.tsx';
import { EndpointState } from './endpoint-state.tsx';

const EndpointDialog = later(async () => (await import('./endpoint-dialog.tsx')).EndpointDialog);

export function EndpointList() {
  const text = useMessages('alerts').webhooks;
  const url = useUrlState();
  const mayWrite = usePermission('webhooks:write');
  const endpoints = useEndpoints();
  const [creating, setCreating] = useState(false);
  const listProps = useListProps();
  const show = useCallback(({ id }: WebhookEndpoint) => url.set({ endpoint: id }), [url.set]);
  const columns = useEndpointColumns(show);
  const create = mayWrite && (
    <Button variant="primary" icon={<Plus />} onClick={() => setCreating(true)}>
      {text.create}
    </Button>
  );
  const opened = endpoints.rows.find(({ id }) => id === url.get('endpoint'));
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="max-w-2xl text-sm text-ink-soft">{text.text}</p>
        {endpoints.rows.length > 0 && create}
      </div>
      <DataTable
        caption={text.columns.endpoint}
        columns={columns}
        rows={endpoints.rows}
        getRowId={endpointId}
        {...listProps(endpoints)}
        activeRowId={url.get('endpoint')}
        onRowClick={show}
        empty={
          <EmptyState icon={<Webhook />} title={text.empty} action={create}>
            {text.emptyText} <LearnMore page="webhooks" />
          </EmptyState>
        }
      />
      {creating && <EndpointDialog onClose={() => setCreating(false)} />}
      <EndpointSheet endpoint={opened} onClose={() => url.set({ endpoint: undefined })} />
    </div>
  );
}

const endpointId = ({ id }: WebhookEndpoint) => id;

function useEndpointColumns(onOpen: (endpoint: WebhookEndpoint) => void): ColumnDef<WebhookEndpoint>[] {
  const text = useMessages('alerts').webhooks;
  return useMemo<ColumnDef<WebhookEndpoint>[]>(
    () => [
      {
        id: 'endpoint',
        header: text.columns.endpoint,
        enableSorting: false,
        meta: { fixed: true },
        cell: ({ row: { original } }) => (
          <span className="flex flex-col items-start">
            <button
              type="button"
              className="text-left font-medium wrap-anywhere text-ink hover:underline"
              onClick={(event) => {
                event.stopPropagation();
                onOpen(original);
              }}
            >
              {original.name === '' ? original.url : original.name}
            </button>
            {original.name !== '' && (
              <span className="text-xs text-ink-faint wrap-anywhere">{original.url}</span>
            )}
          </span>
        ),
      },
      {
        id: 'events',
        header: text.columns.events,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row: { original } }) =>
          original.events.includes('*') ? text.allEvents : text.events(original.events.length),
      },
      {
        id: 'state',
        header: text.columns.state,
        enableSorting: false,
        meta: { className: 'w-36' },
        cell: ({ row }) => <EndpointState endpoint={row.original} />,
      },
      {
        id: 'added',
        header: text.columns.added,
        enableSorting: false,
        meta: { wideOnly: true, className: 'w-36' },
        cell: ({ row }) => <TimeStamp value={row.original.createdAt} />,
      },
    ],
    [text, onOpen],
  );
}
