'use client';
/** Who used a budget that is one per value: those that spent most first, and any other by its name. */
import type { Budget, BudgetValue } from '@tollgate/api';
import { Button, IconButton, SkeletonText } from '@tollgate/ui';
import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiList } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { QueryError } from '../common/query-error.tsx';
import { SearchField } from '../common/search-field.tsx';
import type { OpenedAction } from './budget-actions.tsx';
import { StandingBar } from './budget-bar.tsx';

const REFRESH_MS = 5_000;
/** Of so many that reading a page takes half a second. */
const MANY = 10_000;
const MANY_REFRESH_MS = 30_000;
const PAGE = 50;
/** Fewer are seen at a glance. */
const SEARCHED_FROM = 10;
/** More are not watched: each time, every page that was opened is read again. */
const WATCHED = 4 * PAGE;

export interface BudgetValuesProps {
  readonly budget: Budget;
  /** Undefined: nothing may be changed. */
  readonly onAction: ((opened: OpenedAction) => void) | undefined;
}

export function BudgetValues({ budget, onAction }: BudgetValuesProps) {
  const text = useMessages('budgets');
  const [q, setQ] = useState('');
  const [watching, setWatching] = useState(true);
  const values = useApiList<BudgetValue>(
    withQuery(`/budgets/${encodeURIComponent(budget.id)}/values`, { limit: PAGE, q: q.trim() }),
    { refetchIntervalMs: watching && (budget.valueCount > MANY ? MANY_REFRESH_MS : REFRESH_MS) },
  );
  const rows = eachOnce(values.rows);
  const more = () => {
    setWatching(rows.length < WATCHED);
    void values.fetchNextPage();
  };
  return (
    <section className="flex flex-col gap-2">
      <div>
        <h3 className="text-sm font-semibold text-ink">{text.sheet.values}</h3>
        <p className="text-xs text-ink-faint">{text.sheet.valuesText}</p>
      </div>
      {(q !== '' || budget.valueCount > SEARCHED_FROM) && (
        <SearchField
          label={text.sheet.findValue}
          value={q}
          onChange={(typed) => {
            setQ(typed);
            setWatching(true);
          }}
        />
      )}
      {values.isLoading && <SkeletonText lines={3} />}
      {values.error && rows.length === 0 && <QueryError query={values} />}
      {values.data && rows.length === 0 && (
        <p className="text-sm text-ink-soft">{q === '' ? text.sheet.noValues : text.sheet.noSuchValue}</p>
      )}
      {rows.length > 0 && (
        <ul className="flex flex-col divide-y divide-line">
          {rows.map((row) => (
            <ValueRow key={row.value} budget={budget} row={row} onAction={onAction} />
          ))}
        </ul>
      )}
      {values.hasNextPage && (
        <Button size="sm" className="self-start" loading={values.isFetchingNextPage} onClick={more}>
          {text.sheet.moreValues}
        </Button>
      )}
    </section>
  );
}

function ValueRow({ budget, row, onAction }: BudgetValuesProps & { readonly row: BudgetValue }) {
  const text = useMessages('budgets');
  const name = row.name ?? row.value;
  return (
    <li className="flex flex-col gap-1.5 py-2.5">
      <span className="flex items-center justify-between gap-2">
        <span className="text-sm wrap-anywhere text-ink">{name}</span>
        {onAction && (
          <IconButton
            size="sm"
            label={text.actions.resetOne(name)}
            onClick={() => onAction({ action: 'reset', budget, value: row })}
          >
            <RotateCcw />
          </IconButton>
        )}
      </span>
      <StandingBar amounts={row} label={text.meter(name)} />
    </li>
  );
}

/** What spends while pages are read can be on two of them. */
function eachOnce(rows: readonly BudgetValue[]): readonly BudgetValue[] {
  return [...new Map(rows.map((row) => [row.value, row])).values()];
}
