/**
 * Which taxes an organization's invoice carries: its own rates where the operator gave it some, else those of its
 * country and region, at the end of the period.
 *
 * Where a rate has a reverse-charge text and the customer a tax id of the country of its address, which is not the
 * issuer's, the text is printed and nothing is charged: within one country the tax is always the issuer's to collect.
 * Not here: whether a tax id is genuine, and which country may tax what; both are the operator's to know.
 */
import { wallAt } from '@tollgate/clock/wall-clock';
import type { Transaction } from '@tollgate/db';
import { z } from 'zod';
import { getIssuer } from '../lifecycle/issuer.ts';
import { canonicalCountry, writingsOf } from './country.ts';
import { isTaxIdOf } from './tax-id.ts';

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
  /** As the letterhead has it. Where that is no country, nobody can say that it is another one. */
  readonly issuerCountry: string;
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
    placeOf(country) === placeOf(subject.country) &&
    (region === '' || normal(region) === normal(subject.region));
  const rates: TaxRate[] = [];
  const notes: string[] = [];
  const isReversible = owesTaxItself(subject);
  for (const rate of known.filter(isHere)) {
    const { name, rateBasisPoints, reverseChargeText } = rate;
    if (reverseChargeText !== '' && isReversible) notes.push(reverseChargeText);
    else rates.push({ name, rateBasisPoints });
  }
  return { rates, notes: [...new Set(notes)] };
}

function owesTaxItself({ country, taxId, issuerCountry }: TaxSubject): boolean {
  const issuer = canonicalCountry(issuerCountry);
  const here = canonicalCountry(country);
  if (issuer === '' || here === '' || issuer === here) return false;
  return isTaxIdOf(here, taxId);
}

/** A country by its code; what is none can still be the same text. */
const placeOf = (country: string) => canonicalCountry(country) || normal(country);

const normal = (text: string) => text.trim().toUpperCase();

const DAY_MS = 86_400_000;

/** When something is taxed, and where: rates change with the days of the customer's calendar. */
export interface TaxPoint {
  /** The last instant of the period. */
  readonly at: Date;
  readonly timeZone: string;
}

/** The tax point of a period. */
export function taxPointOf(period: { readonly periodEnd: Date; readonly timeZone: string }): TaxPoint {
  return { at: new Date(period.periodEnd.getTime() - 1), timeZone: period.timeZone };
}

/**
 * Rates begin and end with days of the calendar, kept as midnights UTC: whoever has the first of January there pays
 * by it, whatever the time is in UTC. An instant in between means the day whose midnight is nearest.
 */
export function holdsAt(
  { validFrom, endsAt }: { readonly validFrom: Date; readonly endsAt: Date | null },
  { at, timeZone }: TaxPoint,
): boolean {
  const today = Math.floor(wallAt(at.getTime(), timeZone) / DAY_MS);
  const dayOf = (instant: Date) => Math.round(instant.getTime() / DAY_MS);
  return dayOf(validFrom) <= today && (endsAt === null || dayOf(endsAt) > today);
}

export async function resolveTaxes(
  tx: Transaction,
  organizationId: string,
  point: TaxPoint,
): Promise<ResolvedTaxes> {
  const profile = await tx.billingProfile.findUnique({
    where: { organizationId },
    select: { country: true, region: true, taxId: true, taxExempt: true, taxRates: true },
  });
  if (profile === null) return { rates: [], notes: [] };
  const stated = await tx.taxRate.findMany({
    where: { country: { in: writingsOf(profile.country) } },
    orderBy: [{ region: 'asc' }, { name: 'asc' }, { validFrom: 'asc' }],
  });
  const known = newestOfEach(stated.filter((rate) => holdsAt(rate, point)));
  const { country: issuerCountry } = await getIssuer(tx);
  return chooseTaxes({ ...profile, issuerCountry, ownRates: TaxRates.parse(profile.taxRates) }, known);
}

/** A later rate of the same name and place ends the earlier one, whether or not somebody wrote its end. */
function newestOfEach<T extends KnownTaxRate>(rates: readonly T[]): T[] {
  return [...new Map(rates.map((rate) => [`${rate.region}\n${rate.name}`, rate])).values()];
}
