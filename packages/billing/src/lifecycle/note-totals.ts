/** The totals of a note: exact subtotal, one visible rounding, each tax on the rounded subtotal, as on an invoice. */
import { type PicoUsdSum, picoUsdSum, roundToCents, sumPicoUsd } from '@tollgate/money';
import type { FrozenInvoice } from './frozen-invoice.ts';

export type NoteTotals = Pick<
  FrozenInvoice,
  'subtotalPicoUsd' | 'roundingPicoUsd' | 'taxes' | 'taxPicoUsd' | 'totalPicoUsd'
>;

/** @param taxes Those of the invoice, with its rates. */
export function noteTotalsOf(amounts: readonly bigint[], taxes: FrozenInvoice['taxes']): NoteTotals {
  const subtotal = sumPicoUsd(amounts.map(picoUsdSum));
  const { roundedPicoUsd, roundingPicoUsd } = roundToCents(subtotal);
  const owed = taxes.map((tax) => ({
    ...tax,
    amountPicoUsd: String(taxOn(roundedPicoUsd, tax.rateBasisPoints)),
  }));
  const tax = sumPicoUsd(owed.map((each) => picoUsdSum(BigInt(each.amountPicoUsd))));
  return {
    subtotalPicoUsd: String(subtotal),
    roundingPicoUsd: String(roundingPicoUsd),
    taxes: owed,
    taxPicoUsd: String(tax),
    totalPicoUsd: String(roundedPicoUsd + tax),
  };
}

function taxOn(rounded: PicoUsdSum, rateBasisPoints: number): bigint {
  // Whole cents times basis points over 10,000 has at most the decimals of a pico-USD: the division is exact.
  return roundToCents(picoUsdSum((rounded * BigInt(rateBasisPoints)) / 10_000n)).roundedPicoUsd;
}
