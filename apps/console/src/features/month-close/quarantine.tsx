'use client';
/** Lines of the ledger that were set aside, each to be released or rejected, and those that were. Absent where there are none. */
import type { QuarantinedEntry } from '@tollgate/api';
import {
  Badge,
  type ColumnDef,
  Dash,
  DataTable,
  EmptyState,
  formatNumber,
  Money,
  placesOf,
  TimeStamp,
} from '@tollgate/ui';
import { CheckCheck } from 'lucide-react';
import Link from 'next/link';
import { useMemo } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiList } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { FilterSelect } from '../common/filter-select.tsx';
import { idOf, useListProps } from '../common/use-list-props.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { QuarantineDecision } from './quarantine-decision.tsx';

const REFRESH_MS = 10_000;
const CHOICES = ['decided'] as const;

export function Quarantine() {
  const text = useMessages('monthClose');
  const url = useUrlState();
  const isDecided = url.get('quarantine') === 'decided';
  const any = useApiList<QuarantinedEntry>('/quarantined-entries?limit=1', { refetchIntervalMs: REFRESH_MS });
  const path = withQuery('/quarantined-entries', { resolved: String(isDecided), limit: 50 });
  const entries = useApiList<QuarantinedEntry>(path, { refetchIntervalMs: REFRESH_MS });
  const listProps = useListProps();
  const columns = useColumns(entries.rows, isDecided);
  if (any.rows.length === 0) return null;
  return (
    <section id="quarantine" className="flex flex-col gap-3">
      <div>
        <h2 className="text-base font-semibold">{text.quarantineTitle}</h2>
        <p className="max-w-prose text-sm text-ink-soft">{text.quarantineText}</p>
      </div>
      <DataTable
        caption={text.quarantineTitle}
        columns={columns}
        rows={entries.rows}
        getRowId={idOf}
        {...listProps(entries)}
        toolbar={
          <FilterSelect
            name="quarantine"
            label={text.columns.decision}
            all={text.undecided}
            values={CHOICES}
            labelOf={() => text.decidedLines}
          />
        }
        empty={
          <EmptyState icon={<CheckCheck />} title={isDecided ? text.noneDecided : text.quarantineEmpty} />
        }
      />
    </section>
  );
}

function useColumns(rows: readonly QuarantinedEntry[], isDecided: boolean): ColumnDef<QuarantinedEntry>[] {
  const text = useMessages('monthClose');
  const locale = useLocale();
  const places = useMemo(
    () => placesOf(rows.flatMap(({ costUsd }) => (costUsd === null ? [] : [costUsd]))),
    [rows],
  );
  return useMemo<ColumnDef<QuarantinedEntry>[]>(() => {
    const reasons: Readonly<Record<string, string>> = text.quarantineReasons;
    const reasonOf = ({ reason }: QuarantinedEntry) => reasons[reason] ?? reason;
    return [
      {
        id: 'request',
        header: text.columns.request,
        enableSorting: false,
        cell: ({ row: { original } }) => (
          <span className="flex flex-col">
            <RequestName entry={original} />
            <span className="text-ink-soft">{original.model || <Dash />}</span>
            <span className="text-xs text-ink-soft sm:hidden">{reasonOf(original)}</span>
          </span>
        ),
      },
      {
        id: 'reason',
        header: text.columns.reason,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => <Badge tone={isDecided ? 'neutral' : 'warning'}>{reasonOf(row.original)}</Badge>,
      },
      {
        id: 'tokens',
        header: text.columns.tokens,
        enableSorting: false,
        meta: { align: 'right', wideOnly: true },
        cell: ({ row: { original } }) =>
          original.tokens === null ? (
            <Dash />
          ) : (
            <span className="tabular">{formatNumber(Number(original.tokens), locale)}</span>
          ),
      },
      {
        id: 'cost',
        header: text.columns.cost,
        enableSorting: false,
        meta: { align: 'right' },
        cell: ({ row: { original } }) =>
          original.costUsd === null ? <Dash /> : <Money value={original.costUsd} places={places} />,
      },
      {
        id: 'since',
        header: text.columns.since,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => <TimeStamp value={row.original.createdAt} className="text-ink-faint" />,
      },
      {
        id: 'decision',
        header: text.columns.decision,
        enableSorting: false,
        meta: { align: 'right' },
        cell: ({ row }) => <QuarantineDecision entry={row.original} />,
      },
    ];
  }, [text, locale, places, isDecided]);
}

/** A line that cannot be read is named by its content: there is no request to open. */
function RequestName({ entry }: { readonly entry: QuarantinedEntry }) {
  const text = useMessages('monthClose');
  const { traffic } = useMessages('parts');
  const mayRead = usePermission('requests:read');
  const name = <span className="font-mono text-xs wrap-anywhere">{entry.requestId}</span>;
  return (
    <span className="flex flex-wrap items-center gap-1.5">
      {mayRead && entry.requestId.startsWith('req_') ? (
        <Link
          href={`/requests/${encodeURIComponent(entry.requestId)}`}
          className="text-accent-ink hover:underline"
        >
          {name}
        </Link>
      ) : (
        name
      )}
      {entry.attempt > 1 && <Badge tone="outline">{text.attempt(entry.attempt)}</Badge>}
      {entry.livemode === false && <Badge tone="outline">{traffic.modes.test}</Badge>}
    </span>
  );
}
