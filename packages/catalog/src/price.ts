/**
 * What a price is: one effective-dated version per (layer, provider, model, region, service tier).
 *
 * A version replaces another as a whole; components are never merged across versions, so that one version
 * id explains every amount of an entry. Not here: which version applies (price-index.ts), amounts (rate.ts).
 */
import { z } from 'zod';
import { countNamePattern, type TokenUsage } from './usage.ts';

export const TOKEN_COMPONENTS = [
  'input',
  'cachedInput',
  'cacheWrite5m',
  'cacheWrite1h',
  'audioInput',
  'output',
  'reasoning',
  'audioOutput',
] as const;
export type TokenComponent = (typeof TOKEN_COMPONENTS)[number];

/** Which writes to a prompt cache an answer can tell of: none, the usual ones, or also those that live an hour. */
export type CacheWrites = 'none' | '5m' | '1h';

/**
 * What can have a price: a kind of token, `request` (a fee per request), `image:KEY` (one generated image
 * of that quality and size) or `unit:NAME` (one of what `TokenUsage.units` counts under NAME).
 */
export type PriceComponent = TokenComponent | 'request' | `image:${string}` | `unit:${string}`;

/** Where each kind of token is counted. */
export const USAGE_FIELD = {
  input: 'inputTokens',
  cachedInput: 'cachedInputTokens',
  cacheWrite5m: 'cacheWrite5mTokens',
  cacheWrite1h: 'cacheWrite1hTokens',
  audioInput: 'audioInputTokens',
  output: 'outputTokens',
  reasoning: 'reasoningTokens',
  audioOutput: 'audioOutputTokens',
} as const satisfies Record<TokenComponent, keyof TokenUsage>;

/** Pico-USD per unit. Absent is "not stated", which is not free; 0 is free. */
export type PriceComponents = Readonly<Partial<Record<PriceComponent, bigint>>>;

/** Prices the whole request once its total input is above `aboveInputTokens`. */
export interface PriceTier {
  readonly aboveInputTokens: number;
  /** Components that are not named here keep the base price. */
  readonly components: PriceComponents;
}

export const PRICE_LAYERS = ['catalogue', 'operator', 'organization'] as const;
/** Who states the price: the shipped catalogue, the operator's override, one organization's contract. */
export type PriceLayer = (typeof PRICE_LAYERS)[number];

/** The provider's own word in lower case. The known ones are listed for editors; others are accepted. */
export type ServiceTier = 'default' | 'batch' | 'flex' | 'priority' | (string & {});

export interface PriceVersion {
  readonly id: string;
  readonly layer: PriceLayer;
  /** Set exactly in layer `organization`. */
  readonly organizationId: string | null;
  readonly provider: string;
  readonly model: string;
  /** Null: any region that has no price of its own. */
  readonly region: string | null;
  readonly serviceTier: ServiceTier;
  readonly currency: 'USD';
  /** From this instant of the request's start. There is no end: the next version of the same key ends it. */
  readonly validFrom: Date;
  readonly components: PriceComponents;
  /** Ascending by `aboveInputTokens`. */
  readonly tiers: readonly PriceTier[];
  readonly source: string;
  /** The day on which the source stated it, `YYYY-MM-DD`. */
  readonly sourceDate: string | null;
  /** Stated by an organization for its own credentials: never the price of what the operator resells to it. */
  readonly ownCredentialsOnly?: boolean;
}

const componentName = z.custom<PriceComponent>(
  (value) => typeof value === 'string' && isPriceComponent(value),
  { error: 'not a price component' },
);
/** 15 digits are 1,000 USD per unit; with `MAX_COUNT` units an amount stays a checked, exact integer. */
const unitPrice = z.string().regex(/^\d{1,15}$/);
const componentsSchema = z.partialRecord(componentName, unitPrice);
const tierSchema = z.strictObject({
  aboveInputTokens: z.int().min(0),
  components: componentsSchema,
});

/** JSON of the price itself: the `components` and `tiers` columns. Amounts are integer strings of pico-USD. */
export const priceBodySchema = z.strictObject({
  components: componentsSchema,
  tiers: z
    .array(tierSchema)
    .max(32)
    .refine(
      (tiers) => tiers.every((tier, i) => i === 0 || tiers[i - 1]!.aboveInputTokens < tier.aboveInputTokens),
      {
        error: 'tiers must ascend by aboveInputTokens',
      },
    ),
});

/** JSON of a whole version, for policy bundles, files and the admin API. */
export const priceVersionSchema = z
  .strictObject({
    id: z.string().min(1).max(64),
    layer: z.enum(PRICE_LAYERS),
    organizationId: z.string().min(1).max(64).nullable(),
    provider: z.string().min(1).max(64),
    model: z.string().min(1).max(256),
    region: z.string().min(1).max(64).nullable(),
    serviceTier: z.string().min(1).max(32),
    currency: z.literal('USD'),
    validFrom: z.iso.datetime(),
    ...priceBodySchema.shape,
    source: z.string().max(256),
    sourceDate: z.iso.date().nullable(),
    ownCredentialsOnly: z.boolean().exactOptional(),
  })
  .refine((price) => (price.layer === 'organization') === (price.organizationId !== null), {
    error: 'organizationId belongs to layer organization, and only there',
  });

export type PriceJson = z.infer<typeof priceVersionSchema>;
export type PriceComponentsJson = z.infer<typeof componentsSchema>;

export function isPriceComponent(name: string): name is PriceComponent {
  if (name === 'request' || Object.hasOwn(USAGE_FIELD, name)) return true;
  const colon = name.indexOf(':');
  const kind = name.slice(0, colon);
  return (kind === 'image' || kind === 'unit') && countNamePattern.test(name.slice(colon + 1));
}

export function priceToJson(price: PriceVersion): PriceJson {
  return {
    ...price,
    validFrom: price.validFrom.toISOString(),
    components: componentsToJson(price.components),
    tiers: price.tiers.map((tier) => ({ ...tier, components: componentsToJson(tier.components) })),
  };
}

/** @throws {z.ZodError} The value is not the JSON of a price version. */
export function priceFromJson(value: unknown): PriceVersion {
  const json = priceVersionSchema.parse(value);
  return {
    ...json,
    validFrom: new Date(json.validFrom),
    ...toPriceBody(json),
  };
}

export type PriceBodyJson = z.infer<typeof priceBodySchema>;

/** The amounts of checked JSON. */
export function toPriceBody(json: PriceBodyJson): Pick<PriceVersion, 'components' | 'tiers'> {
  return {
    components: toComponents(json.components),
    tiers: json.tiers.map((tier) => ({ ...tier, components: toComponents(tier.components) })),
  };
}

/** In the order of the object, which JSON keeps. */
export function componentsToJson(components: PriceComponents): PriceComponentsJson {
  const json: PriceComponentsJson = {};
  for (const [name, unitPricePicoUsd] of Object.entries(components)) {
    json[name as PriceComponent] = String(unitPricePicoUsd);
  }
  return json;
}

/** @throws {z.ZodError} A name is not a component or an amount is not an integer string. */
export function componentsFromJson(value: unknown): PriceComponents {
  return toComponents(componentsSchema.parse(value));
}

function toComponents(json: PriceComponentsJson): PriceComponents {
  const components: Partial<Record<PriceComponent, bigint>> = {};
  for (const [name, amount] of Object.entries(json)) {
    components[name as PriceComponent] = BigInt(amount as string);
  }
  return components;
}
