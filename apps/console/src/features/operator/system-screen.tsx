'use client';
/** How this installation is doing: what lags, which queues wait, which gateways serve. Looks again by itself. */
import type { SystemStanding } from '@tollgate/api';
import {
  Callout,
  Card,
  type ColumnDef,
  Dash,
  DataTable,
  EmptyState,
  Skeleton,
  StatCard,
  StatusBadge,
  TimeStamp,
  TokenCount,
} from '@tollgate/ui';
import { CircleCheck, Waypoints } from 'lucide-react';
import Link from 'next/link';
import { useMemo } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { QueryError } from '../common/query-error.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { FailedJobsSheet } from './failed-jobs-sheet.tsx';
import { SYSTEM_PATH } from './operator-api.ts';
import { QueueTable } from './queue-table.tsx';

const REFRESH_MS = 5_000;

export function SystemScreen() {
  const text = useMessages('operator').system;
  const url = useUrlState();
  const system = useApiQuery<SystemStanding>(SYSTEM_PATH, { refetchInterval: REFRESH_MS });
  const { data, error } = system;
  if (data === undefined) {
    return error ? <QueryError query={system} /> : <Skeleton className="h-96" />;
  }
  return (
    <div className="flex flex-col gap-5">
      {data.redis !== 'ok' && (
        <Callout tone="negative" title={text.redisUnreachable}>
          {text.redisUnreachableText}
        </Callout>
      )}
      <BacklogCards system={data} />
      <section className="flex flex-col gap-2">
        <SectionHead title={text.queues}>
          {text.checked} <TimeStamp value={data.checkedAt} />
        </SectionHead>
        <QueueTable queues={data.queues} onOpen={(queue) => url.set({ queue })} />
      </section>
      <section className="flex flex-col gap-2">
        <SectionHead title={text.gateways} />
        <Gateways system={data} />
      </section>
      <section className="flex flex-col gap-2">
        <SectionHead title={text.worst}>{text.worstText}</SectionHead>
        <Worst system={data} />
      </section>
      <FailedJobsSheet queue={url.get('queue')} onClose={() => url.set({ queue: undefined })} />
    </div>
  );
}

function SectionHead({ title, children }: { readonly title: string; readonly children?: React.ReactNode }) {
  return (
    <div className="flex flex-wrap items-baseline gap-x-3">
      <h2 className="text-base font-semibold">{title}</h2>
      {children && <p className="text-xs text-ink-faint">{children}</p>}
    </div>
  );
}

/** Rounds look every 15 seconds: what is younger is on its way. */
const LATE_SECONDS = 60;

function useLagText(): (seconds: number) => string {
  const text = useMessages('operator').system;
  return (seconds) => {
    if (seconds <= LATE_SECONDS) return text.current;
    if (seconds < 3_600) return text.behind(text.minutes(Math.round(seconds / 60)));
    return text.behind(text.hours(Math.round(seconds / 3_600)));
  };
}

function BacklogCards({ system }: { readonly system: SystemStanding }) {
  const text = useMessages('operator').system;
  const { rollups, outbox, auditSeals, deliveries, mail, quarantine } = system;
  return (
    <div className="grid grid-cols-2 gap-3 xl:grid-cols-3">
      <LagCard label={text.rollups} hint={text.rollupsText} seconds={rollups.lagSeconds} />
      <LagCard label={text.outbox} hint={text.outboxText} seconds={outbox.lagSeconds} />
      <LagCard label={text.seals} hint={text.sealsText} seconds={auditSeals.lagSeconds} />
      <LagCard
        label={text.deliveries}
        hint={text.deliveriesText(deliveries.count)}
        seconds={deliveries.lagSeconds}
      />
      <LagCard label={text.mail} hint={text.mailText(mail.waiting)} seconds={mail.lagSeconds} />
      <StatCard
        label={text.quarantine}
        value={
          <span className={quarantine.count > 0 ? 'text-warning' : undefined}>
            <TokenCount value={quarantine.count} />
          </span>
        }
        hint={text.quarantineText(quarantine.organizations)}
      />
    </div>
  );
}

function LagCard({
  label,
  hint,
  seconds,
}: {
  readonly label: string;
  readonly hint: string;
  readonly seconds: number;
}) {
  const lagText = useLagText();
  return (
    <StatCard
      label={label}
      value={<span className={seconds > LATE_SECONDS ? 'text-warning' : undefined}>{lagText(seconds)}</span>}
      hint={hint}
    />
  );
}

type Gateway = SystemStanding['gateways'][number];

function Gateways({ system }: { readonly system: SystemStanding }) {
  const text = useMessages('operator').system;
  const columns = useMemo<ColumnDef<Gateway>[]>(
    () => [
      {
        id: 'name',
        header: text.gateway,
        accessorKey: 'name',
        cell: ({ row: { original } }) => (
          <span className="flex flex-col">
            <span className="font-medium wrap-anywhere">{original.name}</span>
            <span className="text-xs text-ink-faint">
              {original.group} · {original.region}
            </span>
          </span>
        ),
      },
      {
        id: 'state',
        header: text.state,
        accessorKey: 'state',
        cell: ({ row: { original } }) => (
          <StatusBadge status={GATEWAY_STATUS[original.state]} label={text.states[original.state]} />
        ),
      },
      {
        id: 'seen',
        header: text.lastSeen,
        accessorKey: 'lastSeenAt',
        cell: ({ row }) => <TimeStamp value={row.original.lastSeenAt} />,
      },
      {
        id: 'unshipped',
        header: text.unshipped,
        accessorKey: 'unshippedEpochs',
        meta: { align: 'right', wideOnly: true },
        cell: ({ row }) => <TokenCount value={row.original.unshippedEpochs} />,
      },
      {
        id: 'open',
        header: text.oldestOpen,
        accessorFn: ({ oldestOpenAt }) => oldestOpenAt ?? '',
        meta: { wideOnly: true },
        cell: ({ row: { original } }) =>
          original.oldestOpenAt === null ? <Dash /> : <TimeStamp value={original.oldestOpenAt} />,
      },
    ],
    [text],
  );
  return (
    <DataTable
      caption={text.gateways}
      columns={columns}
      rows={system.gateways}
      getRowId={rowId}
      empty={
        <EmptyState icon={<Waypoints />} title={text.noGateways}>
          {text.noGatewaysText}
        </EmptyState>
      }
    />
  );
}

const GATEWAY_STATUS = { serving: 'active', silent: 'failed', stopped: 'expired' } as const;

type Worst = SystemStanding['organizations'][number];

function Worst({ system }: { readonly system: SystemStanding }) {
  const text = useMessages('operator').system;
  const columns = useWorstColumns();
  if (system.organizations.length === 0) {
    return (
      <Card>
        <p className="flex items-center gap-2 text-sm text-ink-soft">
          <CircleCheck aria-hidden className="size-4 text-positive" />
          {text.nothingWaits}
        </p>
      </Card>
    );
  }
  return <DataTable caption={text.worst} columns={columns} rows={system.organizations} getRowId={rowId} />;
}

const rowId = ({ id }: { readonly id: string }) => id;

function useWorstColumns(): ColumnDef<Worst>[] {
  const text = useMessages('operator').system;
  return useMemo<ColumnDef<Worst>[]>(() => {
    const count = (id: 'quarantined' | 'undelivered', header: string): ColumnDef<Worst> => ({
      id,
      header,
      accessorKey: id,
      meta: { align: 'right', wideOnly: true },
      cell: ({ row }) => <TokenCount value={row.original[id]} />,
    });
    const lag = (id: 'rollupLagSeconds' | 'outboxLagSeconds', header: string): ColumnDef<Worst> => ({
      id,
      header,
      accessorKey: id,
      meta: { align: 'right' },
      cell: ({ row }) => <LagText seconds={row.original[id]} />,
    });
    return [
      {
        id: 'name',
        header: text.organization,
        accessorKey: 'name',
        cell: ({ row: { original } }) => (
          <Link
            href={withQuery('/operator', { open: original.id })}
            className="font-medium wrap-anywhere hover:underline"
          >
            {original.name || original.id}
          </Link>
        ),
      },
      lag('rollupLagSeconds', text.rollups),
      lag('outboxLagSeconds', text.outbox),
      count('quarantined', text.quarantined),
      count('undelivered', text.undelivered),
    ];
  }, [text]);
}

function LagText({ seconds }: { readonly seconds: number }) {
  const lagText = useLagText();
  return (
    <span className={seconds > LATE_SECONDS ? 'tabular text-warning' : 'tabular'}>{lagText(seconds)}</span>
  );
}
