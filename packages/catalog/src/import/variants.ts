/**
 * The other versions that a record states: batch, flex, priority and fast; regions with a surcharge; prices that
 * change on a known day.
 *
 * Lists state these as a few numbers or a factor. The rest of the sheet follows in proportion (cache reads and
 * writes are multiples of input, in every service tier), and is named in `derived`.
 */
import type { TokenComponent } from '../price.ts';
import { readBaseSheet, readRates, readTiers } from './base-sheet.ts';
import { emptySheet, type Fraction, type Sheet, scaleSheet, toFraction } from './sheet.ts';
import type { SourceRates, SourceRecord } from './source-record.ts';

export interface Variant {
  readonly serviceTier: string;
  readonly region: string | null;
  /** Null: from the day of the source. */
  readonly validFrom: string | null;
  readonly source: string;
  readonly sheet: Sheet;
}

const ONE: Fraction = { numerator: 1n, denominator: 1n };

export function listVariants(record: SourceRecord): Variant[] {
  const sheets = new Map<string, Sheet>([['default', readBaseSheet(record)]]);
  for (const serviceTier of ['batch', 'flex', 'priority'] as const) {
    const rates = record[serviceTier];
    if (rates) sheets.set(serviceTier, followSheet(sheets.get('default')!, rates));
  }
  const fast = record.multipliers?.fast;
  if (fast) sheets.set('fast', derive(sheets.get('default')!, toFraction(fast), `fast x${fast}`));

  const variants: Variant[] = [];
  for (const [serviceTier, sheet] of sheets) {
    variants.push({
      serviceTier,
      region: record.region ?? null,
      validFrom: null,
      source: record.source,
      sheet,
    });
  }
  for (const change of record.price_changes ?? []) {
    const base = sheets.get('default')!;
    const changed = followSheet(base, change);
    for (const [serviceTier, sheet] of sheets) {
      variants.push({
        serviceTier,
        region: record.region ?? null,
        validFrom: change.start_date,
        source: change.source,
        sheet: serviceTier === 'default' ? changed : inProportion(sheet, base, changed, change.start_date),
      });
    }
  }
  return [...variants, ...listRegional(record, variants)];
}

function listRegional(record: SourceRecord, variants: readonly Variant[]): Variant[] {
  const factors = { ...record.regional_multipliers };
  if (record.multipliers?.us) factors.us = record.multipliers.us;
  return Object.entries(factors).flatMap(([region, factor]) =>
    variants.map((variant) => ({
      ...variant,
      region,
      sheet: derive(variant.sheet, toFraction(factor), `region ${region} x${factor}`),
    })),
  );
}

/** A sheet of which only some rates are stated; the others keep their proportion to input and output. */
function followSheet(base: Sheet, rates: SourceRates): Sheet {
  const stated = emptySheet();
  stated.components = readRates(rates, stated.rounded);
  const input = ratio(base, stated, 'input');
  const output = ratio(base, stated, 'output');
  if (input === undefined && output === undefined) return stated;

  const sheet = scaleSheet(base, input ?? ONE, output ?? ONE);
  for (const name of Object.keys(sheet.components)) {
    if (!(name in stated.components) && !name.includes(':') && name !== 'request') sheet.derived.add(name);
  }
  Object.assign(sheet.components, stated.components);
  const tiers = readTiers(rates, sheet);
  if (tiers.length > 0) sheet.tiers = tiers;
  else if (sheet.tiers.length > 0) sheet.derived.add('tiers');
  for (const name of stated.rounded) sheet.rounded.add(name);
  return sheet;
}

/** A service tier's sheet after the standard price changed. */
function inProportion(sheet: Sheet, before: Sheet, after: Sheet, day: string): Sheet {
  const scaled = scaleSheet(
    sheet,
    ratio(before, after, 'input') ?? ONE,
    ratio(before, after, 'output') ?? ONE,
  );
  scaled.derived.add(`change of ${day}`);
  return scaled;
}

function derive(sheet: Sheet, factor: Fraction, reason: string): Sheet {
  const scaled = scaleSheet(sheet, factor, factor);
  scaled.derived.add(reason);
  return scaled;
}

function ratio(from: Sheet, to: Sheet, component: TokenComponent): Fraction | undefined {
  const denominator = from.components[component];
  const numerator = to.components[component];
  return denominator && numerator !== undefined ? { numerator, denominator } : undefined;
}
