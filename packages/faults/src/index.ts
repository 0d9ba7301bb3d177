/** The product under fault: processes to kill, load to run, the ledger held against the provider's books. */
export { runBudgetStorm, type StormOptions, type StormReport } from './budget-storm.ts';
export { type BudgetWatch, watchBudgets, whenNothingIsStuck } from './budget-watch.ts';
export { type EstimateVerdict, judgeEstimates } from './estimates.ts';
export { inject } from './inject.ts';
export { type Call, type LoadOptions, runLoad } from './load.ts';
export { OUTAGE_KEYS, type OutageReport, runOutage } from './outage.ts';
export { FAULTS, type Fault, type PlanOptions, planWalk, type Step } from './plan.ts';
export { createRandom, type Random } from './random.ts';
export { type RevocationsReport, runRevocations } from './revocations.ts';
export { runStreams, type StreamsReport } from './streams.ts';
export { type System, type SystemOptions, type SystemProxies, startSystem } from './system.ts';
export type { TenantLimits } from './tenant.ts';
export { compareWithTruth, type LedgerRow, readLedger, type Verdict } from './verify.ts';
export { type Recovery, runWalk, type WalkOptions, type WalkReport } from './walk.ts';
