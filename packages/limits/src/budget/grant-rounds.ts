/**
 * Takes grants for the requests that memory could not serve: one round at a time per organization.
 *
 * A round asks for many requests at once. Those that share no budget stand side by side, each all or none; the
 * others wait for the answer to the first of them. What Postgres refuses to one is refused to all that need as
 * much, so that five hundred callers of a spent budget cost one round.
 */
import type { Clock } from '@tollgate/clock';
import { newId } from '@tollgate/ids';
import { type Refusal, unavailable } from '../refusal.ts';
import type { GrantPool } from './grant-pool.ts';
import type { BudgetStanding, GrantStore, GrantWish, TakeAnswer } from './grant-store.ts';

export interface GrantDemand {
  readonly pools: readonly GrantPool[];
  /** Of every pool. */
  readonly amount: bigint;
  /** What would do: a request whose output is ours to cap may be cut to it. The amount unless told. */
  readonly least?: bigint | undefined;
}

export type RoundOutcome =
  | { readonly kind: 'granted' }
  /** `room`: what could have been held of the scarcest budget. `away`: what others hold of it, and may give back. */
  | {
      readonly kind: 'refused';
      readonly refusal: Refusal;
      readonly room: bigint | undefined;
      readonly away: bigint;
    };

export interface GrantRoundsOptions {
  readonly store: GrantStore;
  readonly clock: Clock;
  readonly grantTtlMs: number;
  /** Ends a grant here before it ends in Postgres. */
  readonly expiryMarginMs: number;
  readonly maxWaiting: number;
  /** Another gateway holds what this one was refused: ask for it. */
  readonly onWanted: (pool: GrantPool) => void;
  readonly onError: (error: Error) => void;
}

interface Waiter extends GrantDemand {
  /** Holds if it can; the money may not be taken by another between the answer and this. */
  readonly tryHold: () => boolean;
  readonly finish: (outcome: RoundOutcome) => void;
}

interface Lane {
  readonly waiting: Waiter[];
  /** Takings and returns of one organization, one after the other: each starts from what the last one left. */
  tail: Promise<unknown>;
  running: boolean;
  /** Grows with each failure in a row. */
  backoffMs: number;
  downUntilMs: number;
}

const MAX_GROUPS = 64;
const FIRST_BACKOFF_MS = 100;
const LAST_BACKOFF_MS = 2_000;
const SKIP_MS = 5_000;
/** The one that lasts longest is told: waiting does not help a request that another budget will never admit. */
const LASTING: readonly Refusal['code'][] = ['budget_exceeded', 'request_exceeds_budget', 'budget_in_flight'];

export class GrantRounds {
  readonly #options: GrantRoundsOptions;
  readonly #lanes = new Map<string, Lane>();
  #waiting = 0;
  /** Postgres itself cannot be asked. */
  #downUntilMs = Number.NEGATIVE_INFINITY;
  /** The organization whose question was the last to fail; undefined: one has been answered since. */
  #failedFor: string | undefined;

  constructor(options: GrantRoundsOptions) {
    this.#options = options;
  }

  /** Resolves once the demand is held, or with the reason why not. */
  ask(
    organizationId: string,
    zoneVersion: () => string,
    demand: GrantDemand,
    tryHold: () => boolean,
  ): Promise<RoundOutcome> {
    const lane = this.#lane(organizationId);
    const downForMs = Math.max(this.#downUntilMs, lane.downUntilMs) - this.#options.clock.monotonicMs();
    if (downForMs > 0 || this.#waiting >= this.#options.maxWaiting) {
      return Promise.resolve(refusedFor(Math.max(downForMs, 500)));
    }
    this.#waiting++;
    return new Promise((resolve) => {
      lane.waiting.push({
        ...demand,
        tryHold,
        finish: (outcome) => {
          this.#waiting--;
          resolve(outcome);
        },
      });
      if (lane.running) return;
      lane.running = true;
      void this.enqueue(organizationId, () => this.#run(organizationId, zoneVersion, lane));
    });
  }

  /** Runs alone in its organization. @returns Undefined when it failed, which was reported. */
  enqueue<T>(organizationId: string, run: () => Promise<T>): Promise<T | undefined> {
    const lane = this.#lane(organizationId);
    const done = lane.tail.then(run).catch((error: unknown) => {
      this.#options.onError(error instanceof Error ? error : new Error(String(error)));
      return undefined;
    });
    lane.tail = done;
    return done;
  }

  isWaitedFor(pool: GrantPool): boolean {
    return this.#lanes.get(pool.organizationId)?.waiting.some((each) => each.pools.includes(pool)) ?? false;
  }

  /** Forgets organizations in which nothing runs. */
  prune(): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const [organizationId, lane] of this.#lanes) {
      if (lane.running || lane.waiting.length > 0 || lane.downUntilMs > nowMs) continue;
      const { tail } = lane;
      void tail.then(() => {
        if (lane.tail === tail && !lane.running) this.#lanes.delete(organizationId);
      });
    }
  }

  #lane(organizationId: string): Lane {
    let lane = this.#lanes.get(organizationId);
    if (lane === undefined) {
      lane = {
        waiting: [],
        tail: Promise.resolve(),
        running: false,
        backoffMs: 0,
        downUntilMs: Number.NEGATIVE_INFINITY,
      };
      this.#lanes.set(organizationId, lane);
    }
    return lane;
  }

  async #run(organizationId: string, zoneVersion: () => string, lane: Lane): Promise<void> {
    try {
      for (;;) {
        drain(lane);
        if (lane.waiting.length === 0) return;
        await this.#round(organizationId, zoneVersion(), lane);
      }
    } finally {
      lane.running = false;
    }
  }

  async #round(organizationId: string, zoneVersion: string, lane: Lane): Promise<void> {
    const asked = [...lane.waiting];
    const { leaders, wanted } = chooseLeaders(asked);
    const sentAtMs = this.#options.clock.monotonicMs();
    const wishes = leaders.map((leader) =>
      leader.pools.map((pool) => this.#wish(pool, leader.amount, wanted)),
    );
    const withdrawals = new Map(
      leaders.flatMap(({ pools }) => pools.map((pool) => [pool, pool.withdrawals])),
    );
    let answer: TakeAnswer;
    try {
      answer = await this.#options.store.take(organizationId, zoneVersion, wishes, this.#options.grantTtlMs);
    } catch (error) {
      this.#options.onError(new Error('Cannot take grants: Postgres must answer', { cause: error }));
      this.#backOff(organizationId, lane);
      finishAll(lane, lane.waiting, refusedFor(lane.backoffMs));
      return;
    }
    lane.backoffMs = 0;
    this.#failedFor = undefined;
    if (answer.state !== 'open') {
      finishAll(lane, lane.waiting, refusedFor(1_000));
      return;
    }
    for (const [i, leader] of leaders.entries()) {
      const group = answer.groups[i];
      if (group === undefined) throw new Error('Cannot take grants: each group must be answered');
      const refused: { pool: GrantPool; standing: BudgetStanding; room: bigint }[] = [];
      for (const [j, pool] of leader.pools.entries()) {
        const item = group.items[j];
        if (item?.kind === 'skipped') pool.skippedUntilMs = sentAtMs + SKIP_MS;
        else if (item?.kind === 'given' && item.grant !== undefined) {
          // A renewal asks for nothing, so that nobody has looked at the limit.
          const isByNow = withdrawals.get(pool) === pool.withdrawals;
          this.#give(pool, item.grant, sentAtMs, { isByNow, isAsked: wishes[i]![j]!.minimum > 0n });
        } else if (item?.kind === 'refused') {
          const { limit, settled, granted, unreconciled } = item.standing;
          const room = limit - settled - granted - unreconciled + pool.available();
          refused.push({ pool, standing: item.standing, room });
        }
      }
      if (refused.length > 0) this.#refuse(lane, leader, refused);
    }
  }

  /** One organization's failure may be its own, such as a lock on its budgets: the others wait when two fail in a row. */
  #backOff(organizationId: string, lane: Lane): void {
    lane.backoffMs = Math.min(LAST_BACKOFF_MS, Math.max(FIRST_BACKOFF_MS, lane.backoffMs * 2));
    lane.downUntilMs = this.#options.clock.monotonicMs() + lane.backoffMs;
    if (this.#failedFor !== undefined && this.#failedFor !== organizationId) {
      this.#downUntilMs = lane.downUntilMs;
    }
    this.#failedFor = organizationId;
  }

  #wish(pool: GrantPool, amount: bigint, wanted: ReadonlyMap<GrantPool, bigint>): GrantWish {
    const available = pool.available();
    const minimum = amount > available ? amount - available : 0n;
    pool.pendingGrantId ??= newId('grant', this.#options.clock.nowMs());
    const all = wanted.get(pool) ?? amount;
    // As much again as was used since the last time, so that busy pools ask seldom.
    const ahead = all + pool.demand - available - minimum;
    return {
      budgetId: pool.rule.id,
      scopeValue: pool.value,
      periodStartMs: pool.period.startMs,
      periodEndMs: pool.period.endMs,
      previousStartMs: pool.previousStartMs,
      minimum,
      unit: amount,
      wanted: minimum + (ahead > 0n ? ahead : 0n),
      grantId: pool.pendingGrantId,
    };
  }

  #give(
    pool: GrantPool,
    given: { readonly id: string; readonly total: bigint; readonly near: boolean },
    sentAtMs: number,
    { isByNow, isAsked }: { readonly isByNow: boolean; readonly isAsked: boolean },
  ): void {
    // From before the question: Postgres counts from when it answered.
    const expiresAtMs = sentAtMs + this.#options.grantTtlMs - this.#options.expiryMarginMs;
    if (pool.grant?.id === given.id) pool.growTo(given.total, expiresAtMs, isByNow && isAsked);
    else {
      // The old one was fenced while this process slept: its rest is not ours to spend.
      if (pool.grant !== undefined) pool.retired.add(pool.grant);
      pool.grant = { id: given.id, total: given.total, spent: 0n, held: 0n, expiresAtMs };
      // By the limit of before: Postgres is asked once more.
      if (!isByNow) pool.withdraw();
    }
    pool.pendingGrantId = undefined;
    pool.near = given.near;
    pool.demand = 0n;
  }

  #refuse(
    lane: Lane,
    leader: Waiter,
    refused: readonly { pool: GrantPool; standing: BudgetStanding; room: bigint }[],
  ): void {
    for (const { pool, standing, room } of refused) {
      if (standing.granted > pool.available()) this.#options.onWanted(pool);
      const alike = lane.waiting.filter(
        (each) => each !== leader && each.amount > room && each.pools.includes(pool),
      );
      for (const each of alike) {
        const refusal = pool.refuse(standing, each.amount, each.least);
        finishAll(lane, [each], { kind: 'refused', refusal, room, away: awayOf(pool, standing) });
      }
    }
    const scarcest = refused.reduce((least, each) => (each.room < least.room ? each : least));
    const refusals = refused.map(({ pool, standing }) => pool.refuse(standing, leader.amount, leader.least));
    const refusal = refusals.reduce((lasting, each) =>
      LASTING.indexOf(each.code) < LASTING.indexOf(lasting.code) ? each : lasting,
    );
    const { pool, standing, room } = scarcest;
    finishAll(lane, [leader], { kind: 'refused', refusal, room, away: awayOf(pool, standing) });
  }
}

/** At least: how much of its own grant is settled already, a gateway does not know. */
function awayOf({ grant }: GrantPool, { granted }: BudgetStanding): bigint {
  const others = granted - (grant?.total ?? 0n);
  return (grant?.held ?? 0n) + (others > 0n ? others : 0n);
}

function chooseLeaders(asked: readonly Waiter[]): { leaders: Waiter[]; wanted: Map<GrantPool, bigint> } {
  const leaders: Waiter[] = [];
  const wanted = new Map<GrantPool, bigint>();
  for (const waiter of asked) {
    if (leaders.length < MAX_GROUPS && !waiter.pools.some((pool) => wanted.has(pool))) leaders.push(waiter);
    for (const pool of waiter.pools) wanted.set(pool, (wanted.get(pool) ?? 0n) + waiter.amount);
  }
  return { leaders, wanted };
}

/** In the order of arrival. */
function drain(lane: Lane): void {
  for (const waiter of [...lane.waiting]) {
    if (waiter.tryHold()) finishAll(lane, [waiter], { kind: 'granted' });
  }
}

function finishAll(lane: Lane, waiters: readonly Waiter[], outcome: RoundOutcome): void {
  for (const waiter of [...waiters]) {
    const at = lane.waiting.indexOf(waiter);
    if (at === -1) continue;
    lane.waiting.splice(at, 1);
    waiter.finish(outcome);
  }
}

function refusedFor(retryAfterMs: number): RoundOutcome {
  return { kind: 'refused', refusal: unavailable(Math.ceil(retryAfterMs)), room: undefined, away: 0n };
}
