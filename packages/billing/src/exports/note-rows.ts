/** The lines of a credit or debit note, then rounding, tax and total, in every format. */
import { parseUsdSum } from '@tollgate/money';
import type { CreditNoteLineView, CreditNoteView } from '../queries/credit-notes.ts';
import type { CellValue, ExportColumn, ExportTable } from './export-table.ts';

type NoteRow = Readonly<Record<string, CellValue>>;

const column = (name: string, type: ExportColumn<NoteRow>['type']): ExportColumn<NoteRow> => ({
  name,
  type,
  value: (row) => row[name] ?? null,
});

const COLUMNS: readonly ExportColumn<NoteRow>[] = [
  column('note', 'text'),
  column('note_kind', 'text'),
  column('state', 'text'),
  column('invoice', 'text'),
  column('livemode', 'flag'),
  column('issued_at', 'time'),
  ...['kind', 'line_id', 'invoice_line_id', 'team_id', 'cost_center', 'provider', 'model', 'component'].map(
    (name) => column(name, 'text'),
  ),
  column('description', 'text'),
  column('quantity', 'integer'),
  column('amount_usd', 'money'),
];

/** Amounts of every row but `total` sum to it. */
export function noteTable(
  note: CreditNoteView & { readonly lines: readonly CreditNoteLineView[] },
): ExportTable<NoteRow> {
  return { columns: COLUMNS, batches: once(rowsOf(note)) };
}

async function* once<R>(rows: readonly R[]): AsyncGenerator<readonly R[]> {
  yield rows;
}

function rowsOf(note: Parameters<typeof noteTable>[0]): NoteRow[] {
  const head = {
    note: note.number ?? 'DRAFT',
    note_kind: note.kind,
    state: note.state,
    invoice: note.invoiceNumber,
    livemode: note.livemode,
    issued_at: note.issuedAt === null ? null : new Date(note.issuedAt),
  };
  const summary = (kind: string, description: string, amountUsd: string): NoteRow => ({
    ...head,
    kind,
    description,
    amount_usd: parseUsdSum(amountUsd),
  });
  return [
    ...note.lines.map((line) => ({
      ...head,
      kind: line.kind,
      line_id: line.id,
      invoice_line_id: line.invoiceLineId,
      team_id: line.teamId,
      cost_center: line.costCenter,
      provider: line.provider,
      model: line.model,
      component: line.component,
      description: line.description,
      quantity: BigInt(line.quantity),
      amount_usd: parseUsdSum(line.amountUsd),
    })),
    summary('rounding', 'Rounding to the cent', note.roundingUsd),
    summary('tax', 'Tax', note.taxUsd),
    summary('total', 'Total', note.totalUsd),
  ];
}
