/** Between the fields of the markup form and the body that the API takes. Pure. */
import { parseAmount } from '../limits/amount.ts';

export const MARKUP_COMPONENTS = ['input', 'output', 'request'] as const;
export type MarkupComponent = (typeof MARKUP_COMPONENTS)[number];
export type MarkupScope = 'everybody' | 'organization';

export interface MarkupFormValues extends Record<MarkupComponent, string> {
  credentialId: string;
  scope: MarkupScope;
  percent: string;
  /** Of a `datetime-local` field; empty: now. */
  validFrom: string;
}

/** @returns Hundredths of a percent; undefined: no percentage of at most two decimals. */
export function parseBasisPoints(typed: string, locale: string): number | undefined {
  const bare = typed.replaceAll(/[\s%]/g, '').replace('−', '-');
  const isNegative = bare.startsWith('-');
  const amount = parseAmount(isNegative ? bare.slice(1) : bare, locale);
  const [whole = '', decimals = ''] = amount?.split('.') ?? [];
  if (amount === undefined || decimals.length > 2 || whole.length > 6) return undefined;
  const basisPoints = Number(`${whole}${decimals.padEnd(2, '0')}`);
  return isNegative && basisPoints !== 0 ? -basisPoints : basisPoints;
}

/** @param values Checked. */
export function toNewMarkupRule(
  values: MarkupFormValues,
  organizationId: string | null | undefined,
  locale: string,
): object {
  const perUnit: Record<string, object> = {};
  for (const name of MARKUP_COMPONENTS) {
    const typed = values[name].trim();
    if (typed === '') continue;
    const amount = parseAmount(typed, locale) ?? typed;
    perUnit[name] = name === 'request' ? { usdPerUnit: amount } : { usdPerMillion: amount };
  }
  const validFromMs = Date.parse(values.validFrom);
  return {
    credentialId: values.credentialId,
    organizationId: values.scope === 'organization' ? (organizationId ?? null) : null,
    basisPoints: values.percent.trim() === '' ? 0 : (parseBasisPoints(values.percent, locale) ?? 0),
    perUnit,
    ...(Number.isNaN(validFromMs) ? {} : { validFrom: new Date(validFromMs).toISOString() }),
  };
}
