/**
 * What stands where on an invoice: the frozen JSON as a pdfmake document. Pure; no clock and no database, so the
 * same invoice is the same page for ever.
 */
import type { Content, TableCell, TDocumentDefinitions } from 'pdfmake/interfaces.js';
import type { FrozenInvoice, FrozenLine } from '../lifecycle/frozen-invoice.ts';
import { describeLine } from '../queries/line-text.ts';
import {
  countryName,
  formatAmount,
  formatBasisPoints,
  formatUnitPrice,
  groupThousands,
} from './document-text.ts';
import { toFontRuns } from './fonts.ts';

const INK = '#171717';
const MUTED = '#6b6b6b';
const RULE = '#d9d9d9';
const WASH = '#f5f5f5';
const WARNING = '#b45309';

const TITLE: Readonly<Record<string, string>> = {
  invoice: 'Invoice',
  credit: 'Credit note',
  debit: 'Debit note',
  showback: 'Showback statement',
};

/** Why a note was made, in words; others are printed as they are. */
const REASON: Readonly<Record<string, string>> = {
  'late-usage': 'Usage recorded or corrected after the invoice',
};

/** @throws {RangeError} The document has more lines than a reader could use; its CSV has them all. */
export function layOutInvoice(invoice: FrozenInvoice): TDocumentDefinitions {
  const title = TITLE[invoice.kind] ?? 'Statement';
  const mark = markOf(invoice);
  return {
    pageSize: 'A4',
    pageMargins: [48, 64, 48, 64],
    info: {
      title: headingOf(invoice, title),
      author: invoice.issuer.legalName,
      creator: 'Tollgate',
      producer: 'Tollgate',
      creationDate: new Date(invoice.issuedAt ?? invoice.period.start),
    },
    defaultStyle: { font: 'Geist', fontSize: 9, lineHeight: 1.25, color: INK },
    ...(mark === undefined
      ? {}
      : { watermark: { text: mark, color: WARNING, opacity: 0.07, bold: true, angle: -40 } }),
    header: (currentPage) => runningHead(invoice, title, mark, currentPage),
    footer: (currentPage, pageCount) => ({
      margin: [48, 20, 48, 0],
      columns: [
        { text: styled(footerLine(invoice)), color: MUTED, fontSize: 7.5 },
        {
          text: `Page ${currentPage} of ${pageCount}`,
          alignment: 'right',
          color: MUTED,
          fontSize: 7.5,
          width: 80,
        },
      ],
    }),
    content: [...letterhead(invoice, title, mark), linesTable(invoice), totals(invoice), ...notes(invoice)],
  };
}

function headingOf(invoice: FrozenInvoice, title: string): string {
  return invoice.kind === 'showback' ? title : `${title} ${invoice.number ?? 'draft'}`;
}

function markOf(invoice: FrozenInvoice): string | undefined {
  if (!invoice.livemode) return 'TEST';
  // A statement of cost is never issued: it has no number and nobody waits for one.
  return invoice.number === null && invoice.kind !== 'showback' ? 'DRAFT' : undefined;
}

/** Text of any script as inline runs. */
function styled(text: string): Content[] {
  return toFontRuns(text).map((run) => ({ text: run.text, font: run.font }));
}

function runningHead(
  invoice: FrozenInvoice,
  title: string,
  mark: string | undefined,
  currentPage: number,
): Content {
  if (currentPage === 1) return '';
  return {
    margin: [48, 32, 48, 0],
    columns: [
      {
        text: styled(`${headingOf(invoice, title)} · ${invoice.customer.name}`),
        color: MUTED,
        fontSize: 8,
      },
      { text: mark ?? '', alignment: 'right', bold: true, color: WARNING, fontSize: 8, width: 60 },
    ],
  };
}

function footerLine({ issuer }: FrozenInvoice): string {
  return [issuer.legalName, issuer.taxId, issuer.website].filter((part) => part !== '').join(' · ');
}

function letterhead(invoice: FrozenInvoice, title: string, mark: string | undefined): Content[] {
  const { issuer, customer } = invoice;
  return [
    {
      columns: [
        {
          stack: [{ text: styled(issuer.legalName), bold: true, fontSize: 13 }, ...address(issuer)],
          width: '*',
        },
        {
          width: 'auto',
          alignment: 'right',
          stack: [
            { text: title, bold: true, fontSize: 20, lineHeight: 1 },
            {
              text:
                invoice.number ?? (invoice.kind === 'showback' ? 'Nothing is owed' : 'Draft: not yet issued'),
              fontSize: 10,
              color: MUTED,
              margin: [0, 4, 0, 0],
            },
            ...(mark === undefined ? [] : [markNote(mark)]),
          ],
        },
      ],
    },
    {
      margin: [0, 28, 0, 22],
      columns: [
        {
          width: '*',
          stack: [
            label(invoice.kind === 'showback' ? 'For' : 'Billed to'),
            { text: styled(customer.name), bold: true },
            ...address(customer),
          ],
        },
        { width: 220, ...facts(invoice) },
      ],
    },
  ];
}

function markNote(mark: string): Content {
  const text =
    mark === 'TEST' ? 'TEST · simulated usage, no payment is due' : 'DRAFT · changes until it is issued';
  return { text, bold: true, color: WARNING, fontSize: 8, margin: [0, 4, 0, 0] };
}

function address(party: {
  addressLines: readonly string[];
  country: string;
  taxId: string;
  email: string;
}): Content[] {
  const lines = [...party.addressLines, countryName(party.country)].filter((line) => line !== '');
  return [
    ...lines.map((line) => ({ text: styled(line) })),
    ...(party.taxId === '' ? [] : [{ text: styled(`Tax ID ${party.taxId}`), color: MUTED }]),
    ...(party.email === '' ? [] : [{ text: styled(party.email), color: MUTED }]),
  ];
}

function facts(invoice: FrozenInvoice): {
  table: { widths: (number | string)[]; body: TableCell[][] };
  layout: string;
} {
  const { period } = invoice;
  const rows: (readonly [string, string])[] = [
    ...(invoice.kind === 'showback' ? [] : [['Date', invoice.issuedOn ?? '—'] as const]),
    ...(invoice.kind === 'invoice' ? [['Due', invoice.dueOn ?? '—'] as const] : []),
    ['Period', `${period.firstDay} – ${period.lastDay}`],
    ['Time zone', period.timeZone],
    ['Currency', invoice.currency],
  ];
  if (invoice.corrects !== null)
    rows.push(
      ['Corrects', invoice.corrects.number],
      ['Reason', REASON[invoice.corrects.reason] ?? invoice.corrects.reason],
    );
  if (invoice.customer.purchaseOrder !== '') rows.push(['Purchase order', invoice.customer.purchaseOrder]);
  return {
    layout: 'noBorders',
    table: {
      widths: [80, '*'],
      body: rows.map(([name, value]) => [
        { text: name, color: MUTED, margin: [0, -1, 0, -1] },
        { text: styled(value), alignment: 'right', margin: [0, -1, 0, -1] },
      ]),
    },
  };
}

function label(text: string): Content {
  return { text, color: MUTED, fontSize: 8, margin: [0, 0, 0, 2] };
}

function linesTable(invoice: FrozenInvoice): Content {
  const head: TableCell[] = [
    { text: 'Description', bold: true },
    { text: 'Quantity', bold: true, alignment: 'right' },
    { text: 'Unit price', bold: true, alignment: 'right' },
    { text: `Amount (${invoice.currency})`, bold: true, alignment: 'right' },
  ];
  const body: TableCell[][] = [head];
  for (const group of groupLines(invoice.lines)) {
    body.push(groupRow(group));
    for (const line of group.lines) body.push(lineRow(line));
  }
  return {
    table: { headerRows: 1, keepWithHeaderRows: 1, dontBreakRows: true, widths: ['*', 62, 96, 90], body },
    layout: {
      hLineWidth: (index, node) => (index === 1 || index === node.table.body.length ? 0.8 : 0.4),
      hLineColor: (index) => (index <= 1 ? INK : RULE),
      vLineWidth: () => 0,
      paddingTop: () => 3.5,
      paddingBottom: () => 2.5,
      paddingLeft: (column) => (column === 0 ? 4 : 6),
      paddingRight: () => 4,
      fillColor: (row) => (body[row] !== undefined && isGroupRow(body[row]) ? WASH : null),
    },
  };
}

interface LineGroup {
  readonly title: string;
  readonly lines: FrozenLine[];
}

/** Team and cost centre; fees and credits last. Lines come sorted. */
function groupLines(lines: readonly FrozenLine[]): LineGroup[] {
  const groups = new Map<string, LineGroup>();
  for (const line of lines) {
    const key = line.kind === 'usage' ? JSON.stringify([line.teamId, line.costCenter]) : line.kind;
    const group = groups.get(key) ?? { title: groupTitle(line), lines: [] };
    group.lines.push(line);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function groupTitle(line: FrozenLine): string {
  if (line.kind === 'fee') return 'Fees';
  if (line.kind === 'credit') return 'Credits';
  const team = line.teamId === '' ? 'No team' : line.teamName === '' ? line.teamId : line.teamName;
  return line.costCenter === '' ? team : `${team} · cost centre ${line.costCenter}`;
}

const GROUP_MARK = 'group';

function groupRow(group: LineGroup): TableCell[] {
  const total = group.lines.reduce((sum, line) => sum + BigInt(line.amountPicoUsd), 0n);
  return [
    { text: styled(group.title), bold: true, colSpan: 3, style: GROUP_MARK },
    {},
    {},
    { text: formatAmount(String(total)), bold: true, alignment: 'right' },
  ];
}

function isGroupRow(row: TableCell[]): boolean {
  const first = row[0];
  return typeof first === 'object' && first !== null && 'style' in first && first.style === GROUP_MARK;
}

function lineRow(line: FrozenLine): TableCell[] {
  return [
    { text: styled(describeLine(line)), margin: [6, 0, 0, 0] },
    { text: groupThousands(line.quantity), alignment: 'right' },
    { text: formatUnitPrice(line), alignment: 'right' },
    { text: formatAmount(line.amountPicoUsd), alignment: 'right' },
  ];
}

function totals(invoice: FrozenInvoice): Content {
  const row = (name: string, amount: string, bold = false): TableCell[] => [
    { text: styled(name), bold, color: bold ? INK : MUTED },
    { text: formatAmount(amount), alignment: 'right', bold },
  ];
  const body = [
    row('Subtotal, exact', invoice.subtotalPicoUsd),
    ...(invoice.kind === 'showback' ? [] : [row('Rounding to the cent', invoice.roundingPicoUsd)]),
    ...invoice.taxes.map((tax) =>
      row(`${tax.name} ${formatBasisPoints(tax.rateBasisPoints)}`, tax.amountPicoUsd),
    ),
    row(`Total ${invoice.currency}`, invoice.totalPicoUsd, true),
  ];
  return {
    margin: [0, 14, 0, 0],
    columns: [
      { width: '*', text: '' },
      {
        width: 260,
        table: {
          dontBreakRows: true,
          keepWithHeaderRows: body.length - 1,
          headerRows: 1,
          widths: ['*', 110],
          body,
        },
        layout: {
          hLineWidth: (index, node) => (index === node.table.body.length - 1 ? 0.8 : 0),
          hLineColor: () => INK,
          vLineWidth: () => 0,
          paddingTop: () => 3,
          paddingBottom: () => 3,
          paddingLeft: () => 4,
          paddingRight: () => 4,
        },
      },
    ],
  };
}

function notes(invoice: FrozenInvoice): Content[] {
  const own =
    invoice.kind === 'showback'
      ? 'What the providers take, own credentials included, exact to a trillionth of a dollar.'
      : 'Amounts are exact to a trillionth of a dollar; rounding happens once, in the line above.';
  // How to pay is said where something is to be paid.
  const issuerNotes = invoice.kind === 'invoice' || invoice.kind === 'debit' ? invoice.issuer.notes : [];
  return [
    {
      margin: [0, 24, 0, 0],
      stack: [...(invoice.taxNotes ?? []), ...issuerNotes, own].map((note) => ({
        text: styled(note),
        color: MUTED,
        fontSize: 8,
      })),
    },
  ];
}
