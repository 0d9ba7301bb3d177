/** The lines of an invoice, then rounding, taxes and total: the rows of its CSV, in every format. */
import type { FrozenInvoice } from '../lifecycle/frozen-invoice.ts';
import { describeLine } from '../queries/line-text.ts';
import type { CellValue, ExportColumn, ExportTable } from './export-table.ts';

type InvoiceRow = Readonly<Record<string, CellValue>>;

const TEXT_BEFORE = [
  'kind',
  'line_id',
  'team_id',
  'team',
  'cost_center',
  'provider',
  'model',
  'component',
] as const;

const column = (name: string, type: ExportColumn<InvoiceRow>['type']): ExportColumn<InvoiceRow> => ({
  name,
  type,
  value: (row) => row[name] ?? null,
});

const COLUMNS: readonly ExportColumn<InvoiceRow>[] = [
  column('invoice', 'text'),
  column('livemode', 'flag'),
  column('period_start', 'time'),
  column('period_end', 'time'),
  ...TEXT_BEFORE.map((name) => column(name, 'text')),
  column('description', 'text'),
  column('quantity', 'integer'),
  column('unit_price_usd', 'money'),
  column('markup_basis_points', 'integer'),
  column('amount_usd', 'money'),
];

/** Amounts of every row but `total` sum to it. */
export function invoiceTable(invoice: FrozenInvoice): ExportTable<InvoiceRow> {
  return { columns: COLUMNS, batches: once(rowsOf(invoice)) };
}

async function* once<R>(rows: readonly R[]): AsyncGenerator<readonly R[]> {
  yield rows;
}

function rowsOf(invoice: FrozenInvoice): InvoiceRow[] {
  const head = {
    invoice: invoice.number ?? 'DRAFT',
    livemode: invoice.livemode,
    period_start: new Date(invoice.period.start),
    period_end: new Date(invoice.period.end),
  };
  const summary = (kind: string, description: string, amount: string): InvoiceRow => ({
    ...head,
    kind,
    description,
    amount_usd: BigInt(amount),
  });
  return [
    ...invoice.lines.map((line) => ({
      ...head,
      kind: line.kind,
      line_id: line.id,
      team_id: line.teamId,
      team: line.teamName,
      cost_center: line.costCenter,
      provider: line.provider,
      model: line.model,
      component: line.component,
      description: describeLine(line),
      quantity: BigInt(line.quantity),
      unit_price_usd: BigInt(line.unitPricePicoUsd),
      markup_basis_points: BigInt(line.markupBasisPoints),
      amount_usd: BigInt(line.amountPicoUsd),
    })),
    summary('rounding', 'Rounding to the cent', invoice.roundingPicoUsd),
    ...invoice.taxes.map((tax) => summary('tax', tax.name, tax.amountPicoUsd)),
    summary('total', 'Total', invoice.totalPicoUsd),
  ];
}
