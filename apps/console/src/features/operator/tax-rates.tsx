'use client';
/** Taxes by country and region, in force, to come and past. */
import type { TaxRate } from '@tollgate/api';
import { Badge, type BadgeTone, Button, Callout, type ColumnDef, Dash } from '@tollgate/ui';
import { Landmark } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useApiQuery } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { later } from '../common/later.tsx';
import { ListSection } from '../common/list-section.tsx';
import { useDayText } from '../common/use-day-text.ts';
import { formatBasisPoints } from './basis-points.ts';
import { TAX_RATES_PATH } from './operator-api.ts';
import {
  isReversalHeldBack,
  legalDayOf,
  type StatedTaxRate,
  stateOfRates,
  type TaxState,
} from './tax-state.ts';

const TaxRateDialog = later(async () => (await import('./tax-rate-dialog.tsx')).TaxRateDialog);

const TONE: Readonly<Record<TaxState, BadgeTone>> = {
  'in-force': 'positive',
  scheduled: 'info',
  past: 'neutral',
};

interface TaxRateList {
  readonly data: readonly TaxRate[];
  /** Null: the letterhead names none. */
  readonly issuerCountry: string | null;
}

export function TaxRates() {
  const text = useMessages('operator').taxes;
  const rates = useApiQuery<TaxRateList>(TAX_RATES_PATH);
  const [setting, setSetting] = useState(false);
  const columns = useColumns();
  const rows = useMemo(() => stateOfRates(rates.data?.data ?? [], Date.now()), [rates.data]);
  const set = (
    <Button icon={<Landmark />} onClick={() => setSetting(true)}>
      {text.set}
    </Button>
  );
  const isHeldBack = rates.data !== undefined && isReversalHeldBack(rows, rates.data.issuerCountry);
  return (
    <div className="flex flex-col gap-4">
      {isHeldBack && (
        <Callout tone="warning" title={text.heldBack}>
          {text.heldBackText}
        </Callout>
      )}
      <ListSection
        text={text.text}
        actions={set}
        caption={text.text}
        columns={columns}
        rows={rows}
        getRowId={rowId}
        list={rates}
        columnChoice
        rememberAs="tax-rates"
        empty={{ icon: <Landmark />, title: text.emptyTitle, text: text.emptyText }}
      >
        {setting && <TaxRateDialog onClose={() => setSetting(false)} />}
      </ListSection>
    </div>
  );
}

const rowId = ({ rate }: StatedTaxRate) => rate.id;

function useColumns(): ColumnDef<StatedTaxRate>[] {
  const text = useMessages('operator').taxes;
  const locale = useLocale();
  const dayText = useDayText();
  return useMemo<ColumnDef<StatedTaxRate>[]>(() => {
    const countries = new Intl.DisplayNames([locale], { type: 'region', fallback: 'code' });
    return [
      {
        id: 'place',
        header: text.place,
        accessorFn: ({ rate }) => `${rate.country} ${rate.region}`,
        cell: ({ row: { original } }) => (
          <span className="flex flex-col">
            <span className="font-medium">{countries.of(original.rate.country)}</span>
            <span className="text-xs text-ink-faint">
              {[original.rate.country, original.rate.region].filter((part) => part !== '').join(' · ')}
            </span>
          </span>
        ),
      },
      {
        id: 'name',
        header: text.name,
        accessorFn: ({ rate }) => rate.name,
        cell: ({ row }) => row.original.rate.name,
      },
      {
        id: 'rate',
        header: text.rate,
        accessorFn: ({ rate }) => rate.rateBasisPoints,
        meta: { align: 'right' },
        cell: ({ row }) => (
          <span className="tabular">{formatBasisPoints(row.original.rate.rateBasisPoints, locale)}</span>
        ),
      },
      {
        id: 'state',
        header: text.state,
        accessorFn: ({ state }) => state,
        cell: ({ row: { original } }) => (
          <Badge tone={TONE[original.state]}>{text.states[original.state]}</Badge>
        ),
      },
      {
        id: 'from',
        header: text.validFrom,
        accessorFn: ({ rate }) => rate.validFrom,
        meta: { wideOnly: true },
        cell: ({ row }) => dayText(legalDayOf(row.original.rate.validFrom)),
      },
      {
        id: 'until',
        header: text.endsAt,
        accessorFn: ({ endsAt }) => endsAt ?? '',
        meta: { wideOnly: true },
        cell: ({ row: { original } }) =>
          original.endsAt === null ? <Dash /> : dayText(legalDayOf(original.endsAt)),
      },
      {
        id: 'reverse',
        header: text.reverseChargeColumn,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => row.original.rate.reverseChargeText || <Dash />,
      },
    ];
  }, [text, locale, dayText]);
}
