/** The steps of a month's close, and what is told of each. */
export const CLOSE_STEPS = [
  'period-ended',
  'usage-arrived',
  'late-usage',
  'unknown-prices',
  'quarantine',
  'reconciliation',
  'review',
  'finalize',
  'push',
  'send',
  'notes',
] as const;
export type CloseStepName = (typeof CLOSE_STEPS)[number];

/** What a person may say is fine. */
export const CONFIRMABLE_STEPS = [
  'late-usage',
  'unknown-prices',
  'quarantine',
  'reconciliation',
  'review',
] as const;
export type ConfirmableStep = (typeof CONFIRMABLE_STEPS)[number];

/**
 * done; attention: somebody must look; waiting: time or a machine will do it; changed: confirmed, and different since;
 * blocked: an earlier step is not done; none: does not apply.
 */
export type CloseStepState = 'done' | 'attention' | 'waiting' | 'changed' | 'blocked' | 'none';

export interface CloseStep {
  readonly step: CloseStepName;
  readonly state: CloseStepState;
  readonly count: number;
  /** What the count is worth; null where that says nothing. */
  readonly amountUsd: string | null;
  readonly details: readonly { readonly label: string; readonly value: string }[];
  readonly doneBy: string | null;
  readonly doneAt: string | null;
  readonly note: string;
}
