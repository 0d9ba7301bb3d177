/**
 * Amounts and counts as people type them, to what the API takes. Pure.
 *
 * "1,000" is a thousand in English and one in German: what a comma or a point means is decided by the locale and by
 * whether it groups, and whatever is left unclear is refused rather than guessed.
 */
const DECIMAL = /^\d{1,15}(\.\d{1,12})?$/;

/** @returns A decimal string such as `1000.5`; undefined: no amount. */
export function parseAmount(typed: string, locale: string): string | undefined {
  const bare = typed.replaceAll(/[\s $€]/g, '');
  const [group, point] = locale.startsWith('de') ? ['.', ','] : [',', '.'];
  const grouped = new RegExp(`^\\d{1,3}(\\${group}\\d{3})+(\\${point}\\d+)?$`);
  const plain = grouped.test(bare) ? bare.replaceAll(group, '') : bare;
  // In German "12.50" can only be a decimal point: "12.500" was a group and is gone by now.
  const decimal = plain.includes(point) ? plain.replace(point, '.') : plain;
  if (!DECIMAL.test(decimal)) return undefined;
  const [whole = '0', fraction] = decimal.split('.');
  return `${whole.replace(/^0+(?=\d)/, '')}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** @returns A whole number; undefined: none. */
export function parseCount(typed: string, locale: string): number | undefined {
  const amount = parseAmount(typed, locale);
  if (amount === undefined || amount.includes('.')) return undefined;
  const count = Number(amount);
  return Number.isSafeInteger(count) ? count : undefined;
}

/** As `parseAmount` reads it back. */
export function typedAmount(amount: string, locale: string): string {
  return locale.startsWith('de') ? amount.replace('.', ',') : amount;
}
