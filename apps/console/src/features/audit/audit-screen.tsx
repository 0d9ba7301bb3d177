'use client';
/** Who did what, with filters; one event in a sheet; and whether the chain holds. */
import type { AuditEvent } from '@tollgate/api';
import {
  Badge,
  Button,
  type ColumnDef,
  Combobox,
  DataTable,
  EmptyState,
  Input,
  PageHeader,
  Select,
  TimeStamp,
} from '@tollgate/ui';
import { History, SearchX, X } from 'lucide-react';
import { useMemo } from 'react';
import { useApiList } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { EmailText } from '../common/email-text.tsx';
import { Guarded } from '../common/guarded.tsx';
import { ListCsv } from '../common/list-csv.tsx';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { ShortId } from '../requests/requests-table.tsx';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { useTimeZone } from '../usage/use-time-zone.ts';
import { ActorSelect } from './actor-select.tsx';
import { AUDIT_FILTERS, auditPath, fromActorChoice, toActorChoice } from './audit-question.ts';
import { useChainCheck } from './chain-check.tsx';
import { ExportLog } from './export-log.tsx';
import { OpenedEvent } from './opened-event.tsx';
import { useActionName, useActionOptions } from './use-action-name.ts';
import { useAuditNames } from './use-audit-names.ts';

const ALL = 'all';

const toJson = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

const CSV = {
  id: ({ id }: AuditEvent) => id,
  occurredAt: ({ occurredAt }: AuditEvent) => occurredAt,
  actorKind: ({ actor }: AuditEvent) => actor.kind,
  actorId: ({ actor }: AuditEvent) => actor.id,
  actorName: ({ actor }: AuditEvent) => actor.name,
  action: ({ action }: AuditEvent) => action,
  targetKind: ({ target }: AuditEvent) => target.kind,
  targetId: ({ target }: AuditEvent) => target.id,
  targetName: ({ target }: AuditEvent) => target.name,
  before: ({ before }: AuditEvent) => toJson(before),
  after: ({ after }: AuditEvent) => toJson(after),
  ipAddress: ({ ipAddress }: AuditEvent) => ipAddress,
  userAgent: ({ userAgent }: AuditEvent) => userAgent,
  requestId: ({ requestId }: AuditEvent) => requestId,
  sequence: ({ sequence }: AuditEvent) => sequence,
};
export function AuditScreen() {
  const text = useMessages('audit');
  const url = useUrlState();
  const timeZone = useTimeZone() ?? 'UTC';
  const listed = auditPath(url, timeZone);
  const path = `${listed}${listed.includes('?') ? '&' : '?'}limit=50`;
  const mayRead = usePermission('audit:read');
  const chain = useChainCheck();
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={
          <>
            <ShowApiCall path={path} />
            {mayRead && chain.button}
            <ListCsv<AuditEvent> permission="audit:read" path={listed} name="audit-events" columns={CSV} />
            <ExportLog />
          </>
        }
      />
      <Guarded permission="audit:read">
        <div className="flex flex-col gap-4">
          {chain.result}
          <EventTable path={path} />
        </div>
      </Guarded>
    </>
  );
}

function EventTable({ path }: { readonly path: string }) {
  const text = useMessages('audit');
  const parts = useMessages('parts');
  const url = useUrlState();
  const events = useApiList<AuditEvent>(path);
  const openedId = url.get('event');
  const opened = events.rows.find(({ id }) => id === openedId);
  const filtered = AUDIT_FILTERS.some((name) => url.get(name) !== undefined);
  const columns = useColumns();
  const listProps = useListProps();
  return (
    <>
      <DataTable
        caption={text.title}
        columns={columns}
        columnChoice
        rememberAs="audit"
        rows={events.rows}
        getRowId={idOf}
        {...listProps(events)}
        activeRowId={opened?.id}
        onRowClick={({ id }) => url.set({ event: id })}
        toolbar={<Filters filtered={filtered} />}
        empty={
          <EmptyState
            icon={filtered ? <SearchX /> : <History />}
            title={filtered ? parts.noMatchTitle : text.emptyTitle}
          >
            {filtered ? parts.noMatchText : text.emptyText}
          </EmptyState>
        }
      />
      {openedId !== undefined && !events.isLoading && (
        <OpenedEvent id={openedId} row={opened} onClose={() => url.set({ event: undefined })} />
      )}
    </>
  );
}

function Filters({ filtered }: { readonly filtered: boolean }) {
  const text = useMessages('audit');
  const common = useMessages('common');
  const url = useUrlState();
  const action = url.get('action');
  return (
    <>
      <Combobox
        aria-label={text.filterAction}
        className="w-full sm:w-60"
        allLabel={text.anyAction}
        value={action}
        clearable
        onValueChange={(next) => url.set({ action: next })}
        options={useActionOptions(action)}
      />
      <Select
        compact
        aria-label={text.filterTarget}
        value={url.get('targetKind') ?? ALL}
        onValueChange={(kind) =>
          url.set({ targetKind: kind === ALL ? undefined : kind, targetId: undefined })
        }
        options={[
          { value: ALL, label: text.allTargets },
          ...Object.entries(text.targets)
            .filter(([kind]) => kind !== 'key')
            .map(([value, label]) => ({ value, label })),
        ]}
      />
      <ActorSelect value={toActorChoice(url)} onChange={(choice) => url.set(fromActorChoice(choice))} />
      {(['from', 'to'] as const).map((name) => (
        <span key={name} className="flex items-center gap-1.5">
          <span aria-hidden className="text-xs text-ink-faint max-sm:w-8">
            {text[name]}
          </span>
          <Input
            type="date"
            aria-label={text[name]}
            className="tabular w-auto"
            value={url.get(name) ?? ''}
            onChange={(change) => url.set({ [name]: change.target.value })}
          />
        </span>
      ))}
      {filtered && (
        <Button
          variant="ghost"
          icon={<X />}
          onClick={() => url.set(Object.fromEntries(AUDIT_FILTERS.map((name) => [name, undefined])))}
        >
          {common.clearFilters}
        </Button>
      )}
    </>
  );
}

function useColumns(): ColumnDef<AuditEvent>[] {
  const text = useMessages('audit');
  const actionName = useActionName();
  const { actorName, targetName } = useAuditNames();
  return useMemo<ColumnDef<AuditEvent>[]>(() => {
    const kinds: Readonly<Record<string, string>> = text.targets;
    const actorKinds: Readonly<Record<string, string>> = text.actorKind;
    return [
      {
        id: 'time',
        header: text.time,
        enableSorting: false,
        cell: ({ row }) => <TimeStamp value={row.original.occurredAt} />,
      },
      {
        id: 'actor',
        header: text.actor,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row: { original } }) => (
          <span className="flex items-center gap-2">
            <span className="wrap-anywhere">{actorName(original.actor)}</span>
            {original.actor.kind !== 'user' && (
              <Badge tone="outline">{actorKinds[original.actor.kind] ?? original.actor.kind}</Badge>
            )}
          </span>
        ),
      },
      {
        id: 'action',
        header: text.action,
        enableSorting: false,
        cell: ({ row: { original } }) => (
          <span className="flex flex-col">
            <span className="font-medium">{actionName(original.action)}</span>
            <span className="text-xs text-ink-faint sm:hidden">
              <EmailText value={actorName(original.actor)} />
            </span>
          </span>
        ),
      },
      {
        id: 'target',
        header: text.target,
        enableSorting: false,
        cell: ({ row: { original } }) => (
          <span className="flex flex-col">
            {original.target.name && (
              <span className="wrap-anywhere">
                <EmailText value={targetName(original.target)} />
              </span>
            )}
            <span className="text-xs text-ink-faint">
              {kinds[original.target.kind] ?? original.target.kind}{' '}
              {!original.target.name && <ShortId id={original.target.id} />}
            </span>
          </span>
        ),
      },
      {
        id: 'address',
        header: text.address,
        accessorKey: 'ipAddress',
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ getValue }) => <code className="font-mono text-xs">{getValue<string>()}</code>,
      },
    ];
  }, [text, actionName, actorName, targetName]);
}
