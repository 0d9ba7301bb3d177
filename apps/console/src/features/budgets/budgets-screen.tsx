'use client';
/** Every budget of every scope on one page. Filters and the open budget are in the address. */
import type { Budget } from '@tollgate/api';
import { Button, EmptyState, PageHeader } from '@tollgate/ui';
import { Plus, WalletMinimal } from 'lucide-react';
import Link from 'next/link';
import { useCallback, useMemo, useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FilterSelect } from '../common/filter-select.tsx';
import { FilteredList } from '../common/filtered-list.tsx';
import { Guarded } from '../common/guarded.tsx';
import { later } from '../common/later.tsx';
import { ListCsv } from '../common/list-csv.tsx';
import { rowsLeft } from '../common/list-filter.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { LearnMore } from '../docs/learn-more.tsx';
import { ScopeFilter } from '../limits/scope-filter.tsx';
import { isEach, useLimitText } from '../limits/use-limit-text.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { BudgetActionDialog, type OpenedAction } from './budget-actions.tsx';
import { BUDGETS_PATH, useBudgets } from './budget-api.ts';
import { BudgetCards } from './budget-cards.tsx';
import { BudgetSheet } from './budget-sheet.tsx';
import { healthOf } from './budget-standing.ts';
import { useBudgetColumns } from './budget-table.tsx';
import { useBudgetBulk } from './use-budget-bulk.tsx';

const CreateBudgetDialog = later(async () => (await import('./budget-dialog.tsx')).CreateBudgetDialog);

const STATES = ['risk', 'usedUp', 'paused'] as const;

const stateOf = (budget: Budget) => STATES.find((state) => state === healthOf(budget, isEach(budget)));

const CSV = {
  id: ({ id }: Budget) => id,
  name: ({ name }: Budget) => name,
  scopeType: ({ scope }: Budget) => scope.type,
  scopeId: ({ scope }: Budget) => scope.id,
  counts: ({ counts }: Budget) => counts,
  setBy: ({ setBy }: Budget) => setBy,
  kind: ({ kind }: Budget) => kind,
  period: ({ period }: Budget) => period,
  limitUsd: ({ limitUsd }: Budget) => limitUsd,
  spentUsd: ({ spentUsd }: Budget) => spentUsd,
  heldUsd: ({ heldUsd }: Budget) => heldUsd,
  remainingUsd: ({ remainingUsd }: Budget) => remainingUsd,
  resetsAt: ({ resetsAt }: Budget) => resetsAt,
  forecastExceededAt: ({ forecastExceededAt }: Budget) => forecastExceededAt,
};

export function BudgetsScreen() {
  const text = useMessages('budgets');
  const url = useUrlState();
  const mayWrite = usePermission('budgets:write');
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={
          <>
            <ShowApiCall path={BUDGETS_PATH} />
            <BudgetsCsv />
            <Button asChild>
              <Link href="/key-hygiene?tab=rules">{text.keyDefaults}</Link>
            </Button>
            {mayWrite && (
              <Button variant="primary" icon={<Plus />} onClick={() => url.set({ create: '1' })}>
                {text.create}
              </Button>
            )}
          </>
        }
      />
      <Guarded permission="budgets:read">
        <Budgets mayWrite={mayWrite} />
      </Guarded>
    </>
  );
}

function BudgetsCsv() {
  const filters = useFilters();
  return (
    <ListCsv<Budget>
      permission="budgets:read"
      path="/budgets"
      name="budgets"
      columns={CSV}
      toShown={(rows) => rowsLeft(rows, filters)}
    />
  );
}

function Budgets({ mayWrite }: { readonly mayWrite: boolean }) {
  const text = useMessages('budgets');
  const url = useUrlState();
  const budgets = useBudgets();
  const [opened, setOpened] = useState<OpenedAction>();
  const open = useCallback(({ id }: Budget) => url.set({ open: id }), [url.set]);
  const close = useCallback(() => url.set({ open: undefined }), [url.set]);
  const columns = useBudgetColumns(open, setOpened);
  const filters = useFilters();
  const bulk = useBudgetBulk();
  return (
    <>
      {(budgets.isLoading || budgets.rows.length > 0) && (
        <BudgetCards budgets={budgets.rows} loading={budgets.isLoading} />
      )}
      <FilteredList
        caption={text.title}
        columns={columns}
        list={budgets}
        filters={filters}
        searchLabel={text.search}
        choices={(countsOf) => (
          <>
            <ScopeFilter counts={countsOf('scope', ({ scope }) => scope.type)} />
            <FilterSelect
              name="state"
              label={text.columns.forecast}
              all={text.states.all}
              values={STATES}
              counts={countsOf('state', stateOf)}
              labelOf={(state) => text.states[state]}
            />
          </>
        )}
        columnChoice
        rememberAs="budgets"
        initialSorting={BY_HEALTH}
        activeRowId={url.get('open')}
        onRowClick={open}
        {...(mayWrite && { bulkActions: bulk.actions })}
        empty={<NoBudgets mayWrite={mayWrite} />}
      />
      <BudgetSheet id={url.get('open')} onClose={close} onAction={setOpened} />
      {bulk.windows}
      {mayWrite && url.get('create') === '1' && (
        <CreateBudgetDialog onClose={() => url.set({ create: undefined })} />
      )}
      {opened && (
        <BudgetActionDialog opened={opened} onClose={() => setOpened(undefined)} onArchived={close} />
      )}
    </>
  );
}

/** What needs a look stands first. */
const BY_HEALTH = [{ id: 'health', desc: true }];

function useFilters() {
  const url = useUrlState();
  const { budgetName, scopeLabel } = useLimitText();
  const query = (url.get('q') ?? '').trim().toLowerCase();
  const scope = url.get('scope');
  const state = url.get('state');
  return useMemo(
    () => ({
      scope: (budget: Budget) => scope === undefined || budget.scope.type === scope,
      state: (budget: Budget) => state === undefined || healthOf(budget, isEach(budget)) === state,
      q: (budget: Budget) =>
        `${budgetName(budget)} ${scopeLabel(budget)} ${budget.id}`.toLowerCase().includes(query),
    }),
    [budgetName, scopeLabel, query, scope, state],
  );
}

function NoBudgets({ mayWrite }: { readonly mayWrite: boolean }) {
  const text = useMessages('budgets');
  const url = useUrlState();
  return (
    <EmptyState
      icon={<WalletMinimal />}
      title={text.emptyTitle}
      action={
        mayWrite && (
          <Button variant="primary" icon={<Plus />} onClick={() => url.set({ create: '1' })}>
            {text.create}
          </Button>
        )
      }
    >
      {text.emptyText} <LearnMore page="budgets" />
    </EmptyState>
  );
}
