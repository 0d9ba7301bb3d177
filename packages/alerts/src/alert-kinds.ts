/**
 * What is watched, how grave each kind is, and what can be set about it.
 *
 * Amounts in settings and figures are decimal strings in USD; everything that is compared is compared as an
 * integer of pico-USD, in SQL or as bigint.
 */
import { z } from 'zod';

export const ALERT_KINDS = [
  'budget-threshold',
  'budget-forecast',
  'budget-overrun',
  'spend-anomaly',
  'unknown-price',
  'batch-untold',
  'credits-low',
  'credential-failing',
  'late-usage',
  'invoice-finalized',
  'invoice-paid',
  'invoice-failed',
  'key-expiring',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Causes that belong to no team: such rules are for the whole organization. */
export const ORGANIZATION_KINDS: ReadonlySet<AlertKind> = new Set([
  'batch-untold',
  'credits-low',
  'credential-failing',
  'late-usage',
  'invoice-finalized',
  'invoice-paid',
  'invoice-failed',
]);

/**
 * The permission to read what alerts of a kind tell. Who may not have it neither sees such alerts nor has them sent
 * anywhere.
 */
export const READ_PERMISSION_OF = {
  'budget-threshold': 'budgets:read',
  'budget-forecast': 'budgets:read',
  'budget-overrun': 'budgets:read',
  'spend-anomaly': 'usage:read',
  'unknown-price': 'usage:read',
  'batch-untold': 'usage:read',
  'credits-low': 'billing:read',
  'credential-failing': 'provider-credentials:read',
  'late-usage': 'invoices:read',
  'invoice-finalized': 'invoices:read',
  'invoice-paid': 'invoices:read',
  'invoice-failed': 'invoices:read',
  'key-expiring': 'keys:read',
} as const satisfies Readonly<Record<AlertKind, string>>;

const decimalUsd = z.string().regex(/^\d{1,12}(\.\d{1,12})?$/);

/** Every setting of every kind; a rule uses those of its own kind. */
export const RuleSettings = z.strictObject({
  /** budget-threshold: shares in percent instead of each budget's own. */
  thresholds: z.array(z.int().min(1).max(1_000)).max(10).exactOptional(),
  /** spend-anomaly: days of history that an hour is compared with. */
  lookbackDays: z.int().min(5).max(28).exactOptional(),
  /** spend-anomaly: how many spreads above the usual. */
  deviations: z.int().min(2).max(20).exactOptional(),
  /** spend-anomaly: never below this much above the usual. */
  minimumUsd: decimalUsd.exactOptional(),
  /** key-expiring: how long before. */
  daysBefore: z.int().min(1).max(90).exactOptional(),
});
export type RuleSettings = z.output<typeof RuleSettings>;

export const SETTING_DEFAULTS = {
  lookbackDays: 14,
  deviations: 6,
  minimumUsd: '1',
  daysBefore: 7,
} as const;

/** What a rule of a kind may set; others are refused when it is saved. */
export const SETTINGS_OF: Readonly<Record<AlertKind, readonly (keyof RuleSettings)[]>> = {
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

/** What stands in a row; what an older version wrote and this one does not know is left out. */
export function readSettings(value: unknown): RuleSettings {
  const parsed = RuleSettings.safeParse(value);
  return parsed.success ? parsed.data : {};
}

export function isAlertKind(text: string): text is AlertKind {
  return (ALERT_KINDS as readonly string[]).includes(text);
}
