/**
 * What included usage and prepaid credits have to do with a note: as if its usage had been on the invoice. Late usage
 * that the plan includes is not billed, and what is owed draws prepaid credits; a correction gives nothing back that
 * nobody paid, and returns to the balance what was taken of it too much.
 *
 * A void invoice has given back its credits and takes part in nothing: a debit note that follows it stands alone.
 */
import { type Transaction, toBigInt } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { addCreditEntry, getCreditBalance, getReservedCredits } from '../credits/credit-ledger.ts';
import { includedUsageOf, smaller } from '../plans/charge-lines.ts';
import type { FrozenInvoice } from './frozen-invoice.ts';

export interface CreditedNote {
  readonly organizationId: string;
  readonly creditNoteId: string;
  readonly invoice: FrozenInvoice;
  readonly isInvoiceVoid: boolean;
}

/** Amounts of lines: below zero they lower what the note owes, above zero what it gives back. */
export interface NoteCreditLine {
  readonly component: 'included-usage' | 'prepaid';
  readonly description: string;
  readonly amountPicoUsd: bigint;
}

/** Of an invoice and its notes; a credit is negative. */
interface Sums {
  readonly usage: bigint;
  readonly fee: bigint;
  readonly included: bigint;
  readonly prepaid: bigint;
  /** Of this note alone. */
  readonly ownUsage: bigint;
}

/** The credit lines that a draft note would get if it were issued now; those of zero are left out. */
export async function listNoteCredits(tx: Transaction, note: CreditedNote): Promise<NoteCreditLine[]> {
  // A test invoice has no credits.
  if (!note.invoice.livemode) return [];
  const sums = await sumLines(tx, note);
  const included = note.isInvoiceVoid ? 0n : await moreIncluded(tx, note, sums);
  const own = sums.ownUsage - included;
  const owed = note.isInvoiceVoid ? own : sums.fee + sums.usage - (included - sums.included);
  return [
    { component: 'included-usage' as const, description: 'Included usage', amountPicoUsd: -included },
    {
      component: 'prepaid' as const,
      description: 'Prepaid credits',
      amountPicoUsd: await prepaidOf(tx, note, { owed, own, taken: note.isInvoiceVoid ? 0n : -sums.prepaid }),
    },
  ].filter(({ amountPicoUsd }) => amountPicoUsd !== 0n);
}

/** Adds the credit lines of a draft note, and moves the balance. The caller holds invoice, note and credits. */
export async function applyNoteCredits(tx: Transaction, note: CreditedNote, nowMs: number): Promise<void> {
  const { organizationId, creditNoteId } = note;
  for (const line of await listNoteCredits(tx, note)) {
    await tx.$executeRaw`
      INSERT INTO credit_note_lines (id, organization_id, credit_note_id, kind, description, component, quantity, amount_pico_usd)
      VALUES (${newId('invoiceLine', nowMs)}, ${organizationId}, ${creditNoteId}, 'credit', ${line.description}, ${line.component}, 1,
        ${String(line.amountPicoUsd)}::numeric)`;
    if (line.component !== 'prepaid') continue;
    await addCreditEntry(tx, {
      organizationId,
      kind: line.amountPicoUsd > 0n ? 'restored' : 'applied',
      causeId: creditNoteId,
      invoiceId: note.invoice.id,
      amountPicoUsd: line.amountPicoUsd,
      nowMs,
    });
  }
}

/** What the plan includes of the usage with this note, less what invoice and notes before it had. */
async function moreIncluded(
  tx: Transaction,
  { organizationId, invoice }: CreditedNote,
  sums: Sums,
): Promise<bigint> {
  const period = {
    startMs: Date.parse(invoice.period.start),
    endMs: Date.parse(invoice.period.end),
    timeZone: invoice.period.timeZone,
  };
  return smaller(await includedUsageOf(tx, organizationId, period), sums.usage) + sums.included;
}

interface Owing {
  /** By invoice and notes together, before prepaid credits. */
  readonly owed: bigint;
  /** By this note. */
  readonly own: bigint;
  readonly taken: bigint;
}

/** Only of what the note itself adds is the balance drawn; drafts of earlier months come first, as among invoices. */
async function prepaidOf(
  tx: Transaction,
  { organizationId, invoice }: CreditedNote,
  { owed, own, taken }: Owing,
): Promise<bigint> {
  const atMost = owed > 0n ? owed : 0n;
  if (taken > atMost) return taken - atMost;
  const periodStart = new Date(invoice.period.start);
  const balance =
    (await getCreditBalance(tx, organizationId)) -
    (await getReservedCredits(tx, organizationId, periodStart));
  return -smaller(balance, smaller(own, atMost - taken));
}

/** The frozen invoice, its issued notes and this one. */
async function sumLines(
  tx: Transaction,
  { organizationId, creditNoteId, invoice }: CreditedNote,
): Promise<Sums> {
  const noted = await tx.creditNoteLine.groupBy({
    by: ['kind', 'component', 'creditNoteId'],
    where: {
      organizationId,
      creditNote: { invoiceId: invoice.id, OR: [{ state: 'issued' }, { id: creditNoteId }] },
    },
    _sum: { amountPicoUsd: true },
  });
  const ofNotes = noted.map(({ _sum, ...line }) => ({
    ...line,
    amount: _sum.amountPicoUsd === null ? 0n : toBigInt(_sum.amountPicoUsd),
  }));
  const lines = [
    ...invoice.lines.map(({ kind, component, amountPicoUsd }) => ({
      kind,
      component,
      creditNoteId: '',
      amount: BigInt(amountPicoUsd),
    })),
    ...ofNotes,
  ];
  const sum = (isMeant: (line: (typeof lines)[number]) => boolean) =>
    lines.filter(isMeant).reduce((total, { amount }) => total + amount, 0n);
  const credit = (component: string) => sum((line) => line.kind === 'credit' && line.component === component);
  return {
    usage: sum(({ kind }) => kind === 'usage'),
    fee: sum(({ kind }) => kind === 'fee'),
    included: credit('included-usage'),
    prepaid: credit('prepaid'),
    ownUsage: sum((line) => line.kind === 'usage' && line.creditNoteId === creditNoteId),
  };
}
