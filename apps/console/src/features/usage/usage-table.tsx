'use client';
/** The groups of the chart as figures. Their sums are those of the cards and the chart. */
import { type ColumnDef, DataTable, formatPercent, Money, TokenCount, Tooltip } from '@tollgate/ui';
import { useMemo } from 'react';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { cachedShareOf, sumByGroup, sumUsage, type UsageFigures, type UsageGroup } from './usage-figures.ts';
import type { UsageRow } from './usage-types.ts';
import { useGroupName } from './use-group-name.ts';
import { FILTERS, type FilterName, type UsageQuestion } from './use-usage-question.ts';

export interface UsageTableProps {
  readonly question: UsageQuestion;
  readonly rows: readonly UsageRow[];
}

export function UsageTable({ question, rows }: UsageTableProps) {
  const text = useMessages('usage');
  const url = useUrlState();
  const { groupBy } = question;
  const groups = useMemo(
    () => sumByGroup(rows, groupBy, groupBy === 'none' ? text.all : text.none),
    [rows, groupBy, text],
  );
  const total = useMemo(() => sumUsage(rows), [rows]);
  const groupName = useGroupName()(groupBy);
  const columns = useColumns(groupBy === 'none' ? text.all : groupName, total);
  const filter = FILTERS.find((name) => name === groupBy);
  return (
    <DataTable
      caption={groupBy === 'none' ? text.all : text.tableTitle(groupName)}
      columns={columns}
      rows={groups}
      getRowId={groupKey}
      columnChoice
      initialSorting={[{ id: 'spend', desc: true }]}
      initialColumnVisibility={{ cacheWrite: false, reasoning: false, charge: false, saved: false }}
      maxHeight="32rem"
      {...(filter !== undefined && {
        onRowClick: ({ key }: UsageGroup) => {
          if (key !== '') url.set({ [filter]: key, group: nextGroup(filter) });
        },
      })}
      toolbar={<h2 className="text-base font-semibold">{text.tableTitle(groupName)}</h2>}
      footer={<TotalText total={total} />}
    />
  );
}

const groupKey = (group: UsageGroup) => `k:${group.key}`;

/** From the whole to its parts: whoever opens a team wants to know its keys. */
function nextGroup(filter: FilterName): string {
  return { team: 'key', key: 'model', model: 'team', provider: 'model', member: 'key' }[filter];
}

function TotalText({ total }: { readonly total: UsageFigures }) {
  const text = useMessages('usage');
  return (
    <span className="flex flex-wrap items-baseline justify-end gap-x-4 text-sm text-ink">
      <span className="font-medium">{text.total}</span>
      <span>
        <TokenCount value={total.requests} full /> <span className="text-ink-faint">{text.requests}</span>
      </span>
      <Money value={total.spentUsd} className="font-semibold" />
    </span>
  );
}

type CountName = {
  [K in keyof UsageFigures]: UsageFigures[K] extends number ? K : never;
}[keyof UsageFigures];
type AmountName = Exclude<keyof UsageFigures, CountName>;

function useColumns(nameHeader: string, total: UsageFigures): ColumnDef<UsageGroup>[] {
  const text = useMessages('usage');
  const locale = useLocale();
  return useMemo<ColumnDef<UsageGroup>[]>(() => {
    const count = (id: string, header: string, name: CountName): ColumnDef<UsageGroup> => ({
      id,
      header,
      accessorKey: name,
      meta: { align: 'right', wideOnly: id !== 'requests' },
      cell: ({ row }) => <TokenCount value={row.original[name]} />,
    });
    const amount = (id: string, header: string, name: AmountName): ColumnDef<UsageGroup> => ({
      id,
      header,
      accessorFn: (row) => Number(row[name]),
      meta: { align: 'right', wideOnly: id !== 'spend' },
      cell: ({ row }) => <Money value={row.original[name]} />,
    });
    const totalSpent = Number(total.spentUsd);
    return [
      {
        id: 'name',
        header: nameHeader,
        accessorKey: 'name',
        meta: { fixed: true },
        cell: ({ row }) => <GroupLabel group={row.original} />,
      },
      count('requests', text.requests, 'requests'),
      count('input', text.input, 'inputTokens'),
      count('cachedInput', text.cachedInput, 'cachedInputTokens'),
      count('cacheWrite', text.cacheWrite, 'cacheWriteTokens'),
      count('output', text.output, 'outputTokens'),
      count('reasoning', text.reasoning, 'reasoningTokens'),
      {
        id: 'cachedShare',
        header: text.cachedShare,
        accessorFn: (row) => cachedShareOf(row) ?? -1,
        meta: { align: 'right', wideOnly: true },
        cell: ({ row }) => {
          const share = cachedShareOf(row.original);
          return <span className="tabular">{share === undefined ? '–' : formatPercent(share, locale)}</span>;
        },
      },
      amount('cost', text.cost, 'costUsd'),
      amount('charge', text.charge, 'chargeUsd'),
      amount('saved', text.saved, 'savedUsd'),
      {
        id: 'share',
        header: text.share,
        accessorFn: (row) => Number(row.spentUsd),
        meta: { align: 'right', wideOnly: true },
        cell: ({ row }) => (
          <span className="tabular">
            {totalSpent === 0 ? '–' : formatPercent(Number(row.original.spentUsd) / totalSpent, locale)}
          </span>
        ),
      },
      amount('spend', text.spend, 'spentUsd'),
    ];
  }, [text, locale, nameHeader, total]);
}

function GroupLabel({ group }: { readonly group: UsageGroup }) {
  const label = <span className="font-medium wrap-anywhere">{group.name}</span>;
  // An id behind a name tells two keys of one name apart.
  return group.key === '' || group.name === group.key ? (
    label
  ) : (
    <Tooltip content={<code className="font-mono">{group.key}</code>}>{label}</Tooltip>
  );
}
