/** Between the fields of the price form and the body that the API takes. Pure. */
import type { ListedPrice } from '@tollgate/api';
import { parseAmount, typedAmount } from '../limits/amount.ts';

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
export type FormComponent = (typeof FORM_COMPONENTS)[number];
export type PriceScope = 'own' | 'contract' | 'operator';

export interface PriceFormValues extends Record<FormComponent, string> {
  provider: string;
  model: string;
  scope: PriceScope;
  /** Of a `datetime-local` field; empty: now. */
  validFrom: string;
  source: string;
}

type UnitPrice = { readonly usdPerMillion: string } | { readonly usdPerUnit: string };

export interface NewPriceBody {
  readonly provider: string;
  readonly model: string;
  readonly region?: string;
  readonly serviceTier?: string;
  readonly validFrom?: string;
  readonly source: string;
  readonly components: Readonly<Record<string, UnitPrice>>;
  readonly tiers: readonly {
    readonly aboveInputTokens: number;
    readonly components: Readonly<Record<string, UnitPrice>>;
  }[];
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
  const stated = (name: FormComponent) => {
    const unit = base?.price?.components[name];
    return unit === undefined ? '' : typedAmount(unit.usdPerMillion ?? unit.usdPerUnit, locale);
  };
  return {
    provider: base?.provider ?? '',
    model: base?.model ?? '',
    scope,
    validFrom: '',
    source: '',
    ...(Object.fromEntries(FORM_COMPONENTS.map((name) => [name, stated(name)])) as Record<
      FormComponent,
      string
    >),
  };
}

/** Components that the form does not show: kept from the price that is changed. */
export function keptComponents(base: PriceBase | undefined): [string, ListedPrice['components'][string]][] {
  const shown: readonly string[] = FORM_COMPONENTS;
  return Object.entries(base?.price?.components ?? {}).filter(([name]) => !shown.includes(name));
}

/** @param values Checked: what cannot be read is sent as it was typed, for the API to refuse. */
export function toNewPrice(
  values: PriceFormValues,
  base: PriceBase | undefined,
  locale: string,
): NewPriceBody {
  const components: Record<string, UnitPrice> = {};
  for (const name of FORM_COMPONENTS) {
    const typed = values[name].trim();
    if (typed === '') continue;
    const amount = parseAmount(typed, locale) ?? typed;
    components[name] = name === 'request' ? { usdPerUnit: amount } : { usdPerMillion: amount };
  }
  for (const [name, unit] of keptComponents(base)) components[name] = toUnit(unit);
  const { price } = base ?? {};
  const validFromMs = Date.parse(values.validFrom);
  return {
    provider: values.provider.trim(),
    model: values.model.trim(),
    ...(price?.region ? { region: price.region } : {}),
    ...(price === undefined ? {} : { serviceTier: price.serviceTier }),
    ...(Number.isNaN(validFromMs) ? {} : { validFrom: new Date(validFromMs).toISOString() }),
    source: values.source.trim(),
    components,
    tiers: (price?.tiers ?? []).map((tier) => ({
      aboveInputTokens: tier.aboveInputTokens,
      components: Object.fromEntries(
        Object.entries(tier.components).map(([name, unit]) => [name, toUnit(unit)]),
      ),
    })),
  };
}

function toUnit(unit: ListedPrice['components'][string]): UnitPrice {
  return unit.usdPerMillion === null
    ? { usdPerUnit: unit.usdPerUnit }
    : { usdPerMillion: unit.usdPerMillion };
}
