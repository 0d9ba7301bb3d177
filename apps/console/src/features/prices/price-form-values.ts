/** Between the fields of the price form and the body that the API takes. Pure. */
import type { ListedPrice } from '@tollgate/api';
import { parseAmount, parseCount, typedAmount } from '../limits/amount.ts';

/** Per million tokens, but for the request. */
export const MAIN_COMPONENTS = ['input', 'cachedInput', 'output'] as const;
export const MORE_COMPONENTS = [
  'cacheWrite5m',
  'cacheWrite1h',
  'reasoning',
  'audioInput',
  'audioOutput',
  'request',
] as const;
export const FORM_COMPONENTS = [...MAIN_COMPONENTS, ...MORE_COMPONENTS] as const;
/** What is priced by size in practice. */
export const TIER_COMPONENTS = [...MAIN_COMPONENTS, 'cacheWrite5m', 'cacheWrite1h', 'reasoning'] as const;
/** What providers call theirs; others can be typed. */
export const SERVICE_TIERS = ['default', 'batch', 'flex', 'priority'] as const;
export type FormComponent = (typeof FORM_COMPONENTS)[number];
export type TierComponent = (typeof TIER_COMPONENTS)[number];
export type PriceScope = 'own' | 'contract' | 'operator';

/** An image of some quality and size, or something else that is counted: `image:high/1024x1024`, `unit:web_search`. */
interface OtherComponent {
  name: string;
  amount: string;
}

export interface TierValues extends Record<TierComponent, string> {
  aboveInputTokens: string;
  /** Components that the form has no field for. */
  kept: Components;
}

export interface PriceFormValues extends Record<FormComponent, string> {
  provider: string;
  model: string;
  region: string;
  serviceTier: string;
  scope: PriceScope;
  /** Of a `datetime-local` field; empty: now. */
  validFrom: string;
  source: string;
  others: OtherComponent[];
  tiers: TierValues[];
}

type UnitPrice = { readonly usdPerMillion: string } | { readonly usdPerUnit: string };
type Components = Readonly<Record<string, UnitPrice>>;

export interface NewPriceBody {
  readonly provider: string;
  readonly model: string;
  readonly region?: string;
  readonly serviceTier?: string;
  readonly validFrom?: string;
  readonly source: string;
  readonly components: Components;
  readonly tiers: readonly { readonly aboveInputTokens: number; readonly components: Components }[];
}

/** What a form starts from: a price that is changed, or a model without one. */
export interface PriceBase {
  readonly provider: string;
  readonly model: string;
  readonly price?: ListedPrice;
}

export function newPriceValues(
  base: PriceBase | undefined,
  scope: PriceScope,
  locale: string,
): PriceFormValues {
  const { price } = base ?? {};
  const stated = price?.components ?? {};
  return {
    provider: base?.provider ?? '',
    model: base?.model ?? '',
    region: price?.region ?? '',
    serviceTier: price?.serviceTier ?? 'default',
    scope,
    validFrom: '',
    source: '',
    ...typedComponents(FORM_COMPONENTS, stated, locale),
    others: Object.entries(stated).flatMap(([name, unit]) =>
      isShown(FORM_COMPONENTS, name) ? [] : [{ name, amount: typedAmount(unit.usdPerUnit, locale) }],
    ),
    tiers: (price?.tiers ?? []).map(({ aboveInputTokens, components }) => ({
      aboveInputTokens: String(aboveInputTokens),
      ...typedComponents(TIER_COMPONENTS, components, locale),
      kept: Object.fromEntries(
        Object.entries(components)
          .filter(([name]) => !isShown(TIER_COMPONENTS, name))
          .map(([name, unit]) => [name, toUnit(unit)]),
      ),
    })),
  };
}

export function emptyTier(): TierValues {
  return { aboveInputTokens: '', ...typedComponents(TIER_COMPONENTS, {}, 'en'), kept: {} };
}

/** Whether a name is one of images or other units, as the API takes it. */
export function isOtherName(name: string): boolean {
  return /^(image|unit):[a-z0-9][a-z0-9_./-]{0,63}$/.test(name.trim());
}

/** Whether a tier states at least one price. */
export function isTierStated(tier: TierValues): boolean {
  return TIER_COMPONENTS.some((name) => tier[name].trim() !== '') || Object.keys(tier.kept).length > 0;
}

/** @param values Checked: what cannot be read is sent as it was typed, for the API to refuse. */
export function toNewPrice(values: PriceFormValues, locale: string): NewPriceBody {
  const region = values.region.trim();
  const validFromMs = Date.parse(values.validFrom);
  return {
    provider: values.provider.trim(),
    model: values.model.trim(),
    ...(region === '' ? {} : { region }),
    serviceTier: values.serviceTier.trim() || 'default',
    ...(Number.isNaN(validFromMs) ? {} : { validFrom: new Date(validFromMs).toISOString() }),
    source: values.source.trim(),
    components: {
      ...toComponents(FORM_COMPONENTS, values, locale),
      ...Object.fromEntries(
        values.others.map(({ name, amount }) => [
          name.trim(),
          { usdPerUnit: parseAmount(amount, locale) ?? amount.trim() },
        ]),
      ),
    },
    tiers: values.tiers.map((tier) => ({
      aboveInputTokens: parseCount(tier.aboveInputTokens, locale) ?? 0,
      components: { ...toComponents(TIER_COMPONENTS, tier, locale), ...tier.kept },
    })),
  };
}

function toComponents<Name extends FormComponent>(
  names: readonly Name[],
  values: Readonly<Record<Name, string>>,
  locale: string,
): Components {
  const components: Record<string, UnitPrice> = {};
  for (const name of names) {
    const typed = values[name].trim();
    if (typed === '') continue;
    const amount = parseAmount(typed, locale) ?? typed;
    components[name] = name === 'request' ? { usdPerUnit: amount } : { usdPerMillion: amount };
  }
  return components;
}

function typedComponents<Name extends FormComponent>(
  names: readonly Name[],
  stated: ListedPrice['components'],
  locale: string,
): Record<Name, string> {
  return Object.fromEntries(
    names.map((name) => {
      const unit = stated[name];
      return [name, unit === undefined ? '' : typedAmount(unit.usdPerMillion ?? unit.usdPerUnit, locale)];
    }),
  ) as Record<Name, string>;
}

const isShown = (shown: readonly string[], name: string): boolean => shown.includes(name);

function toUnit(unit: ListedPrice['components'][string]): UnitPrice {
  return unit.usdPerMillion === null
    ? { usdPerUnit: unit.usdPerUnit }
    : { usdPerMillion: unit.usdPerMillion };
}
