/** Between what operators type about taxes and dunning and what the API takes. Pure. */
import type { Billing } from '@tollgate/api';
import { parseCount } from '../limits/amount.ts';
import { formatBasisPoints } from './basis-points.ts';
import { parsePercent } from './parse-percent.ts';

type DunningPolicy = Billing['dunningPolicy'];
type OwnTaxRate = Billing['ownTaxRates'][number];

const MOST_TAXES = 10;
const MOST_REMINDERS = 10;
const MOST_DAYS = 365;

/** One a line, its name and then its percentage: `VAT 19 %`. @returns Undefined: not readable. */
export function parseTaxLines(typed: string, locale: string): OwnTaxRate[] | undefined {
  const lines = typed
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length > MOST_TAXES) return undefined;
  const rates = lines.map((line) => {
    const found = /^(?<name>.{1,80}?)\s+(?<rate>[\d.,]+)\s*%?$/u.exec(line)?.groups;
    const rateBasisPoints = parsePercent(found?.rate ?? '', locale);
    return rateBasisPoints === undefined ? undefined : { name: found?.name ?? '', rateBasisPoints };
  });
  return rates.every((rate) => rate !== undefined) ? rates : undefined;
}

/** As `parseTaxLines` reads them back. */
export function typedTaxLines(rates: readonly OwnTaxRate[], locale: string): string {
  return rates
    .map(({ name, rateBasisPoints }) => `${name} ${formatBasisPoints(rateBasisPoints, locale)}`)
    .join('\n');
}

export interface DunningFormValues {
  /** Days after the due date, with commas between them. */
  reminderDays: string;
  /** Days; empty: no such step. */
  grace: string;
  softLimit: string;
  requestsPerMinute: string;
  stop: string;
}

export function dunningValues({ reminderDays, grace, softLimit, stop }: DunningPolicy): DunningFormValues {
  const days = (step: { readonly afterDays: number } | null) => (step === null ? '' : String(step.afterDays));
  return {
    reminderDays: reminderDays.join(', '),
    grace: days(grace),
    softLimit: days(softLimit),
    requestsPerMinute: softLimit === null ? '' : String(softLimit.requestsPerMinute),
    stop: days(stop),
  };
}

/** @returns Undefined: not readable. */
export function parseDays(typed: string, locale: string): number | undefined {
  const days = parseCount(typed.trim(), locale);
  return days !== undefined && days <= MOST_DAYS ? days : undefined;
}

/** Separated by commas, semicolons or spaces. @returns Undefined: not readable. */
export function parseReminderDays(typed: string, locale: string): number[] | undefined {
  const days = typed
    .split(/[\s,;]+/)
    .filter((part) => part !== '')
    .map((part) => parseDays(part, locale));
  if (days.length > MOST_REMINDERS || days.includes(undefined)) return undefined;
  return [...new Set(days as number[])].toSorted((left, right) => left - right);
}

/** @param values Checked. */
export function toDunningPolicy(values: DunningFormValues, locale: string): DunningPolicy {
  const step = (typed: string) => {
    const afterDays = parseDays(typed, locale);
    return typed.trim() === '' || afterDays === undefined ? null : { afterDays };
  };
  const softLimit = step(values.softLimit);
  const requestsPerMinute = parseCount(values.requestsPerMinute.trim(), locale);
  return {
    reminderDays: parseReminderDays(values.reminderDays, locale) ?? [],
    grace: step(values.grace),
    softLimit:
      softLimit === null || requestsPerMinute === undefined ? null : { ...softLimit, requestsPerMinute },
    stop: step(values.stop),
  };
}
