'use client';
/** What the cost is made of. The rows add up to the total, digit for digit. */
import type { RequestDetail } from '@tollgate/api';
import { Card, type ColumnDef, DataTable, Money, useUi } from '@tollgate/ui';
import { addDecimals } from '@tollgate/ui/charts';
import { useMemo } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { idOf } from '../common/use-list-props.ts';
import type { CostComponent } from './request-types.ts';

interface ComponentRow extends CostComponent {
  readonly id: string;
}

export function CostComponents({ request }: { readonly request: RequestDetail }) {
  const text = useMessages('requests').detail;
  const names: Readonly<Record<string, string>> = useMessages('invoices').components;
  const { locale } = useUi();
  const rows = useMemo(
    () =>
      request.attempts.flatMap((attempt) =>
        attempt.components.map((component, position) => ({
          ...component,
          id: `${attempt.attempt}-${attempt.entry}-${position}`,
        })),
      ),
    [request.attempts],
  );
  const columns = useMemo<ColumnDef<ComponentRow>[]>(
    () =>
      (
        [
          {
            id: 'component',
            header: text.component,
            cell: ({ row }) => names[row.original.component] ?? row.original.component,
          },
          {
            id: 'quantity',
            header: text.quantity,
            meta: { align: 'right' },
            cell: ({ row }) => (
              <span className="tabular">
                {new Intl.NumberFormat(locale, { maximumFractionDigits: 20 }).format(
                  row.original.quantity as Intl.StringNumericLiteral,
                )}
              </span>
            ),
          },
          {
            id: 'unitPrice',
            header: text.unitPrice,
            meta: { align: 'right', wideOnly: true },
            cell: ({ row }) => <Money value={row.original.unitPriceUsd} />,
          },
          {
            id: 'cost',
            header: text.componentCost,
            meta: { align: 'right', wideOnly: true },
            cell: ({ row }) => <Money value={row.original.costUsd} />,
          },
          {
            id: 'charge',
            header: text.charge,
            meta: { align: 'right' },
            cell: ({ row }) => <Money value={row.original.chargeUsd} />,
          },
        ] satisfies ColumnDef<ComponentRow>[]
      ).map((column) => ({ enableSorting: false, ...column })),
    [text, names, locale],
  );
  if (rows.length === 0) {
    return (
      <Card title={text.components}>
        <p className="text-sm text-ink-soft">{text.noComponents}</p>
      </Card>
    );
  }
  return (
    <section className="flex min-w-0 flex-col gap-2">
      <h2 className="text-base font-semibold text-ink">{text.components}</h2>
      <DataTable
        caption={text.components}
        columns={columns}
        rows={rows}
        getRowId={idOf}
        footer={
          <>
            {text.total} <Money value={addDecimals(rows.map(({ chargeUsd }) => chargeUsd))} />
          </>
        }
      />
    </section>
  );
}
