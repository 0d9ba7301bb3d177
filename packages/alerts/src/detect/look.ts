/** What every detector works with: one organization's transaction, what changed, and the time. */
import type { Transaction } from '@tollgate/db';
import type { AlertKind, RuleSettings } from '../alert-kinds.ts';

export interface ActiveRule {
  readonly id: string;
  readonly kind: AlertKind;
  /** Null: the whole organization. */
  readonly teamId: string | null;
  readonly settings: RuleSettings;
  readonly channelIds: readonly string[];
}

export interface OpenAlert {
  readonly id: string;
  readonly ruleId: string;
  readonly kind: string;
  readonly causeKey: string;
  readonly periodKey: string;
  readonly targetKind: string;
  readonly targetId: string;
  readonly targetName: string;
  readonly figures: Readonly<Record<string, string>>;
  readonly firedAt: Date;
}

export interface Look {
  readonly tx: Transaction;
  readonly organizationId: string;
  /** Rows with `fromXid <= xid < toXid` are new. */
  readonly fromXid: string;
  readonly toXid: string;
  readonly nowMs: number;
  /** Whether conditions that only time changes are looked at as well. */
  readonly byTime: boolean;
  readonly rules: readonly ActiveRule[];
  readonly open: readonly OpenAlert[];
  /** Budgets whose rule or standing was changed by a person. */
  readonly changedBudgetIds: readonly string[];
}

export function rulesOf(look: Look, ...kinds: readonly AlertKind[]): readonly ActiveRule[] {
  return look.rules.filter(({ kind }) => kinds.includes(kind));
}

export function openOf(look: Look, ...kinds: readonly AlertKind[]): readonly OpenAlert[] {
  return look.open.filter(({ kind }) => (kinds as readonly string[]).includes(kind));
}
