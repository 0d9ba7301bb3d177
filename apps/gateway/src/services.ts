/** What every step of the pipeline may use; made once per gateway. */
import type { Clock } from '@tollgate/clock';
import type { BudgetGate, RateLimiter } from '@tollgate/limits';
import type { Logger } from '@tollgate/logging';
import type { PayloadKeeper } from '@tollgate/payloads';
import type { ActiveExchanges } from './active-exchanges.ts';
import type { UsageLog } from './attempts/usage-log.ts';
import type { Turnstile } from './batches/turnstile.ts';
import type { Deadlines } from './deadlines.ts';
import type { IdempotencyStore } from './idempotency/idempotency-store.ts';
import type { GatewayLimits } from './limits.ts';
import type { GatewayMetrics } from './metrics.ts';
import type { PolicyStore } from './policy/policy-store.ts';
import type { RequestLookUps } from './requests/request-look-ups.ts';
import type { StoredRequests } from './requests/stored-requests.ts';
import type { LoadGuard } from './server/load-guard.ts';
import type { AuthorizeRequest } from './upstream/authorizers.ts';
import type { Pools } from './upstream/pools.ts';

export interface Services {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly policy: PolicyStore;
  readonly log: UsageLog;
  readonly pools: Pools;
  readonly authorizeRequest: AuthorizeRequest;
  readonly deadlines: Deadlines;
  readonly limits: GatewayLimits;
  readonly metrics: GatewayMetrics;
  readonly budgets: BudgetGate;
  readonly rates: RateLimiter;
  readonly active: ActiveExchanges;
  readonly load: LoadGuard;
  /** Of input files of batches. */
  readonly batchReads: Turnstile;
  readonly stored: StoredRequests;
  readonly requestLookUps: RequestLookUps;
  /** Undefined: nothing protects `Idempotency-Key`s. */
  readonly idempotency: IdempotencyStore | undefined;
  /** Undefined: none are kept. */
  readonly payloads: Pick<PayloadKeeper, 'keep'> | undefined;
}
