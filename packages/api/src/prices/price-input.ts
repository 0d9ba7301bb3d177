/**
 * A price as people state it: USD per million tokens, or per unit where nothing is counted in tokens.
 *
 * Every refusal names the field. A price that is not a whole number of pico-USD per unit is refused, not rounded.
 */
import { z } from '@hono/zod-openapi';
import { isPriceComponent, type PriceComponents, TOKEN_COMPONENTS } from '@tollgate/catalog';
import { InexactPriceError, InvalidUsdError, parseUsd, unitPriceFromUsdPerMillion } from '@tollgate/money';
import { filledText, instant, text } from '../framework/field.ts';
import { refusal } from '../framework/field-errors.ts';
import { invalidField } from '../framework/problem.ts';
import { usdAmount } from '../limits/usd-amount.ts';

const UnitPriceInput = z
  .strictObject({ usdPerMillion: usdAmount.exactOptional(), usdPerUnit: usdAmount.exactOptional() })
  .refine(
    ({ usdPerMillion, usdPerUnit }) => (usdPerMillion === undefined) !== (usdPerUnit === undefined),
    refusal('must state either usdPerMillion or usdPerUnit', 'required'),
  );

const MAX_COMPONENTS = 64;
const MAX_COMPONENTS_AND_TIERS = 256;
export const ComponentsInput = z
  .record(z.string().max(80), UnitPriceInput)
  .refine(
    (prices) => Object.keys(prices).length <= MAX_COMPONENTS,
    refusal('has too many components', 'too_many'),
  );

export const NewPrice = z.strictObject({
  provider: filledText(64),
  model: filledText(256),
  /** Absent: any region that has no price of its own. */
  region: filledText(64).nullable().exactOptional(),
  serviceTier: filledText(32).default('default'),
  /** From this instant of a request's start; now unless told. */
  validFrom: instant.exactOptional(),
  components: ComponentsInput,
  tiers: z
    .array(
      z.strictObject({ aboveInputTokens: z.int().min(0).max(1_000_000_000), components: ComponentsInput }),
    )
    .max(32)
    .default([]),
  /** Where it is written: a contract, a price list. */
  source: text(200).default(''),
});

type PriceInput = z.output<typeof NewPrice>;

/** @throws {ApiProblem} `invalid_request` with the field. */
export function parsePriceBody({ components, tiers }: PriceInput): {
  components: PriceComponents;
  tiers: { aboveInputTokens: number; components: PriceComponents }[];
} {
  const base = parseComponents(components, 'body.components');
  if (Object.keys(base).length === 0) {
    throw invalidField('body.components', 'must state at least one price', 'required');
  }
  const parsed = tiers.map((tier, index) => {
    const before = tiers[index - 1];
    if (before !== undefined && before.aboveInputTokens >= tier.aboveInputTokens) {
      throw invalidField(
        `body.tiers.${index}.aboveInputTokens`,
        'must be above the tier before',
        'too_small',
      );
    }
    const path = `body.tiers.${index}.components`;
    const stated = parseComponents(tier.components, path);
    if (Object.keys(stated).length === 0) {
      throw invalidField(path, 'must state at least one price', 'required');
    }
    return { aboveInputTokens: tier.aboveInputTokens, components: stated };
  });
  const count = [base, ...parsed.map((tier) => tier.components)].reduce(
    (sum, each) => sum + Object.keys(each).length,
    0,
  );
  if (count > MAX_COMPONENTS_AND_TIERS) {
    throw invalidField(
      'body.tiers',
      `may state at most ${MAX_COMPONENTS_AND_TIERS} prices in all`,
      'too_many',
    );
  }
  return { components: base, tiers: parsed };
}

const TOKENS: ReadonlySet<string> = new Set(TOKEN_COMPONENTS);

export function parseComponents(input: PriceInput['components'], path: string): PriceComponents {
  const components: Record<string, bigint> = {};
  for (const [name, price] of Object.entries(input)) {
    const where = `${path}.${name}`;
    if (!isPriceComponent(name)) {
      throw invalidField(
        where,
        'must be a component such as "input", "output", "request", "image:QUALITY/SIZE" or "unit:NAME"',
        'not_allowed',
      );
    }
    if (price.usdPerMillion !== undefined && !TOKENS.has(name)) {
      throw invalidField(`${where}.usdPerMillion`, 'is for tokens; state usdPerUnit', 'not_allowed');
    }
    components[name] = parseUnitPrice(price, where);
  }
  return components;
}

/** What a unit price may have: 15 digits of pico-USD. */
const UNIT_PRICE_MAX = 10n ** 15n;

function parseUnitPrice(
  { usdPerMillion, usdPerUnit }: z.output<typeof UnitPriceInput>,
  where: string,
): bigint {
  const field = usdPerMillion === undefined ? 'usdPerUnit' : 'usdPerMillion';
  try {
    const amount =
      usdPerMillion === undefined ? parseUsd(usdPerUnit ?? '0') : unitPriceFromUsdPerMillion(usdPerMillion);
    if (amount < UNIT_PRICE_MAX) return amount;
  } catch (cause) {
    if (cause instanceof InexactPriceError) {
      throw invalidField(
        `${where}.${field}`,
        'must have at most 6 decimals per million tokens',
        'too_precise',
      );
    }
    if (!(cause instanceof InvalidUsdError) && !(cause instanceof RangeError)) throw cause;
  }
  throw invalidField(`${where}.${field}`, 'must be below 1,000 USD per unit', 'too_large');
}
