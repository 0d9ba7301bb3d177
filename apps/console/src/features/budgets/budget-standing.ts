/**
 * Where a budget stands, as shares of a bar and as a state. Pure.
 *
 * Shares are for drawing: amounts stay the decimal text of the API.
 */
import type { Budget } from '@tollgate/api';

export type BudgetHealth = 'paused' | 'usedUp' | 'risk' | 'fine';

export interface StandingAmounts {
  readonly periodLimitUsd: string;
  readonly spentUsd: string;
  readonly heldUsd: string;
  readonly remainingUsd: string;
}

export interface BarShares {
  readonly spent: number;
  readonly held: number;
}

const RISK_SHARE = 0.8;

export function barShares({ periodLimitUsd, spentUsd, heldUsd }: StandingAmounts): BarShares {
  const limit = Number(periodLimitUsd);
  // Nothing may be spent: the bar is full.
  if (limit <= 0) return { spent: 1, held: 0 };
  return { spent: Math.max(0, Number(spentUsd) / limit), held: Math.max(0, Number(heldUsd) / limit) };
}

/** Of a budget per value: the value with least left, since sums over values have no limit. */
export function worstShares(budget: Budget, perValue: boolean): BarShares {
  if (!perValue) return barShares(budget);
  const limit = Number(budget.periodLimitUsd);
  return { spent: limit <= 0 ? 1 : Math.max(0, 1 - Number(budget.remainingUsd) / limit), held: 0 };
}

export function healthOf(budget: Budget, perValue: boolean): BudgetHealth {
  if (budget.state !== 'active') return 'paused';
  if (isUsedUp(budget)) return 'usedUp';
  const { spent } = worstShares(budget, perValue);
  return budget.forecastExceededAt !== null || spent >= RISK_SHARE ? 'risk' : 'fine';
}

/** Nothing left, and not because it is promised to what runs now. */
export function isUsedUp({ remainingUsd, heldUsd }: StandingAmounts): boolean {
  return isZero(remainingUsd) && isZero(heldUsd);
}

export function isZero(amount: string): boolean {
  return /^-?0*(\.0*)?$/.test(amount);
}
