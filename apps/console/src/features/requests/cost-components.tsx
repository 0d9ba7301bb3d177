'use client';
/** What the cost is made of. */
import type { RequestDetail } from '@tollgate/api';
import { Card, type ColumnDef, DataTable, formatMoney, Money, placesOf, useUi } from '@tollgate/ui';
import Link from 'next/link';
import { useMemo } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { idOf } from '../common/use-list-props.ts';
import { isTokenComponent, perMillion } from '../invoices/group-lines.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { type ComponentRow, toComponentRows, totalOf } from './component-rows.ts';

export function CostComponents({ request }: { readonly request: RequestDetail }) {
  const text = useMessages('requests').detail;
  const { components, perMillion: perMillionText } = useMessages('invoices');
  const names: Readonly<Record<string, string>> = components;
  const { locale } = useUi();
  const mayCompare = usePermission('prices:read');
  const rows = useMemo(() => toComponentRows(request.attempts), [request.attempts]);
  const resold = request.attempts.some(({ credentialOwner }) => credentialOwner === 'operator');
  const places = useMemo(
    () => ({
      cost: placesOf(rows.map(({ costUsd }) => costUsd)),
      spent: placesOf(rows.map(({ spentUsd }) => spentUsd)),
    }),
    [rows],
  );
  const columns = useMemo<ColumnDef<ComponentRow>[]>(
    () =>
      (
        [
          {
            id: 'component',
            header: text.component,
            cell: ({ row }) => (
              <span className="inline-block first-letter:uppercase">
                {names[row.original.component] ?? row.original.component}
              </span>
            ),
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
            cell: ({ row: { original } }) =>
              isTokenComponent(original.component) ? (
                <span className="tabular" title={formatMoney(original.unitPriceUsd, { locale })}>
                  {perMillionText(formatMoney(perMillion(original.unitPriceUsd), { locale }))}
                </span>
              ) : (
                <Money value={original.unitPriceUsd} />
              ),
          },
          // Of own credentials alone both columns would say the same.
          ...(resold
            ? [
                {
                  id: 'cost',
                  header: text.componentCost,
                  meta: { align: 'right', wideOnly: true },
                  cell: ({ row }) => <Money value={row.original.costUsd} places={places.cost} />,
                } satisfies ColumnDef<ComponentRow>,
              ]
            : []),
          {
            id: 'spent',
            header: resold ? text.paid : text.cost,
            meta: { align: 'right' },
            cell: ({ row }) => <Money value={row.original.spentUsd} places={places.spent} />,
          },
        ] satisfies ColumnDef<ComponentRow>[]
      ).map((column) => ({ enableSorting: false, ...column })),
    [text, names, locale, places, perMillionText, resold],
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
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h2 className="text-base font-semibold text-ink">{text.components}</h2>
        {mayCompare && (
          <Link
            href={withQuery('/prices', { tab: 'compare', request: request.id })}
            className="rounded-xs text-sm text-accent-ink hover:underline"
          >
            {text.whatIf}
          </Link>
        )}
      </div>
      <DataTable
        caption={text.components}
        columns={columns}
        rows={rows}
        getRowId={idOf}
        footer={
          <>
            {text.total} <Money value={totalOf(rows)} />
          </>
        }
      />
    </section>
  );
}
