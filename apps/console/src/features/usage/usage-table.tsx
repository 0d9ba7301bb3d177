'use client';
/** The groups of the chart as figures, beside what they were. Their sums are those of the cards and the chart. */
import {
  Button,
  type ColumnDef,
  DataTable,
  formatCount,
  formatPercent,
  Money,
  placesOf,
  TokenCount,
  Tooltip,
} from '@tollgate/ui';
import { ScrollText, WalletMinimal } from 'lucide-react';
import Link from 'next/link';
import { useMemo } from 'react';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { actionsColumn, RowMenu } from '../common/row-actions.tsx';
import { inputTokensOf, outputTokensOf } from '../common/token-totals.ts';
import type { useListProps } from '../common/use-list-props.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import {
  type ComparedGroup,
  cachedShareOf,
  changeOf,
  differenceOf,
  sumUsage,
  type UsageFigures,
} from './usage-figures.ts';
import { budgetsLink, requestsLink } from './usage-links.ts';
import { useGroupName, useGroupsInText } from './use-group-name.ts';
import { isUnpriced } from './use-unpriced-models.ts';
import { FILTERS, type FilterName, type UsageQuestion } from './use-usage-question.ts';

export interface UsageTableProps {
  readonly question: UsageQuestion;
  readonly groups: readonly ComparedGroup[];
  readonly compared: boolean;
  /** Models whose cost is not known. */
  readonly unpriced: ReadonlySet<string>;
  /** Where `groups` are the pages that were read so far: how the list goes on, and what all of it sums to. */
  readonly paging?: ReturnType<ReturnType<typeof useListProps>>;
  readonly wholeTotal?: UsageFigures;
}

export function UsageTable({ question, groups, compared, unpriced, paging, wholeTotal }: UsageTableProps) {
  const text = useMessages('usage');
  const url = useUrlState();
  const told = useMemo(() => groups.filter(({ restGroups }) => restGroups === undefined), [groups]);
  const rest = groups.find(({ restGroups }) => restGroups !== undefined);
  const total = useMemo(() => wholeTotal ?? sumUsage(groups), [groups, wholeTotal]);
  const toName = useGroupName();
  const names = question.groups.map((groupBy) => toName(groupBy));
  const groupsInText = useGroupsInText();
  const title = names.length === 0 ? text.all : text.tableTitle(groupsInText(question.groups));
  const places = useMemo(
    () => ({
      spent: placesOf([total.spentUsd, ...told.map(({ spentUsd }) => spentUsd)]),
      before: placesOf(told.map(({ before }) => before?.spentUsd)),
    }),
    [told, total],
  );
  const columns = useColumns({
    places,
    question,
    names,
    total,
    compared,
    unpriced,
    sortable: paging === undefined,
  });
  const [only] = question.groups;
  const filter = question.groups.length === 1 ? FILTERS.find((name) => name === only) : undefined;
  return (
    <DataTable
      caption={title}
      columns={columns}
      rows={told}
      getRowId={groupKey}
      {...paging}
      columnChoice
      initialSorting={paging === undefined ? [{ id: 'spend', desc: true }] : []}
      initialColumnVisibility={{
        attempts: false,
        cachedInput: false,
        cacheWrite: false,
        reasoning: false,
        charge: false,
        saved: false,
        cost: false,
      }}
      maxHeight="32rem"
      {...(filter !== undefined && {
        onRowClick: ({ key }: ComparedGroup) => {
          if (key === '') return;
          url.set({ [filter]: key, group: nextGroup(filter), report: undefined, all: undefined });
        },
      })}
      toolbar={
        <>
          <h2 className="text-base font-semibold">{title}</h2>
          {paging !== undefined && (
            <Button variant="link" size="sm" onClick={() => url.set({ all: undefined })}>
              {text.onlyDearest}
            </Button>
          )}
        </>
      }
      footer={
        <span className="flex flex-col items-end gap-1">
          {rest !== undefined && <RestText rest={rest} onShowAll={() => url.set({ all: '1' })} />}
          <TotalText total={total} />
        </span>
      }
    />
  );
}

const groupKey = (group: ComparedGroup) => `k:${group.key}`;

/** From the whole to its parts, as far as both are summed together: whoever opens a team wants to know its keys. */
function nextGroup(filter: FilterName): string {
  const next: Readonly<Partial<Record<FilterName, string>>> = {
    team: 'key',
    model: 'team',
    provider: 'model',
    member: 'key',
    costCenter: 'team',
    credential: 'team',
  };
  return next[filter] ?? 'model';
}

interface RestTextProps {
  readonly rest: ComparedGroup;
  readonly onShowAll: () => void;
}

/** What the groups that are not listed sum to, and the way to them. */
function RestText({ rest, onShowAll }: RestTextProps) {
  const text = useMessages('usage');
  const locale = useLocale();
  return (
    <span className="flex flex-wrap items-baseline justify-end gap-x-4 text-sm text-ink-soft">
      <Button variant="link" size="sm" onClick={onShowAll}>
        {text.showAll}
      </Button>
      <span>{text.other(formatCount(rest.restGroups ?? 0, locale))}</span>
      <Figures figures={rest} />
    </span>
  );
}

function TotalText({ total }: { readonly total: UsageFigures }) {
  const text = useMessages('usage');
  return (
    <span className="flex flex-wrap items-baseline justify-end gap-x-4 text-sm font-medium text-ink">
      <span>{text.total}</span>
      <Figures figures={total} />
    </span>
  );
}

function Figures({ figures }: { readonly figures: UsageFigures }) {
  const text = useMessages('usage');
  return (
    <>
      <span className="font-normal">
        <TokenCount value={figures.requests} full />{' '}
        <span className="text-ink-faint">{text.requestUnit(figures.requests)}</span>
      </span>
      <Money value={figures.spentUsd} />
    </>
  );
}

type CountName = {
  [K in keyof UsageFigures]: UsageFigures[K] extends number ? K : never;
}[keyof UsageFigures];
type AmountName = Exclude<keyof UsageFigures, CountName>;

interface Columns extends Pick<UsageTableProps, 'question' | 'compared' | 'unpriced'> {
  readonly names: readonly string[];
  readonly total: UsageFigures;
  /** Digits after the point of the longest amounts. */
  readonly places: { readonly spent: number; readonly before: number };
  /** A sorted page would only look like a sorted list. */
  readonly sortable: boolean;
}

function useColumns({
  places,
  question,
  names,
  total,
  compared,
  unpriced,
  sortable,
}: Columns): ColumnDef<ComparedGroup>[] {
  const text = useMessages('usage');
  const locale = useLocale();
  const nameKey = names.join('\n');
  return useMemo<ColumnDef<ComparedGroup>[]>(() => {
    const count = (
      id: string,
      header: string,
      countOf: (figures: UsageFigures) => number,
    ): ColumnDef<ComparedGroup> => ({
      id,
      header,
      accessorFn: countOf,
      meta: { align: 'right', wideOnly: true },
      cell: ({ row }) => <TokenCount value={countOf(row.original)} />,
    });
    const amount = (id: string, header: string, name: AmountName): ColumnDef<ComparedGroup> => ({
      id,
      header,
      accessorFn: (row) => Number(row[name]),
      meta: { align: 'right', wideOnly: id !== 'spend' },
      cell: ({ row }) =>
        isUnpriced(row.original, unpriced) ? (
          <span className="text-ink-faint">{text.costUnknown}</span>
        ) : (
          <Money value={row.original[name]} places={id === 'spend' ? places.spent : undefined} />
        ),
    });
    const totalSpent = Number(total.spentUsd);
    const heads = nameKey === '' ? [text.all] : nameKey.split('\n');
    const columns: ColumnDef<ComparedGroup>[] = [
      ...heads.map(
        (header, position): ColumnDef<ComparedGroup> => ({
          id: position === 0 ? 'name' : 'name2',
          header,
          accessorFn: (row) => row.parts[position]?.name ?? row.name,
          meta: { fixed: true },
          cell: ({ row }) => <PartLabel part={row.original.parts[position] ?? row.original} />,
        }),
      ),
      count('requests', text.requests, (row) => row.requests),
      count('attempts', text.attempts, (row) => row.attempts),
      count('input', text.input, inputTokensOf),
      count('cachedInput', text.cachedInput, (row) => row.cachedInputTokens),
      count('cacheWrite', text.cacheWrite, (row) => row.cacheWriteTokens),
      count('output', text.output, outputTokensOf),
      count('reasoning', text.reasoning, (row) => row.reasoningTokens),
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
      ...(compared ? compareColumns(text.before, text.changeHead, places.before) : []),
      amount('spend', text.spend, 'spentUsd'),
      actionsColumn((row) => <RowActions question={question} group={row} />, 'narrow'),
    ];
    return sortable ? columns : columns.map((column) => ({ ...column, enableSorting: false }));
  }, [text, locale, nameKey, total, places, compared, question, unpriced, sortable]);
}

function compareColumns(before: string, change: string, places: number): ColumnDef<ComparedGroup>[] {
  return [
    {
      id: 'before',
      header: before,
      accessorFn: (row) => Number(row.before?.spentUsd ?? 0),
      meta: { align: 'right', wideOnly: true },
      cell: ({ row }) => <Money value={row.original.before?.spentUsd ?? '0'} places={places} />,
    },
    {
      id: 'change',
      header: change,
      accessorFn: (row) => Number(row.spentUsd) - Number(row.before?.spentUsd ?? 0),
      meta: { align: 'right', wideOnly: true },
      cell: ({ row }) => <Change group={row.original} />,
    },
  ];
}

/** The share at a glance, the exact difference on hover. More spend is by itself neither good nor bad. */
function Change({ group }: { readonly group: ComparedGroup }) {
  const text = useMessages('usage');
  const locale = useLocale();
  const before = group.before?.spentUsd ?? '0';
  const share = changeOf(Number(group.spentUsd), Number(before));
  const difference = differenceOf(group.spentUsd, before);
  const label =
    share === undefined
      ? Number(difference) === 0
        ? '–'
        : text.isNew
      : new Intl.NumberFormat(locale, {
          style: 'percent',
          maximumFractionDigits: Math.abs(share) < 1 ? 1 : 0,
          signDisplay: 'exceptZero',
        }).format(share);
  return (
    <Tooltip content={<Money value={difference} signed />}>
      <span className="tabular text-ink-soft">{label}</span>
    </Tooltip>
  );
}

function RowActions({
  question,
  group,
}: {
  readonly question: UsageQuestion;
  readonly group: ComparedGroup;
}) {
  const text = useMessages('usage');
  const mayRequests = usePermission('requests:read');
  const mayBudgets = usePermission('budgets:read');
  const budgets = budgetsLink(group);
  const entries = [
    ...(mayRequests
      ? [
          {
            label: text.toRequests,
            icon: <ScrollText />,
            link: <Link href={requestsLink(question, group)} />,
          },
        ]
      : []),
    ...(mayBudgets && budgets !== undefined
      ? [{ label: text.toBudgets, icon: <WalletMinimal />, link: <Link href={budgets} /> }]
      : []),
  ];
  if (entries.length === 0) return null;
  return <RowMenu label={text.rowActions(group.name)} entries={entries} />;
}

function PartLabel({ part }: { readonly part: { readonly key: string; readonly name: string } }) {
  const label = <span className="font-medium wrap-anywhere">{part.name}</span>;
  // An id behind a name tells two keys of one name apart.
  return part.key === '' || part.name === part.key ? (
    label
  ) : (
    <Tooltip content={<code className="font-mono">{part.key}</code>}>{label}</Tooltip>
  );
}
