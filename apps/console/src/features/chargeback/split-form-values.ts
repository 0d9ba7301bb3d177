/** Between the fields of a split rule and the body that the API takes. Pure. */
import type { CostSplit } from '@tollgate/api';
import { typedAmount } from '../limits/amount.ts';
import { parseBasisPoints } from '../prices/markup-form-values.ts';
import type { SplitShare } from './chargeback-api.ts';

export const WHOLE_BASIS_POINTS = 10_000;
export const MAX_SHARES = 50;

export interface ShareValues {
  /** Empty: no team. */
  teamId: string;
  costCenter: string;
  /** As typed: `33.33`. */
  percent: string;
}

export interface SplitFormValues {
  keyId: string;
  /** `2026-11`. */
  month: string;
  shares: ShareValues[];
}

/** What is wrong with a share. */
export type ShareFault = 'percent' | 'twice' | 'nowhere';

export interface ShareSum {
  /** What is typed so far, in hundredths of a percent; what cannot be read counts as none. */
  readonly basisPoints: number;
  readonly faults: readonly (ShareFault | undefined)[];
  /** Whether the rule can be saved. */
  readonly isWhole: boolean;
}

/** Looked at as it is typed. */
export function sumShares(shares: readonly ShareValues[], locale: string): ShareSum {
  const points = shares.map(({ percent }) => parseBasisPoints(percent, locale));
  const places = shares.map(({ teamId, costCenter }) => `${teamId}\0${costCenter.trim()}`);
  const faults = shares.map(({ teamId, costCenter }, index) => {
    const own = points[index];
    if (own === undefined || own < 1 || own > WHOLE_BASIS_POINTS) return 'percent';
    if (teamId === '' && costCenter.trim() === '') return 'nowhere';
    return places.indexOf(places[index] ?? '') < index ? 'twice' : undefined;
  });
  const basisPoints = points.reduce<number>((sum, own) => sum + Math.max(own ?? 0, 0), 0);
  const isWhole =
    shares.length > 0 && basisPoints === WHOLE_BASIS_POINTS && faults.every((fault) => fault === undefined);
  return { basisPoints, faults, isWhole };
}

/** As equal as hundredths of a percent allow; the first ones get what is left over. */
export function equalShares(count: number, locale: string): readonly string[] {
  const each = Math.floor(WHOLE_BASIS_POINTS / count);
  const rest = WHOLE_BASIS_POINTS - each * count;
  return Array.from({ length: count }, (_, index) => typedPercent(each + (index < rest ? 1 : 0), locale));
}

export function typedPercent(basisPoints: number, locale: string): string {
  const decimals = String(basisPoints % 100)
    .padStart(2, '0')
    .replace(/0+$/, '');
  const whole = String(Math.floor(basisPoints / 100));
  return typedAmount(decimals === '' ? whole : `${whole}.${decimals}`, locale);
}

/** @param values Whole, as `sumShares` says. */
export function toShares(values: readonly ShareValues[], locale: string): SplitShare[] {
  return values.map(({ teamId, costCenter, percent }) => ({
    teamId,
    costCenter: costCenter.trim(),
    shareBasisPoints: parseBasisPoints(percent, locale) ?? 0,
  }));
}

/** The form of the rule after this one; without one, of a first rule. */
export function toFormValues(before: CostSplit | undefined, month: string, locale: string): SplitFormValues {
  const shares = before?.shares.map(({ teamId, costCenter, shareBasisPoints }) => ({
    teamId,
    costCenter,
    percent: typedPercent(shareBasisPoints, locale),
  }));
  const empty = equalShares(2, locale).map((percent) => ({ teamId: '', costCenter: '', percent }));
  return {
    keyId: before?.keyId ?? '',
    month,
    shares: shares === undefined || shares.length === 0 ? empty : shares,
  };
}

/** Rules are of whole months in the organization's time zone: `2026-11` of an instant that begins one. */
export function monthOf(validFrom: string): string {
  // A month begins at most 14 hours from where it begins in UTC: its middle is in it everywhere.
  return new Date(Date.parse(validFrom) + 14 * 86_400_000).toISOString().slice(0, 7);
}

/** This month and those that follow. */
export function nextMonths(now: Date, count: number): readonly string[] {
  return Array.from({ length: count }, (_, ahead) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 15)).toISOString().slice(0, 7),
  );
}
