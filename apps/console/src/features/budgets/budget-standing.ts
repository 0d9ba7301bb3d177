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
  return judge(budget, budget, worstShares(budget, perValue));
}

/** Of one of its values, by the value's own figures. */
export function valueHealth(budget: Budget, standing: ForecastAmounts): BudgetHealth {
  return judge(budget, standing, barShares(standing));
}

export interface ForecastAmounts extends StandingAmounts {
  readonly forecastExceededAt: string | null;
}

function judge({ state, resetsAt }: Budget, standing: ForecastAmounts, { spent }: BarShares): BudgetHealth {
  if (state !== 'active') return 'paused';
  if (isUsedUp(standing)) return 'usedUp';
  // What never resets is gone some day; that alone is no risk.
  const isGoneEarly = resetsAt !== null && standing.forecastExceededAt !== null;
  return isGoneEarly || spent >= RISK_SHARE ? 'risk' : 'fine';
}

/** Nothing left, and not because it is promised to what runs now. */
export function isUsedUp({ remainingUsd, heldUsd }: StandingAmounts): boolean {
  return isZero(remainingUsd) && isZero(heldUsd);
}

/** Who answers when it is used up. The cheaper model falls under most budgets as well, and finds nothing left either. */
export function standInOf({
  kind,
  scope,
  onExceeded,
}: Pick<Budget, 'kind' | 'scope' | 'onExceeded'>): string | undefined {
  if (kind === 'soft' || onExceeded === 'refuse') return undefined;
  return scope.type === 'model' && scope.id !== onExceeded.model ? onExceeded.model : undefined;
}

export interface BudgetSummary {
  readonly active: number;
  readonly hard: number;
  readonly refusing: number;
  /** How many are gone before they reset. */
  readonly early: number;
  readonly next: Budget | undefined;
}

export function summarizeBudgets(
  budgets: readonly Budget[],
  isPerValue: (budget: Budget) => boolean,
): BudgetSummary {
  const active = budgets.filter(({ state }) => state === 'active');
  const usedUp = new Set(active.filter((budget) => healthOf(budget, isPerValue(budget)) === 'usedUp'));
  const running = active
    .filter((budget) => !usedUp.has(budget) && budget.forecastExceededAt !== null)
    .toSorted((left, right) => (left.forecastExceededAt ?? '').localeCompare(right.forecastExceededAt ?? ''));
  return {
    active: active.length,
    hard: active.filter(({ kind }) => kind === 'hard').length,
    refusing: [...usedUp].filter((budget) => budget.kind === 'hard' && standInOf(budget) === undefined)
      .length,
    early: running.filter(({ resetsAt }) => resetsAt !== null).length,
    next: running[0],
  };
}

export function isZero(amount: string): boolean {
  return /^-?0*(\.0*)?$/.test(amount);
}
