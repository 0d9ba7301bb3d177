/**
 * What included usage and prepaid credits have to do with a note: as if its usage had been on the invoice. Late usage
 * that the plan includes is not billed; a correction gives nothing back that nobody paid, and returns to the balance
 * what the invoice took of it too much.
 */
import { type Transaction, toBigInt } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { addCreditEntry } from '../credits/credit-ledger.ts';
import { includedUsageOf, smaller } from '../plans/charge-lines.ts';
import type { FrozenInvoice } from './frozen-invoice.ts';

export interface CreditedNote {
  readonly organizationId: string;
  readonly creditNoteId: string;
  readonly invoice: FrozenInvoice;
  readonly nowMs: number;
}

/** Of an invoice and its notes; a credit is negative. */
interface Sums {
  readonly usage: bigint;
  readonly fee: bigint;
  readonly included: bigint;
  readonly prepaid: bigint;
}

/** Adds the credit lines of a draft note. The caller holds the locks of invoice and note. */
export async function addNoteCredits(tx: Transaction, note: CreditedNote): Promise<void> {
  const { organizationId, invoice } = note;
  const period = {
    startMs: Date.parse(invoice.period.start),
    endMs: Date.parse(invoice.period.end),
    timeZone: invoice.period.timeZone,
  };
  const sums = await sumLines(tx, note);
  const included = smaller(await includedUsageOf(tx, organizationId, period), sums.usage);
  const moreIncluded = included + sums.included;
  await addLine(tx, note, 'included-usage', 'Included usage', -moreIncluded);
  const owed = sums.fee + sums.usage - included;
  const givenBack = -sums.prepaid - (owed > 0n ? owed : 0n);
  if (givenBack <= 0n) return;
  await addLine(tx, note, 'prepaid', 'Prepaid credits', givenBack);
  await addCreditEntry(tx, {
    organizationId,
    kind: 'restored',
    causeId: note.creditNoteId,
    invoiceId: invoice.id,
    amountPicoUsd: givenBack,
    nowMs: note.nowMs,
  });
}

/** The frozen invoice, its issued notes and this one. */
async function sumLines(
  tx: Transaction,
  { organizationId, creditNoteId, invoice }: CreditedNote,
): Promise<Sums> {
  const noted = await tx.creditNoteLine.groupBy({
    by: ['kind', 'component'],
    where: {
      organizationId,
      creditNote: { invoiceId: invoice.id, OR: [{ state: 'issued' }, { id: creditNoteId }] },
    },
    _sum: { amountPicoUsd: true },
  });
  const lines = [
    ...invoice.lines.map((line) => ({ ...line, amount: BigInt(line.amountPicoUsd) })),
    ...noted.map(({ _sum, ...line }) => ({
      ...line,
      amount: _sum.amountPicoUsd === null ? 0n : toBigInt(_sum.amountPicoUsd),
    })),
  ];
  const sum = (kind: string, component?: string) =>
    lines
      .filter((line) => line.kind === kind && (component === undefined || line.component === component))
      .reduce((total, { amount }) => total + amount, 0n);
  return {
    usage: sum('usage'),
    fee: sum('fee'),
    included: sum('credit', 'included-usage'),
    prepaid: sum('credit', 'prepaid'),
  };
}

async function addLine(
  tx: Transaction,
  { organizationId, creditNoteId, nowMs }: CreditedNote,
  component: string,
  description: string,
  amount: bigint,
): Promise<void> {
  if (amount === 0n) return;
  await tx.$executeRaw`
    INSERT INTO credit_note_lines (id, organization_id, credit_note_id, kind, description, component, quantity, amount_pico_usd)
    VALUES (${newId('invoiceLine', nowMs)}, ${organizationId}, ${creditNoteId}, 'credit', ${description}, ${component}, 1,
      ${String(amount)}::numeric)`;
}
