/**
 * An invoice as CSV (RFC 4180): one row per line, then rounding, taxes and the total, so that the column of
 * amounts can be added up. A cell that a spreadsheet would run as a formula is led by an apostrophe.
 */
import { formatUsd, picoUsdSum } from '@tollgate/money';
import type { FrozenInvoice } from '../lifecycle/frozen-invoice.ts';
import { describeLine } from '../queries/line-text.ts';

const HEADER = [
  'invoice',
  'livemode',
  'period_start',
  'period_end',
  'kind',
  'line_id',
  'team_id',
  'team',
  'cost_center',
  'provider',
  'model',
  'component',
  'description',
  'quantity',
  'unit_price_usd',
  'markup_basis_points',
  'amount_usd',
] as const;

type Row = Readonly<Partial<Record<(typeof HEADER)[number], string>>>;

/** Bytes depend on the invoice alone. */
export function renderInvoiceCsv(invoice: FrozenInvoice): Buffer {
  const head = {
    invoice: invoice.number ?? 'DRAFT',
    livemode: String(invoice.livemode),
    period_start: invoice.period.start,
    period_end: invoice.period.end,
  };
  const rows: Row[] = [
    ...invoice.lines.map((line) => ({
      kind: line.kind,
      line_id: line.id,
      team_id: line.teamId,
      team: line.teamName,
      cost_center: line.costCenter,
      provider: line.provider,
      model: line.model,
      component: line.component,
      description: describeLine(line),
      quantity: line.quantity,
      unit_price_usd: usd(line.unitPricePicoUsd),
      markup_basis_points: String(line.markupBasisPoints),
      amount_usd: usd(line.amountPicoUsd),
    })),
    { kind: 'rounding', description: 'Rounding to the cent', amount_usd: usd(invoice.roundingPicoUsd) },
    ...invoice.taxes.map((tax) => ({
      kind: 'tax',
      description: tax.name,
      amount_usd: usd(tax.amountPicoUsd),
    })),
    { kind: 'total', description: 'Total', amount_usd: usd(invoice.totalPicoUsd) },
  ];
  const records = [
    HEADER.join(','),
    ...rows.map((row) => HEADER.map((name) => cell({ ...head, ...row }[name] ?? '')).join(',')),
  ];
  return Buffer.from(`${records.join('\r\n')}\r\n`, 'utf8');
}

const NUMBER = /^-?\d+(\.\d+)?$/;
// Space-like characters in front do not stop every spreadsheet from reading a formula.
const FORMULA = /^[\s\u00A0]*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/u;

/** A cell, quoted where needed. Our own numbers pass as they are: a minus is then a sign and not a formula. */
export function cell(value: string): string {
  const safe = !NUMBER.test(value) && FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n']/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function usd(picoUsdText: string): string {
  return formatUsd(picoUsdSum(BigInt(picoUsdText)));
}
