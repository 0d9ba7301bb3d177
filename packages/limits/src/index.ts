/** Budgets and rate limits: deciding, holding, settling. The public names of this package. */
export { alignBudgets, lockTimeZones } from './budget/align-budgets.ts';
export { auditBudgets, type BudgetDifference } from './budget/audit-budgets.ts';
export { BudgetGate, type BudgetGateOptions, type RecallMessage } from './budget/budget-gate.ts';
export {
  type BudgetCounts,
  type BudgetPolicy,
  type BudgetRow,
  type BudgetRule,
  countsOwner,
  loadBudgetPolicy,
  loadTimeZones,
  type OnExceeded,
  standInOf,
  toBudgetRule,
  toOnExceeded,
} from './budget/budget-policy.ts';
export {
  type BudgetStatus,
  type BudgetValueStatus,
  getBudgetStatuses,
  getBudgetValue,
  listBudgetValues,
} from './budget/budget-standing.ts';
export {
  archiveBudget,
  type BudgetFields,
  type BudgetRecord,
  createBudget,
  type NewBudget,
  resetBudget,
  updateBudget,
} from './budget/budget-store.ts';
export {
  declareEpochLost,
  type EndedEpoch,
  type EndedGrant,
  type FenceOptions,
  fenceDeadEpochs,
  releaseEndedEpochs,
} from './budget/fence.ts';
export { forecast, type Spending } from './budget/forecast.ts';
export { type GrantStore, postgresGrants } from './budget/grant-store.ts';
export type { Held, Hold, HoldOutcome, HoldRequest } from './budget/hold.ts';
export {
  BUDGET_PERIODS,
  type BudgetPeriodKind,
  type Period,
  type PeriodRule,
  periodAt,
  type TimeZoneFrom,
} from './budget/period.ts';
export { GRANTS_CHANNEL, RedisRecall, type RedisRecallOptions } from './budget/redis-recall.ts';
export {
  ensureResoldBudget,
  lockBudgets,
  RESOLD_ACTOR,
  RESOLD_SETTING,
  raiseResoldBudget,
  setResoldBudget,
} from './budget/resold-budget.ts';
export { settleCorrections } from './budget/settle-corrections.ts';
export {
  type BudgetExcess,
  countedAmount,
  type SettledEntry,
  settleEntries,
} from './budget/settle-entries.ts';
export {
  affordableOutputCap,
  type CostBound,
  costBound,
  fixedBound,
  type RequestBounds,
  type UnboundedReason,
  type WorstCase,
  worstCase,
  worstCaseOf,
} from './budget/worst-case.ts';
export type { RateStatus } from './rate/rate-counter.ts';
export {
  createRateLimit,
  deleteRateLimit,
  type NewRateLimit,
  type RateLimitFields,
  type RateLimitRecord,
  updateRateLimit,
} from './rate/rate-limit-store.ts';
export {
  RateLimiter,
  type RateLimiterOptions,
  type RateOutcome,
  type RateRequest,
  type RateTicket,
} from './rate/rate-limiter.ts';
export {
  loadRatePolicy,
  RATE_METRICS,
  type RateMetric,
  type RatePolicy,
  type RateRule,
  toRateRule,
} from './rate/rate-policy.ts';
export { type RateUse, type RateUseQuestion, readRateUse } from './rate/rate-use.ts';
export { redisShares, type ShareStore } from './rate/redis-shares.ts';
export { type Refusal, type RefusalCode, toGatewayError, unavailable } from './refusal.ts';
export { BYTES_PER_TOKEN, DEFAULT_OUTPUT_CAP, OUTPUT_TOKENS_ESTIMATE } from './request-assumptions.ts';
export { matchScope, SCOPE_TYPES, type Scope, type ScopeSubject, type ScopeType } from './scope.ts';
export { checkScope, type LimitsChange, LimitsInputError } from './scope-store.ts';
