/**
 * A price sheet: the components and tiers of one version while the importer still computes with them.
 *
 * Exact or said so: a price that is not a whole number of pico-USD is rounded half-up and named in `rounded`;
 * a price that follows from stated ones is named in `derived`.
 */
import { type PriceComponent, TOKEN_COMPONENTS } from '../price.ts';

export type Components = Partial<Record<PriceComponent, bigint>>;

export interface Sheet {
  components: Components;
  tiers: { aboveInputTokens: number; components: Components }[];
  derived: Set<string>;
  rounded: Set<string>;
}

export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export function emptySheet(): Sheet {
  return { components: {}, tiers: [], derived: new Set(), rounded: new Set() };
}

/** The exact value of a decimal string. */
export function toFraction(decimal: string): Fraction {
  const [whole = '', decimals = ''] = decimal.split('.');
  return { numerator: BigInt(whole + decimals), denominator: 10n ** BigInt(decimals.length) };
}

/** Half-up; `exact` tells whether anything was lost. Nothing here is negative. */
export function divide(numerator: bigint, denominator: bigint): { value: bigint; exact: boolean } {
  return {
    value: (2n * numerator + denominator) / (2n * denominator),
    exact: numerator % denominator === 0n,
  };
}

/** Whole pico-USD of `usd` for each of `units` units (1,000,000 for prices per million tokens). */
export function toUnitPrice(usd: string, units: bigint): { value: bigint; exact: boolean } {
  const { numerator, denominator } = toFraction(usd);
  return divide(numerator * 10n ** 12n, denominator * units);
}

/**
 * The same sheet with every token price of one side multiplied: reads, writes and audio in follow the input
 * factor, reasoning and audio out the output factor. Fees, images and tool units stay: they have no discount.
 */
export function scaleSheet(sheet: Sheet, input: Fraction, output: Fraction): Sheet {
  const rounded = new Set(sheet.rounded);
  const scale = (components: Components): Components => {
    const scaled: Components = {};
    for (const [name, price] of Object.entries(components) as [PriceComponent, bigint][]) {
      const side = sideOf(name);
      if (side === undefined) {
        scaled[name] = price;
        continue;
      }
      const factor = side === 'input' ? input : output;
      const { value, exact } = divide(price * factor.numerator, factor.denominator);
      if (!exact) rounded.add(name);
      scaled[name] = value;
    }
    return scaled;
  };
  return {
    components: scale(sheet.components),
    tiers: sheet.tiers.map((tier) => ({ ...tier, components: scale(tier.components) })),
    derived: new Set([...sheet.derived]),
    rounded,
  };
}

/** Which factor moves a component; undefined: none. */
export function sideOf(name: PriceComponent): 'input' | 'output' | undefined {
  if (name === 'output' || name === 'reasoning' || name === 'audioOutput') return 'output';
  if ((TOKEN_COMPONENTS as readonly string[]).includes(name)) return 'input';
  if (name.startsWith('unit:') && name.endsWith('_token'))
    return name.includes('output') ? 'output' : 'input';
  return undefined;
}
