/** Figures in words: amounts, shares and times in a reader's language and zone. */
import type { MailLocale } from '@tollgate/mail';

export interface Reader {
  readonly locale: MailLocale;
  readonly timeZone: string;
}

const TAG = { en: 'en-US', de: 'de-DE' } as const;

/** Exact to the cent from a dollar on, and to six digits below: a budget of a tenth of a cent is no $0.00. */
export function money(reader: Reader, usd: string | undefined): string {
  const value = usd ?? '0';
  const small = /^-?0(\.|$)/.test(value) && !/^-?0(\.0*)?$/.test(value);
  const digits = small ? { minimumFractionDigits: 2, maximumFractionDigits: 6 } : {};
  // A decimal string is formatted exactly, without becoming a number.
  return new Intl.NumberFormat(TAG[reader.locale], { style: 'currency', currency: 'USD', ...digits }).format(
    value as Intl.StringNumericLiteral,
  );
}

export function percent(reader: Reader, whole: string | undefined): string {
  return new Intl.NumberFormat(TAG[reader.locale], { style: 'percent' }).format(Number(whole ?? '0') / 100);
}

export function count(reader: Reader, whole: string | undefined): string {
  return new Intl.NumberFormat(TAG[reader.locale]).format(Number(whole ?? '0'));
}

export function moment(reader: Reader, iso: string | undefined): string {
  return at(reader, iso, { dateStyle: 'medium', timeStyle: 'short' });
}

export function day(reader: Reader, iso: string | undefined): string {
  return at(reader, iso, { dateStyle: 'medium' });
}

/** The days of an invoice as they stand on it: in its own zone, up to the last that belongs to its period. */
export function invoiceDays(
  { locale, timeZone }: Reader,
  figures: Readonly<Record<string, string>>,
): { readonly first: string; readonly last: string; readonly due: string } {
  const reader = { locale, timeZone: figures.timeZone ?? timeZone };
  const endMs = Date.parse(figures.periodEnd ?? '');
  return {
    first: day(reader, figures.periodStart),
    last: day(reader, Number.isNaN(endMs) ? undefined : new Date(endMs - 1).toISOString()),
    due: day(reader, figures.dueAt),
  };
}

export function hour(reader: Reader, iso: string | undefined): string {
  return at(reader, iso, { timeStyle: 'short' });
}

function at(reader: Reader, iso: string | undefined, style: Intl.DateTimeFormatOptions): string {
  if (iso === undefined || Number.isNaN(Date.parse(iso))) return '–';
  const format = new Intl.DateTimeFormat(TAG[reader.locale], { ...style, timeZone: reader.timeZone });
  const zone = style.timeStyle === undefined ? '' : ` ${zoneName(reader, iso)}`;
  return `${format.format(new Date(iso))}${zone}`;
}

function zoneName({ locale, timeZone }: Reader, iso: string): string {
  const parts = new Intl.DateTimeFormat(TAG[locale], { timeZone, timeZoneName: 'short' }).formatToParts(
    new Date(iso),
  );
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
}
