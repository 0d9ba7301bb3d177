/**
 * Which price holds when, as sheets that SQL can multiply by.
 *
 * All precedence (layers, regions, service tiers, time) is `PriceIndex`'s and all fallbacks are rating's: a sheet
 * states every kind of token that has a price, so that the database only looks up and multiplies. Pure.
 */
import {
  type CredentialOwner,
  type PriceComponents,
  PriceIndex,
  type PriceTier,
  type PriceVersion,
  TOKEN_COMPONENTS,
  tokenUnitPrice,
} from '@tollgate/catalog';
import { z } from 'zod';

/** What decides about a price besides time. */
export interface PricedKey {
  readonly provider: string;
  readonly model: string;
  /** `default`: any. */
  readonly region: string;
  readonly serviceTier: string;
  readonly credentialOwner: CredentialOwner;
}

const sheetSchema = z.object({
  provider: z.string(),
  model: z.string(),
  region: z.string(),
  service_tier: z.string(),
  credential_owner: z.enum(['organization', 'operator']),
  /** Requests that started from here on … */
  from_time: z.iso.datetime(),
  /** … and before this; null: all later ones. */
  to_time: z.iso.datetime().nullable(),
  /** Requests with more total input than this … */
  above: z.int(),
  /** … and not more than this; null: no bound. */
  up_to: z.int().nullable(),
  price_id: z.string(),
  /** Component to pico-USD per unit. */
  prices: z.record(z.string(), z.string()),
});

export const pricePlanSchema = z.object({
  sheets: z.array(sheetSchema),
  /** Pico-USD per unit that a markup rule adds, by rule and component. */
  markups: z.array(z.object({ rule_id: z.string(), per_unit: z.record(z.string(), z.string()) })),
});

export type PricePlan = z.infer<typeof pricePlanSchema>;
export type PriceSheet = PricePlan['sheets'][number];

export interface PlanQuestion {
  readonly organizationId: string;
  readonly keys: readonly PricedKey[];
  /** Every version that could apply. */
  readonly prices: readonly PriceVersion[];
  readonly from: Date;
  readonly to: Date;
  /** Whose prices a key is given; absent: its own. */
  readonly priceAs?: (key: PricedKey) => PricedKey;
  /** The prices of this time, whenever requests were; absent: of each request's own. */
  readonly at?: Date;
}

/** Sheets for `[from, to)`; a key has none for the time in which it has no price. */
export function planSheets(question: PlanQuestion): PriceSheet[] {
  const { organizationId, keys, prices, from, to, priceAs = (key) => key, at } = question;
  const index = new PriceIndex(prices);
  const versionsOf = Map.groupBy(prices, ({ provider, model }) => `${provider}\0${model}`);
  return keys.flatMap((key) => {
    const priced = priceAs(key);
    const find = (ms: number) =>
      index.find({
        organizationId,
        provider: priced.provider,
        model: priced.model,
        region: priced.region === 'default' ? null : priced.region,
        serviceTier: priced.serviceTier,
        credentialOwner: priced.credentialOwner,
        at: new Date(ms),
      });
    const versions = versionsOf.get(`${priced.provider}\0${priced.model}`) ?? [];
    const inside = versions
      .map(({ validFrom }) => validFrom.getTime())
      .filter((ms) => at === undefined && ms > from.getTime() && ms < to.getTime());
    const bounds = [from.getTime(), ...new Set(inside.toSorted((left, right) => left - right))];
    return bounds.flatMap((startMs, position) => {
      const price = find(at?.getTime() ?? startMs);
      return price === undefined ? [] : sheetsOf(key, price, startMs, bounds[position + 1] ?? null);
    });
  });
}

/** One sheet for the base price and one per tier. */
function sheetsOf(key: PricedKey, price: PriceVersion, fromMs: number, toMs: number | null): PriceSheet[] {
  const tiers: (PriceTier | undefined)[] = [undefined, ...price.tiers];
  return tiers.map((tier, position) => ({
    provider: key.provider,
    model: key.model,
    region: key.region,
    service_tier: key.serviceTier,
    credential_owner: key.credentialOwner,
    from_time: new Date(fromMs).toISOString(),
    to_time: toMs === null ? null : new Date(toMs).toISOString(),
    above: tier?.aboveInputTokens ?? -1,
    up_to: price.tiers[position]?.aboveInputTokens ?? null,
    price_id: price.id,
    prices: pricesOf(price, tier),
  }));
}

function pricesOf(price: PriceVersion, tier: PriceTier | undefined): Record<string, string> {
  const stated: PriceComponents = { ...price.components, ...tier?.components };
  const prices: Record<string, string> = {};
  for (const [component, amount] of Object.entries(stated)) prices[component] = String(amount);
  for (const component of TOKEN_COMPONENTS) {
    const amount = tokenUnitPrice(price, tier, component);
    if (amount !== undefined) prices[component] = String(amount);
  }
  return prices;
}
