/** Prices as the API shows them: exact decimal strings per unit, and per million where that is how people speak. */
import { z } from '@hono/zod-openapi';
import type { PriceComponents, PriceVersion } from '@tollgate/catalog';
import { formatUsd, picoUsdSum, usdPerMillionFromUnitPrice } from '@tollgate/money';
import { timestamp, usd } from '../framework/field.ts';

const UnitPrice = z.object({
  usdPerUnit: usd,
  /** For tokens. */
  usdPerMillion: usd.nullable(),
});

export const Components = z.record(z.string(), UnitPrice);

export const Price = z
  .object({
    id: z.string(),
    layer: z.enum(['catalogue', 'operator', 'organization']),
    provider: z.string(),
    model: z.string(),
    /** Null: any region that has no price of its own. */
    region: z.string().nullable(),
    serviceTier: z.string(),
    currency: z.literal('USD'),
    validFrom: timestamp,
    /** `input`, `cachedInput`, `output`, …; what is not named has no stated price. */
    components: Components,
    /** The whole request is priced at the tier above whose input it lies. */
    tiers: z.array(z.object({ aboveInputTokens: z.int(), components: Components })),
    source: z.string(),
    sourceDate: z.string().nullable(),
    /** Stated by the organization for its own credentials: not the price of what the operator resells. */
    ownCredentialsOnly: z.boolean(),
  })
  .openapi('Price');

export function presentPrice(price: PriceVersion): z.input<typeof Price> {
  return {
    ...price,
    ownCredentialsOnly: price.ownCredentialsOnly ?? false,
    validFrom: price.validFrom.toISOString(),
    components: presentComponents(price.components),
    tiers: price.tiers.map((tier) => ({
      aboveInputTokens: tier.aboveInputTokens,
      components: presentComponents(tier.components),
    })),
  };
}

/** `request`, `image:KEY` and `unit:NAME` are not counted in tokens. */
const NOT_TOKENS = /^(request$|image:|unit:)/;

export function presentComponents(components: PriceComponents) {
  return Object.fromEntries(
    Object.entries(components).map(([name, unitPricePicoUsd]) => {
      const usdPerUnit = formatUsd(picoUsdSum(unitPricePicoUsd ?? 0n));
      const usdPerMillion = NOT_TOKENS.test(name) ? null : usdPerMillionFromUnitPrice(unitPricePicoUsd ?? 0n);
      return [name, { usdPerUnit, usdPerMillion }];
    }),
  );
}
