'use client';
/** The differences of a bill: by state, as a file, one by one in a sheet, and what is decided about them. */
import type { Reconciliation as BillDetail, BillDifference as Difference } from '@tollgate/api';
import { Badge, type ColumnDef, DataTable, EmptyState, Money, placesOf } from '@tollgate/ui';
import { CheckCheck } from 'lucide-react';
import { useMemo } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiList } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { DaysCell } from '../common/file-cell.tsx';
import { FilterSelect } from '../common/filter-select.tsx';
import { ListCsv } from '../common/list-csv.tsx';
import { NothingMatches } from '../common/nothing-matches.tsx';
import { RowOpener } from '../common/row-opener.tsx';
import { useDayText } from '../common/use-day-text.ts';
import { useListProps } from '../common/use-list-props.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { DecideButtons } from './decide-buttons.tsx';
import { DifferenceSheet } from './difference-sheet.tsx';
import { canDecide, DIFFERENCE_STATES, STATE_TONE, useReason } from './reconciliation-api.ts';

const differenceId = (difference: Difference) => String(difference.position);

const CSV = {
  day: ({ day }: Difference) => day,
  model: ({ model }: Difference) => model,
  reason: ({ reason }: Difference) => reason,
  bill_usd: ({ billUsd }: Difference) => billUsd,
  ledger_usd: ({ ledgerUsd }: Difference) => ledgerUsd,
  difference_usd: ({ differenceUsd }: Difference) => differenceUsd,
  state: ({ state }: Difference) => state,
  note: ({ note }: Difference) => note,
  decided_by: ({ decidedBy }: Difference) => decidedBy,
  decided_at: ({ decidedAt }: Difference) => decidedAt,
};

export interface DifferencesProps {
  readonly path: string;
  readonly bill: BillDetail;
  readonly mayWrite: boolean;
}

export function Differences({ path, bill, mayWrite }: DifferencesProps) {
  const text = useMessages('reconciliation');
  const url = useUrlState();
  const state = DIFFERENCE_STATES.find((each) => each === url.get('state'));
  const listPath = withQuery(`${path}/differences`, { state });
  const list = useApiList<Difference>(withQuery(`${path}/differences`, { state, limit: 100 }));
  const listProps = useListProps();
  const columns = useColumns(list.rows);
  const opened = url.get('difference');
  return (
    <>
      <DataTable
        caption={text.differences}
        columns={columns}
        rows={list.rows}
        getRowId={differenceId}
        {...listProps(list)}
        onRowClick={({ position }) => url.set({ difference: String(position) })}
        activeRowId={opened}
        {...(mayWrite && {
          canSelect: canDecide,
          bulkActions: (rows: readonly Difference[], clear: () => void) => (
            <DecideButtons path={path} comparedAt={bill.comparedAt} rows={rows} onDone={clear} />
          ),
        })}
        toolbar={
          bill.reasons.length > 0 && (
            <>
              <FilterSelect
                name="state"
                label={text.columns.state}
                all={text.allStates}
                values={DIFFERENCE_STATES}
                labelOf={(each) => text.states[each]}
                counts={countsOf(bill.states)}
              />
              <span className="sm:ml-auto">
                <ListCsv<Difference>
                  permission="invoices:read"
                  path={listPath}
                  name={`differences-${bill.provider}-${bill.firstDay}`}
                  columns={CSV}
                />
              </span>
            </>
          )
        }
        empty={
          bill.reasons.length > 0 ? (
            <NothingMatches onClear={() => url.set({ state: undefined })} />
          ) : (
            <EmptyState icon={<CheckCheck />} title={text.noDifferences} />
          )
        }
      />
      {opened !== undefined && (
        <DifferenceSheet
          key={opened}
          path={path}
          bill={bill}
          position={opened}
          mayWrite={mayWrite}
          onClose={() => url.set({ difference: undefined })}
        />
      )}
    </>
  );
}

const countsOf = (states: BillDetail['states']) => ({
  of: new Map(DIFFERENCE_STATES.map((state) => [state, states[state]])),
  all: DIFFERENCE_STATES.reduce((sum, state) => sum + states[state], 0),
});

function useColumns(rows: readonly Difference[]): ColumnDef<Difference>[] {
  const text = useMessages('reconciliation');
  const reasonText = useReason();
  const dayText = useDayText();
  const { set } = useUrlState();
  const places = useMemo(
    () => ({
      bill: placesOf(rows.map(({ billUsd }) => billUsd)),
      ledger: placesOf(rows.map(({ ledgerUsd }) => ledgerUsd)),
      difference: placesOf(rows.map(({ differenceUsd }) => differenceUsd)),
    }),
    [rows],
  );
  return useMemo(
    () => [
      {
        id: 'day',
        header: text.columns.day,
        meta: { wideOnly: true },
        cell: ({ row }) => <DaysCell firstDay={row.original.day} />,
      },
      {
        id: 'model',
        header: text.columns.model,
        cell: ({ row }) => (
          <span className="flex flex-col">
            <RowOpener
              className="font-mono text-xs wrap-anywhere"
              onOpen={() => set({ difference: String(row.original.position) })}
            >
              {row.original.model}
            </RowOpener>
            <span className="text-xs text-ink-soft sm:hidden">
              {dayText(row.original.day)} · {reasonText(row.original.reason)}
            </span>
          </span>
        ),
      },
      {
        id: 'reason',
        header: text.columns.reason,
        meta: { wideOnly: true },
        cell: ({ row }) => reasonText(row.original.reason),
      },
      {
        id: 'bill',
        header: text.columns.bill,
        meta: { wideOnly: true, align: 'right' },
        cell: ({ row }) => <Money value={row.original.billUsd} places={places.bill} />,
      },
      {
        id: 'ledger',
        header: text.columns.ledger,
        meta: { wideOnly: true, align: 'right' },
        cell: ({ row }) => <Money value={row.original.ledgerUsd} places={places.ledger} />,
      },
      {
        id: 'difference',
        header: text.columns.difference,
        meta: { align: 'right' },
        cell: ({ row }) => (
          <Money
            value={row.original.differenceUsd}
            places={places.difference}
            signed
            className="font-medium"
          />
        ),
      },
      {
        id: 'state',
        header: text.columns.state,
        cell: ({ row }) => (
          <Badge tone={STATE_TONE[row.original.state]}>{text.states[row.original.state]}</Badge>
        ),
      },
    ],
    [text, reasonText, dayText, set, places],
  );
}
