/** Which taxes hold now: a rate ends by itself, or where the next of the same name and place begins. Pure. */
import type { TaxRate } from '@tollgate/api';

export type TaxState = 'in-force' | 'scheduled' | 'past';

export interface StatedTaxRate {
  readonly rate: TaxRate;
  readonly state: TaxState;
  readonly endsAt: string | null;
}

const DAY_MS = 86_400_000;

/** `2027-01-01`: the day that an instant was meant for, as the tax code reads it (packages/billing). */
export function legalDayOf(instant: string): string {
  return new Date(Math.round(Date.parse(instant) / DAY_MS) * DAY_MS).toISOString().slice(0, 10);
}

/**
 * Whether somebody reads that a tax is reversed although it never is: the country of the letterhead is not known, so
 * that every customer could be in it.
 */
export function isReversalHeldBack(rows: readonly StatedTaxRate[], issuerCountry: string | null): boolean {
  return (
    issuerCountry === null &&
    rows.some(({ rate, state }) => state !== 'past' && rate.reverseChargeText !== '')
  );
}

/** In the order of the rates. */
export function stateOfRates(rates: readonly TaxRate[], nowMs: number): readonly StatedTaxRate[] {
  return rates.map((rate) => {
    const endsAt = endOf(rate, rates);
    const state =
      Date.parse(rate.validFrom) > nowMs
        ? 'scheduled'
        : endsAt !== null && Date.parse(endsAt) <= nowMs
          ? 'past'
          : 'in-force';
    return { rate, state, endsAt };
  });
}

function endOf(rate: TaxRate, rates: readonly TaxRate[]): string | null {
  const later = rates
    .filter(
      (other) =>
        other.country === rate.country &&
        other.region === rate.region &&
        other.name === rate.name &&
        Date.parse(other.validFrom) > Date.parse(rate.validFrom),
    )
    .map(({ validFrom }) => validFrom);
  const ends = rate.endsAt === null ? later : [...later, rate.endsAt];
  return ends.toSorted((left, right) => Date.parse(left) - Date.parse(right))[0] ?? null;
}
