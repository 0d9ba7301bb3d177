/**
 * Which taxes an organization's invoice carries: its own rates where the operator gave it some, else those of its
 * country and region, at the end of the period.
 *
 * Where a rate has a reverse-charge text and the customer a tax id, the text is printed and nothing is charged.
 * Not here: whether a tax id is genuine, and which country may tax what; both are the operator's to know.
 */
import type { Transaction } from '@tollgate/db';
import { z } from 'zod';

export const TaxRates = z.array(
  z.object({ name: z.string().min(1).max(80), rateBasisPoints: z.number().int().min(0).max(10_000) }),
);
export type TaxRate = z.infer<typeof TaxRates>[number];

export interface ResolvedTaxes {
  readonly rates: readonly TaxRate[];
  /** Printed beside the total. */
  readonly notes: readonly string[];
}

export interface TaxSubject {
  readonly country: string;
  readonly region: string;
  readonly taxId: string;
  readonly taxExempt: boolean;
  readonly ownRates: readonly TaxRate[];
}

export interface KnownTaxRate extends TaxRate {
  readonly country: string;
  readonly region: string;
  readonly reverseChargeText: string;
}

/** @param known Rates that are valid at the tax point. */
export function chooseTaxes(subject: TaxSubject, known: readonly KnownTaxRate[]): ResolvedTaxes {
  if (subject.taxExempt) return { rates: [], notes: [] };
  if (subject.ownRates.length > 0) return { rates: subject.ownRates, notes: [] };
  const isHere = ({ country, region }: KnownTaxRate) =>
    country === normal(subject.country) && (region === '' || normal(region) === normal(subject.region));
  const rates: TaxRate[] = [];
  const notes: string[] = [];
  for (const rate of known.filter(isHere)) {
    const { name, rateBasisPoints, reverseChargeText } = rate;
    if (reverseChargeText !== '' && subject.taxId !== '') notes.push(reverseChargeText);
    else rates.push({ name, rateBasisPoints });
  }
  return { rates, notes: [...new Set(notes)] };
}

const normal = (text: string) => text.trim().toUpperCase();

/** @param at The tax point: the last instant of the period. */
export async function resolveTaxes(
  tx: Transaction,
  organizationId: string,
  at: Date,
): Promise<ResolvedTaxes> {
  const profile = await tx.billingProfile.findUnique({
    where: { organizationId },
    select: { country: true, region: true, taxId: true, taxExempt: true, taxRates: true },
  });
  if (profile === null) return { rates: [], notes: [] };
  const known = await tx.taxRate.findMany({
    where: {
      country: normal(profile.country),
      validFrom: { lte: at },
      OR: [{ endsAt: null }, { endsAt: { gt: at } }],
    },
    orderBy: [{ region: 'asc' }, { name: 'asc' }, { validFrom: 'asc' }],
  });
  return chooseTaxes({ ...profile, ownRates: TaxRates.parse(profile.taxRates) }, newestOfEach(known));
}

/** A later rate of the same name and place ends the earlier one, whether or not somebody wrote its end. */
function newestOfEach<T extends KnownTaxRate>(rates: readonly T[]): T[] {
  return [...new Map(rates.map((rate) => [`${rate.region}\n${rate.name}`, rate])).values()];
}
