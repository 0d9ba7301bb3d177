/** The close of a month as the API answers it. */
export type CloseStepState = 'done' | 'attention' | 'waiting' | 'changed' | 'blocked' | 'none';
export type CloseStepName =
  | 'period-ended'
  | 'usage-arrived'
  | 'late-usage'
  | 'unknown-prices'
  | 'quarantine'
  | 'reconciliation'
  | 'review'
  | 'finalize'
  | 'push'
  | 'send';

export interface CloseStep {
  readonly step: CloseStepName;
  readonly state: CloseStepState;
  readonly count: number;
  readonly amountUsd: string | null;
  readonly details: readonly { readonly label: string; readonly value: string }[];
  readonly doneBy: string | null;
  readonly doneAt: string | null;
  readonly note: string;
}

export interface MonthClose {
  readonly periodStart: string;
  readonly periodEnd: string;
  readonly livemode: boolean;
  readonly graceEndsAt: string;
  readonly invoiceId: string | null;
  readonly invoiceState: string | null;
  readonly invoiceNumber: string | null;
  readonly totalUsd: string | null;
  readonly steps: readonly CloseStep[];
}

export interface QuarantinedEntry {
  readonly id: string;
  readonly requestId: string;
  readonly reason: string;
  readonly model: string;
  readonly costUsd: string | null;
  readonly createdAt: string;
  readonly decision: '' | 'release' | 'reject';
  readonly refusal: string;
  readonly resolvedAt: string | null;
}
