/**
 * Holds a request's worst case on every hard budget in scope, all or none, against money already granted.
 *
 * The usual request is answered at once, from memory; `pending` asks Postgres for grants. Nothing is spent that
 * was not committed there before, so that with Postgres gone what is granted may be spent, and the rest is
 * `service_unavailable`. Not here: what the worst case is (worst-case.ts), the settlement of record
 * (settle-entries.ts).
 */
import type { Clock } from '@tollgate/clock';
import type { Refusal } from '../refusal.ts';
import { matchScope } from '../scope.ts';
import { type BudgetPolicy, type BudgetRule, countsOwner } from './budget-policy.ts';
import { GrantPool, type LocalGrant } from './grant-pool.ts';
import { GrantRounds } from './grant-rounds.ts';
import type { GrantReturn, GrantStore } from './grant-store.ts';
import { type Held, type HeldPart, type HoldOutcome, type HoldRequest, MoneyHold } from './hold.ts';
import { refuseUnbounded, tooManyValues } from './hold-refusal.ts';
import { type Period, periodAt, previousPeriod } from './period.ts';
import { affordableOutputCap, worstCaseOf } from './worst-case.ts';

export interface BudgetGateOptions {
  readonly store: GrantStore;
  readonly clock: Clock;
  readonly onError: (error: Error) => void;
  /** Asks other gateways for what they hold idle; best effort. */
  readonly recall?: (wanted: RecallMessage) => void;
  /** How long a grant may be spent without Postgres. One hour unless told, as the default staleness cap. */
  readonly grantTtlMs?: number;
  readonly expiryMarginMs?: number;
  readonly idleMs?: number;
  /** The same for budgets of which little is left. */
  readonly nearIdleMs?: number;
  /** The output cap where neither the caller nor the model has one. */
  readonly defaultOutputCap?: number;
  /** Below it a request waits for money under way rather than being cut short. */
  readonly usefulOutputCap?: number;
  readonly maxWaiting?: number;
  /** Budget periods in memory; bounds what invented end users and tags can take. */
  readonly maxPools?: number;
  /** What each organization may have of them although others have taken all. */
  readonly ownPools?: number;
}

/** A budget period of which a gateway was refused money that others hold. */
export interface RecallMessage {
  readonly organizationId: string;
  readonly budgetId: string;
  readonly scopeValue: string;
  readonly periodStartMs: number;
}

interface RuleState {
  readonly rule: BudgetRule;
  period: Period | undefined;
  /** Of the current period; the gate's own set has all. */
  pools: Map<string, GrantPool>;
}

interface OrganizationState {
  readonly policy: BudgetPolicy;
  /** By the owner of the credential; the operator's has all of them. */
  readonly rules: Readonly<Record<HoldRequest['owner'], readonly RuleState[]>>;
}

export class BudgetGate {
  readonly #options: Required<Omit<BudgetGateOptions, 'recall'>>;
  readonly #rounds: GrantRounds;
  readonly #organizations = new Map<string, OrganizationState>();
  /** By budget, period and value. */
  readonly #pools = new Map<string, GrantPool>();
  /** By organization. */
  readonly #poolCounts = new Map<string, number>();
  #maintaining: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BudgetGateOptions) {
    this.#options = {
      grantTtlMs: 3_600_000,
      expiryMarginMs: 2_000,
      idleMs: 30_000,
      nearIdleMs: 1_000,
      defaultOutputCap: 32_768,
      usefulOutputCap: 64,
      maxWaiting: 10_000,
      maxPools: 200_000,
      ownPools: 1_000,
      ...options,
    };
    this.#rounds = new GrantRounds({
      ...this.#options,
      onWanted: (pool) =>
        options.recall?.({
          organizationId: pool.organizationId,
          budgetId: pool.rule.id,
          scopeValue: pool.value,
          periodStartMs: pool.period.startMs,
        }),
    });
  }

  /** The policy that counts from now on; pools of unchanged budgets stay. The same object costs nothing. */
  use(policy: BudgetPolicy): void {
    const known = this.#organizations.get(policy.organizationId);
    if (known?.policy === policy) return;
    const enforced = policy.budgets.filter((each) => each.kind === 'hard' && !each.paused && !each.archived);
    // Periods are computed anew: the zones may have changed.
    const operator = enforced.map((rule) => ({
      rule,
      period: undefined,
      pools: new Map<string, GrantPool>(),
    }));
    const organization = operator.filter(({ rule }) => countsOwner(rule, 'organization'));
    this.#organizations.set(policy.organizationId, { policy, rules: { organization, operator } });
  }

  /** `use` must have been called for the organization. */
  hold(request: HoldRequest): HoldOutcome {
    const state = this.#organizations.get(request.subject.organizationId);
    if (state === undefined) throw new Error('Cannot hold: the policy of the organization must be known');
    const pools = this.#poolsOf(state, request);
    if (pools === undefined) return tooManyValues();
    const { bound } = request;
    if (pools.length === 0) return { kind: 'held', hold: new MoneyHold([], 0n, request.outputCap, false) };
    const wished =
      request.outputCap ??
      (bound.kind === 'linear' && bound.perOutputToken === 0n
        ? null
        : (request.modelOutputMax ?? this.#options.defaultOutputCap));
    const worst = worstCaseOf(bound, wished ?? (bound.kind === 'linear' ? 0 : null));
    if (worst.kind === 'unbounded')
      return refuseUnbounded(
        pools.map(({ rule }) => rule),
        worst.reason,
      );
    const held = this.#tryHold(pools, worst.amountPicoUsd, wished, request);
    if (held !== undefined) return { kind: 'held', hold: held };
    return { kind: 'pending', outcome: this.#acquire(pools, worst.amountPicoUsd, wished, request) };
  }

  /** Undefined: its organization has no room for another one. */
  #poolsOf(state: OrganizationState, request: HoldRequest): readonly GrantPool[] | undefined {
    const found: GrantPool[] = [];
    for (const each of state.rules[request.owner]) {
      const values = matchScope(each.rule.scope, request.subject, request.model);
      if (values.length === 0) continue;
      for (const value of values) {
        const pool = this.#poolOf(state, each, value, request.startedAtMs);
        if (pool === undefined) return undefined;
        found.push(pool);
      }
    }
    return found;
  }

  #poolOf(
    state: OrganizationState,
    each: RuleState,
    value: string,
    startedAtMs: number,
  ): GrantPool | undefined {
    const { period } = each;
    if (
      period === undefined ||
      startedAtMs < period.startMs ||
      (period.endMs !== null && startedAtMs >= period.endMs)
    ) {
      each.period = periodAt(each.rule, state.policy.zones, startedAtMs);
      each.pools = new Map();
    }
    const current = each.period!;
    let pool = each.pools.get(value);
    if (pool === undefined) {
      pool = this.#findPool(state.policy, each.rule, value, current);
      if (pool !== undefined) each.pools.set(value, pool);
    }
    return pool;
  }

  /** Also that of an earlier policy: the grant is the same. */
  #findPool(policy: BudgetPolicy, rule: BudgetRule, value: string, period: Period): GrantPool | undefined {
    const key = keyOf(rule.id, period.startMs, value);
    const known = this.#pools.get(key);
    if (known !== undefined) {
      if (rule.limitPicoUsd < known.rule.limitPicoUsd) this.#takeBack(known);
      known.rule = rule;
      return known;
    }
    const { organizationId } = policy;
    const count = this.#poolCounts.get(organizationId) ?? 0;
    // Who has invented all the values there is room for does not take the first few of anybody else.
    if (this.#pools.size >= this.#options.maxPools && count >= this.#options.ownPools) return undefined;
    this.#poolCounts.set(organizationId, count + 1);
    const previous = rule.carryOver ? previousPeriod(rule, policy.zones, period) : null;
    const pool = new GrantPool(organizationId, rule, value, period, previous?.startMs ?? null);
    this.#pools.set(key, pool);
    return pool;
  }

  /** What was granted under a higher limit may be more than there is now: Postgres decides anew of what is not held. */
  #takeBack(pool: GrantPool): void {
    pool.withdraw();
    void this.#giveBack([pool]);
  }

  #tryHold(
    pools: readonly GrantPool[],
    amount: bigint,
    outputCap: number | null,
    request: HoldRequest,
  ): MoneyHold | undefined {
    const nowMs = this.#options.clock.monotonicMs();
    for (const pool of pools) if (!pool.canHold(amount, nowMs)) return undefined;
    const parts: HeldPart[] = [];
    for (const pool of pools) {
      pool.usedAtMs = nowMs;
      const { grant } = pool;
      // Without a grant it is one of the skipped.
      if (grant === undefined || nowMs < pool.skippedUntilMs) continue;
      grant.held += amount;
      pool.demand += amount;
      parts.push({ pool, grant });
    }
    return new MoneyHold(parts, amount, outputCap, request.outputCap === null && outputCap !== null);
  }

  async #acquire(
    pools: readonly GrantPool[],
    amount: bigint,
    outputCap: number | null,
    request: HoldRequest,
  ): Promise<Held | Refusal> {
    let held: MoneyHold | undefined;
    const zoneVersion = (): string =>
      this.#organizations.get(request.subject.organizationId)?.policy.zoneVersion ?? '';
    const outcome = await this.#rounds.ask(
      request.subject.organizationId,
      zoneVersion,
      { pools, amount, least: leastOf(request, outputCap) },
      () => {
        held = this.#tryHold(pools, amount, outputCap, request);
        return held !== undefined;
      },
    );
    if (held !== undefined) return { kind: 'held', hold: held };
    if (outcome.kind === 'granted') throw new Error('Cannot hold: what was granted must have been held');
    const smaller = this.#smallerCap(outcome, outputCap, request);
    if (smaller === undefined) return outcome.refusal;
    const worst = worstCaseOf(request.bound, smaller);
    return worst.kind === 'bounded'
      ? this.#acquire(pools, worst.amountPicoUsd, smaller, request)
      : outcome.refusal;
  }

  /** What is affordable, where the caller left it to us. */
  #smallerCap(
    { room, away }: { readonly room: bigint | undefined; readonly away: bigint },
    outputCap: number | null,
    request: HoldRequest,
  ): number | undefined {
    if (request.outputCap !== null || outputCap === null || room === undefined) return undefined;
    const cap = affordableOutputCap(request.bound, room);
    if (cap === undefined || cap < 1 || cap >= outputCap) return undefined;
    // Rather wait for what is on its way back than be cut short.
    return away > 0n && cap < this.#options.usefulOutputCap ? undefined : cap;
  }

  /** Another gateway was refused for want of what this one holds idle. */
  onRecall(message: RecallMessage): void {
    const pool = this.#pools.get(keyOf(message.budgetId, message.periodStartMs, message.scopeValue));
    if (pool !== undefined) void this.#giveBack([pool]);
  }

  /** Starts giving back what is idle, and looking for what is recalled. */
  start(intervalMs = 500): void {
    this.#timer ??= setInterval(() => void this.maintain(), intervalMs).unref();
  }

  /** Gives back everything that is not held. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#maintaining;
    await this.#giveBack([...this.#pools.values()], true);
  }

  /** One round of upkeep; does not start a second one meanwhile. */
  maintain(): Promise<void> {
    this.#maintaining ??= this.#maintain().finally(() => {
      this.#maintaining = undefined;
    });
    return this.#maintaining;
  }

  async #maintain(): Promise<void> {
    // Where no budget is in use, Postgres need not be asked twice a second.
    if (this.#pools.size === 0) return;
    const { clock, idleMs, nearIdleMs, grantTtlMs } = this.#options;
    const nowMs = clock.monotonicMs();
    const idle: GrantPool[] = [];
    const gone: GrantPool[] = [];
    for (const pool of this.#pools.values()) {
      const unusedMs = nowMs - pool.usedAtMs;
      const isOver = pool.period.endMs !== null && clock.nowMs() >= pool.period.endMs;
      if (unusedMs > idleMs * 2 || (isOver && unusedMs > nearIdleMs)) gone.push(pool);
      else if (pool.isWithdrawn || unusedMs > (pool.near ? nearIdleMs : idleMs)) {
        if (pool.hasReturn) idle.push(pool);
      } else if (pool.grant !== undefined && pool.grant.expiresAtMs - nowMs < grantTtlMs / 2)
        this.#renew(pool);
    }
    const recalled = await this.#recalled();
    await this.#giveBack([...idle, ...recalled]);
    await this.#giveBack(gone, true);
    this.#rounds.prune();
  }

  async #recalled(): Promise<GrantPool[]> {
    try {
      const ids = new Set((await this.#options.store.listRecalled()).map((each) => each.grantId));
      return ids.size === 0 ? [] : [...this.#pools.values()].filter((pool) => ids.has(pool.grant?.id ?? ''));
    } catch {
      // Postgres is away: whoever needs grants says so, and nothing can be given back now.
      return [];
    }
  }

  /** Asks for nothing more than longer life. */
  #renew(pool: GrantPool): void {
    const zoneVersion = (): string => this.#organizations.get(pool.organizationId)?.policy.zoneVersion ?? '';
    const sentAtMs = this.#options.clock.monotonicMs();
    // Of a budget that was paused or archived meanwhile nothing is renewed, and asking again would change nothing.
    const isRenewed = (): boolean =>
      pool.skippedUntilMs > sentAtMs ||
      (pool.grant !== undefined && pool.grant.expiresAtMs > sentAtMs + this.#options.grantTtlMs / 2);
    void this.#rounds.ask(pool.organizationId, zoneVersion, { pools: [pool], amount: 0n }, isRenewed);
  }

  async #giveBack(pools: readonly GrantPool[], close = false): Promise<void> {
    const byOrganization = Map.groupBy(pools, (pool) => pool.organizationId);
    await Promise.all(
      [...byOrganization].map(([organizationId, some]) =>
        this.#rounds.enqueue(organizationId, () => this.#return(organizationId, some, close)),
      ),
    );
  }

  async #return(organizationId: string, pools: readonly GrantPool[], close: boolean): Promise<void> {
    const returns: GrantReturn[] = [];
    const free = pools.filter((pool) => pool.isWithdrawn || !this.#rounds.isWaitedFor(pool));
    const ended: { pool: GrantPool; grant: LocalGrant }[] = [];
    for (const pool of free) {
      const { grant } = pool;
      if (grant !== undefined && close && grant.held === 0n) {
        pool.retired.add(grant);
        pool.grant = undefined;
      } else if (grant !== undefined && (pool.available() > 0n || pool.owesReturn)) {
        // Before it is said, so that nothing is held against what is on its way back.
        grant.total = grant.spent + grant.held;
        returns.push({ grantId: grant.id, keep: grant.total, close: false });
      }
      if (pool.pendingGrantId !== undefined) {
        returns.push({ grantId: pool.pendingGrantId, keep: 0n, close: true });
        pool.pendingGrantId = undefined;
      }
      for (const old of pool.retired) {
        returns.push({ grantId: old.id, keep: old.spent + old.held, close: true });
        if (old.held === 0n) ended.push({ pool, grant: old });
      }
      pool.owesReturn = true;
    }
    // When this fails it is all said again: it is said absolutely.
    if (returns.length > 0) await this.#options.store.giveBack(organizationId, returns);
    for (const pool of free) {
      pool.owesReturn = false;
      pool.isWithdrawn = false;
    }
    for (const { pool, grant } of ended) pool.retired.delete(grant);
    if (close)
      for (const pool of free) if (pool.isEmpty && !this.#rounds.isWaitedFor(pool)) this.#forget(pool);
  }

  #forget(pool: GrantPool): void {
    if (pool.grant !== undefined) return;
    const key = keyOf(pool.rule.id, pool.period.startMs, pool.value);
    // Another one under its name would have the same grant.
    if (this.#pools.get(key) !== pool) return;
    this.#pools.delete(key);
    const left = (this.#poolCounts.get(pool.organizationId) ?? 1) - 1;
    if (left > 0) this.#poolCounts.set(pool.organizationId, left);
    else this.#poolCounts.delete(pool.organizationId);
    for (const each of this.#organizations.get(pool.organizationId)?.rules.operator ?? []) {
      if (each.pools.get(pool.value) === pool) each.pools.delete(pool.value);
    }
  }

  /** For metrics and tests. */
  get poolCount(): number {
    return this.#pools.size;
  }
}

function keyOf(budgetId: string, periodStartMs: number, value: string): string {
  return `${budgetId} ${periodStartMs} ${value}`;
}

/** One token of output, where the cap is ours to choose. */
function leastOf({ outputCap: asked, bound }: HoldRequest, outputCap: number | null): bigint | undefined {
  if (asked !== null || outputCap === null) return undefined;
  const least = worstCaseOf(bound, Math.min(outputCap, 1));
  return least.kind === 'bounded' ? least.amountPicoUsd : undefined;
}
