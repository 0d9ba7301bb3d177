'use client';
/** Webhook endpoints, and the log of each beside them. */
import type { WebhookEndpoint } from '@tollgate/api';
import { Button, type ColumnDef, TimeStamp } from '@tollgate/ui';
import { Plus, Webhook } from 'lucide-react';
import { useCallback, useMemo, useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { later } from '../common/later.tsx';
import { ListSection } from '../common/list-section.tsx';
import { RowOpener } from '../common/row-opener.tsx';
import { idOf } from '../common/use-list-props.ts';
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
  const show = useCallback(({ id }: WebhookEndpoint) => url.set({ endpoint: id }), [url.set]);
  const columns = useEndpointColumns(show);
  const create = mayWrite && (
    <Button variant="primary" icon={<Plus />} onClick={() => setCreating(true)}>
      {text.create}
    </Button>
  );
  const opened = endpoints.rows.find(({ id }) => id === url.get('endpoint'));
  return (
    <ListSection
      text={text.text}
      actions={create}
      caption={text.columns.endpoint}
      columns={columns}
      rows={endpoints.rows}
      getRowId={idOf}
      list={endpoints}
      activeRowId={url.get('endpoint')}
      onRowClick={show}
      empty={{
        icon: <Webhook />,
        title: text.empty,
        text: (
          <>
            {text.emptyText} <LearnMore page="webhooks" />
          </>
        ),
      }}
    >
      {creating && <EndpointDialog onClose={() => setCreating(false)} />}
      <EndpointSheet
        endpoint={opened}
        onClose={() => url.set({ endpoint: undefined, delivery: undefined, event: undefined })}
      />
    </ListSection>
  );
}

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
            <RowOpener onOpen={() => onOpen(original)}>
              {original.name === '' ? original.url : original.name}
            </RowOpener>
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
