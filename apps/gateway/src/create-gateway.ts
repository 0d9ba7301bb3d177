/**
 * Puts a gateway together from what it is given: no environment, no ports, no files of its own, so that tests
 * run it in-process exactly as main.ts does.
 */
import type { Server } from 'node:http';
import type { Clock } from '@tollgate/clock';
import type { KeyRing } from '@tollgate/config';
import { GatewayError } from '@tollgate/errors';
import { createKeyHasher } from '@tollgate/keys';
import {
  BudgetGate,
  type BudgetGateOptions,
  DEFAULT_OUTPUT_CAP,
  type GrantStore,
  RateLimiter,
  type RateLimiterOptions,
  type RecallMessage,
  type ShareStore,
} from '@tollgate/limits';
import type { Logger } from '@tollgate/logging';
import type { PayloadKeeper } from '@tollgate/payloads';
import type { TokenFetch } from '@tollgate/providers';
import { ActiveExchanges } from './active-exchanges.ts';
import type { UsageLog } from './attempts/usage-log.ts';
import { Turnstile } from './batches/turnstile.ts';
import { Deadlines } from './deadlines.ts';
import type { IdempotencyStore } from './idempotency/idempotency-store.ts';
import { DEFAULT_LIMITS, type GatewayLimits } from './limits.ts';
import { GatewayMetrics } from './metrics.ts';
import { type ChangeSubscriber, startChangeFeed } from './policy/change-feed.ts';
import type { LookUpBudgetOptions } from './policy/look-up-budget.ts';
import type { PolicyCache } from './policy/policy-cache.ts';
import { PolicyKeeper } from './policy/policy-keeper.ts';
import type { PolicySource } from './policy/policy-source.ts';
import { PolicyStore } from './policy/policy-store.ts';
import { quietReporter } from './quiet-reporter.ts';
import { RequestLookUps } from './requests/request-look-ups.ts';
import type { StoredRequests } from './requests/stored-requests.ts';
import { drain } from './server/drain.ts';
import { createHttpServer } from './server/http-server.ts';
import { LoadGuard } from './server/load-guard.ts';
import { createAuthorizeRequest } from './upstream/authorizers.ts';
import { createFetchToken } from './upstream/fetch-token.ts';
import { Pools } from './upstream/pools.ts';

export interface GatewayOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly keyPeppers: KeyRing;
  readonly source: PolicySource;
  /** Where the last known good policy is kept; undefined: nowhere. */
  readonly policyCache?: PolicyCache | undefined;
  readonly policySaveIntervalMs?: number;
  /** Pushes of policy changes; undefined: polling alone. */
  readonly subscriber?: ChangeSubscriber | undefined;
  readonly changesChannel?: string;
  readonly pollIntervalMs?: number;
  readonly log: UsageLog;
  readonly stored: StoredRequests;
  /** Undefined: nothing protects `Idempotency-Key`s, and answers say so. */
  readonly idempotency?: IdempotencyStore | undefined;
  /** Where payloads go of organizations that keep them; undefined: nowhere. The caller closes it. */
  readonly payloads?: Pick<PayloadKeeper, 'keep'> | undefined;
  /** Where budget grants come from; undefined: what needs one is refused as unavailable. */
  readonly grants?: GrantStore | undefined;
  /** Asks other gateways for idle grants, and hears them ask; undefined: they are found by polling. */
  readonly recall?: GrantRecall | undefined;
  /** What gateways share of rate limits; undefined: this is the only one. */
  readonly shares?: ShareStore | undefined;
  readonly budgetOptions?: Partial<BudgetGateOptions>;
  readonly rateOptions?: Partial<RateLimiterOptions>;
  readonly limits?: Partial<GatewayLimits>;
  /** Origins whose private addresses may be reached. */
  readonly allowedPrivateOrigins?: readonly string[];
  /** Besides those, for resold credentials alone. */
  readonly operatorPrivateOrigins?: readonly string[];
  readonly lookUpBudget?: LookUpBudgetOptions;
  /** For tokens that credentials buy; through the gateway's own guarded connections unless told. */
  readonly fetchToken?: TokenFetch;
}

/** @tollgate/limits's `RedisRecall` is one. */
export interface GrantRecall {
  send(wanted: RecallMessage): void;
  listen(onRecall: (wanted: RecallMessage) => void): Promise<void>;
}

export interface Gateway {
  /** Not listening yet: the caller owns the port. */
  readonly server: Server;
  readonly metrics: GatewayMetrics;
  /**
   * Resolves when requests could be served: the policy was read, or Postgres is away and it came from disk. Or when
   * `timeoutMs` have passed without that.
   */
  whenReady(timeoutMs: number): Promise<void>;
  /**
   * Stops taking requests, lets running ones finish until `drainTimeoutMs`, then ends them with an error event.
   * Resolves when nothing runs any more; the log is the caller's to close.
   */
  close(options?: { readonly drainTimeoutMs?: number }): Promise<void>;
}

const PLATFORM_RETRY_MS = 1_000;

export function createGateway(options: GatewayOptions): Gateway {
  const { clock, logger, source } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const active = new ActiveExchanges();
  const policy = new PolicyStore({
    source,
    hasher: createKeyHasher(options.keyPeppers),
    clock,
    logger,
    onRevoked: ({ organizationId, hashes }) => {
      const error = new GatewayError('key_revoked', 'The key was revoked while its request was running.');
      active.revoke(
        (key) => key.organizationId === organizationId && (hashes === undefined || hashes.has(key.hash)),
        error,
      );
    },
    onChanged: (id) => keeper?.onChanged(id),
    inUse: () => active.keysInUse(),
    ...(options.lookUpBudget === undefined ? {} : { lookUpBudget: options.lookUpBudget }),
  });
  const keeper: PolicyKeeper | undefined =
    options.policyCache === undefined
      ? undefined
      : new PolicyKeeper({
          cache: options.policyCache,
          policy,
          clock,
          logger,
          ...(options.policySaveIntervalMs === undefined
            ? {}
            : { saveIntervalMs: options.policySaveIntervalMs }),
        });
  const deadlines = new Deadlines(clock);
  const pools = new Pools({
    connectTimeoutMs: limits.connectTimeoutMs,
    allowedPrivateOrigins: new Set(options.allowedPrivateOrigins),
    operatorPrivateOrigins: new Set(options.operatorPrivateOrigins),
  });
  const budgets = openBudgets(options);
  const rates = new RateLimiter({
    shares: options.shares,
    clock,
    onError: quietReporter(logger, clock, 'rate limits are not shared now: each gateway keeps its part'),
    ...options.rateOptions,
  });
  const load = new LoadGuard({ limits, clock, active: () => active.size });
  const metrics = new GatewayMetrics({
    active: () => active.size,
    budgetPeriods: () => budgets.poolCount,
    rateCounters: () => rates.counterCount,
    loopLagMs: () => load.lagMs,
    bufferedBytes: () => load.bufferedBytes,
  });
  const services = {
    clock,
    logger,
    policy,
    log: options.log,
    pools,
    authorizeRequest: createAuthorizeRequest(options.fetchToken ?? createFetchToken(pools)),
    deadlines,
    limits,
    metrics,
    budgets,
    rates,
    active,
    load,
    batchReads: new Turnstile(limits.batchReads),
    stored: options.stored,
    requestLookUps: new RequestLookUps(),
    idempotency: options.idempotency,
    payloads: options.payloads,
  };
  const feed = startChangeFeed({
    source,
    subscriber: options.subscriber,
    clock,
    logger,
    apply: (change) => policy.apply(change),
    confirmFresh: (monotonicMs) => {
      keeper?.onReachable();
      policy.confirmFresh(monotonicMs);
    },
    onUnreachable: () => keeper?.onUnreachable(),
    ...(options.changesChannel === undefined ? {} : { channel: options.changesChannel }),
    ...(options.pollIntervalMs === undefined ? {} : { pollIntervalMs: options.pollIntervalMs }),
  });
  budgets.start();
  rates.start();
  const stopLoading = loadPlatformUntilDone(policy, logger);

  let draining = false;
  const server = createHttpServer({ services, isReady: () => policy.ready, isDraining: () => draining });
  return {
    server,
    metrics,
    whenReady: (timeoutMs) => policy.whenReady(timeoutMs),
    async close({ drainTimeoutMs = 0 } = {}) {
      draining = true;
      stopLoading();
      await drain(server, active, drainTimeoutMs);
      feed.close();
      await keeper?.close();
      policy.close();
      deadlines.close();
      load.close();
      // Gives back what no request holds any more.
      await Promise.all([budgets.close(), rates.stop()]);
      await pools.close();
    },
  };
}

const NO_GRANTS: GrantStore = {
  take: () => Promise.reject(new Error('Cannot take grants: this gateway must be given a store of them')),
  giveBack: () => Promise.resolve(),
  listRecalled: () => Promise.resolve([]),
};

function openBudgets({ clock, logger, grants, recall, budgetOptions }: GatewayOptions): BudgetGate {
  const budgets = new BudgetGate({
    store: grants ?? NO_GRANTS,
    clock,
    onError: quietReporter(logger, clock, 'budget grants cannot be moved now'),
    defaultOutputCap: DEFAULT_OUTPUT_CAP,
    ...(recall === undefined ? {} : { recall: (wanted: RecallMessage) => recall.send(wanted) }),
    ...budgetOptions,
  });
  recall
    ?.listen((wanted) => budgets.onRecall(wanted))
    .catch((error: unknown) => logger.warn({ err: error }, 'grants are recalled by polling alone'));
  return budgets;
}

function loadPlatformUntilDone(policy: PolicyStore, logger: Logger): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const load = (): void => {
    policy.loadPlatform().catch((error: unknown) => {
      logger.warn({ err: error }, 'the catalogue cannot be read; trying again');
      if (stopped) return;
      timer = setTimeout(load, PLATFORM_RETRY_MS);
      timer.unref();
    });
  };
  load();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
