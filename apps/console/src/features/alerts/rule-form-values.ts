/** A rule as its form holds it: text, and only what its kind can set. */
import type { AlertRule } from '@tollgate/api';
import { parseThresholds } from '../budgets/budget-form-values.ts';
import { parseAmount } from '../limits/amount.ts';

type Kind = AlertRule['kind'];
type SettingName = keyof AlertRule['settings'];

export interface RuleValues {
  kind: Kind;
  name: string;
  /** Empty: the whole organization. */
  teamId: string;
  channelIds: readonly string[];
  thresholds: string;
  lookbackDays: string;
  deviations: string;
  minimumUsd: string;
  daysBefore: string;
}

export const SETTINGS: Readonly<Record<Kind, readonly SettingName[]>> = {
  'budget-threshold': ['thresholds'],
  'budget-forecast': [],
  'budget-overrun': [],
  'spend-anomaly': ['lookbackDays', 'deviations', 'minimumUsd'],
  'unknown-price': [],
  'batch-untold': [],
  'credits-low': [],
  'credential-failing': [],
  'late-usage': [],
  'invoice-finalized': [],
  'invoice-paid': [],
  'invoice-failed': [],
  'key-expiring': ['daysBefore'],
};

export type NumberName = 'lookbackDays' | 'deviations' | 'daysBefore';
export const NUMBERS: Readonly<Record<NumberName, readonly [number, number]>> = {
  lookbackDays: [5, 28],
  deviations: [2, 20],
  daysBefore: [1, 90],
};
const USUAL = { lookbackDays: '14', deviations: '6', minimumUsd: '1', daysBefore: '7' } as const;

export function newRuleValues(channelId: string | undefined): RuleValues {
  return {
    kind: 'budget-threshold',
    name: '',
    teamId: '',
    channelIds: channelId === undefined ? [] : [channelId],
    thresholds: '',
    ...USUAL,
  };
}

export function ruleValues({ kind, name, teamId, channelIds, settings }: AlertRule): RuleValues {
  const { thresholds, lookbackDays, deviations, minimumUsd, daysBefore } = settings;
  return {
    kind,
    name,
    teamId: teamId ?? '',
    channelIds,
    thresholds: thresholds?.join(', ') ?? '',
    lookbackDays: String(lookbackDays ?? USUAL.lookbackDays),
    deviations: String(deviations ?? USUAL.deviations),
    minimumUsd: minimumUsd ?? USUAL.minimumUsd,
    daysBefore: String(daysBefore ?? USUAL.daysBefore),
  };
}

/** Of values that were checked. */
export function toSettings(values: RuleValues, locale: string): AlertRule['settings'] {
  const has = (name: SettingName) => SETTINGS[values.kind].includes(name);
  const thresholds = parseThresholds(values.thresholds) ?? [];
  return {
    ...(has('thresholds') && thresholds.length > 0 && { thresholds: [...thresholds] }),
    ...(has('lookbackDays') && { lookbackDays: Number(values.lookbackDays) }),
    ...(has('deviations') && { deviations: Number(values.deviations) }),
    ...(has('minimumUsd') && { minimumUsd: parseAmount(values.minimumUsd, locale) ?? USUAL.minimumUsd }),
    ...(has('daysBefore') && { daysBefore: Number(values.daysBefore) }),
  };
}
