/**
 * A new import on top of the published book: history stays, and only what changed gets a new version.
 *
 * Entries name their price version, so a published line may never change; a different price for the same day is
 * refused unless the import is told a later day for its corrections.
 */
import type { BookPrice } from '../price-book.ts';
import { byKey, seriesOf } from './build-prices.ts';

export interface Merged {
  readonly prices: BookPrice[];
  readonly added: number;
  /** Lines whose day is published with another price, and no later day was given. */
  readonly conflicts: string[];
}

/** @param correctionsFrom `YYYY-MM-DD`: from when a differing price of a published day shall hold. */
export function mergePrices(
  published: readonly BookPrice[],
  imported: readonly BookPrice[],
  correctionsFrom?: string,
): Merged {
  const bySeries = Map.groupBy(published, seriesOf);
  const prices = [...published];
  const conflicts: string[] = [];
  for (const line of imported) {
    const series = bySeries.get(seriesOf(line)) ?? [];
    const sameDay = series.find((old) => old.validFrom === line.validFrom);
    const effective = series
      .filter((old) => old.validFrom <= line.validFrom)
      .sort(byKey)
      .at(-1);
    if (effective !== undefined && samePrice(effective, line)) continue;
    if (sameDay === undefined) {
      prices.push(line);
    } else if (correctionsFrom !== undefined && correctionsFrom > sameDay.validFrom) {
      const atThatDay = series
        .filter((old) => old.validFrom <= correctionsFrom)
        .sort(byKey)
        .at(-1);
      if (atThatDay === undefined || !samePrice(atThatDay, line))
        prices.push({ ...line, validFrom: correctionsFrom });
    } else {
      conflicts.push(`${seriesOf(line).replaceAll('\0', ' ')} of ${line.validFrom}`);
    }
  }
  return { prices: prices.sort(byKey), added: prices.length - published.length, conflicts };
}

function samePrice(left: BookPrice, right: BookPrice): boolean {
  return bodyOf(left) === bodyOf(right);
}

function bodyOf({ components, tiers }: BookPrice): string {
  const sorted = (prices: BookPrice['components']) => Object.entries(prices).sort();
  return JSON.stringify([
    sorted(components),
    (tiers ?? []).map((tier) => [tier.aboveInputTokens, sorted(tier.components)]),
  ]);
}
