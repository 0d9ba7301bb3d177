/**
 * Admits requests under all rate limits in scope, all or none.
 *
 * Decided from memory while a reservation lasts; where it does not, Redis is asked, within 50 ms. N gateways
 * enforce one limit: see decisions/rate-limits.md for the error and its bounds. Not here: the provider's own limits.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@tollgate/clock';
import type { Refusal } from '../refusal.ts';
import { matchScope, type ScopeSubject } from '../scope.ts';
import { type EndedWindow, RateCounter, type RateStatus } from './rate-counter.ts';
import { isOfModel, type RatePolicy, type RateRule } from './rate-policy.ts';
import { type Part, type PartSource, type Taken, Ticket } from './rate-ticket.ts';
import type { ShareStore } from './redis-shares.ts';

export interface RateLimiterOptions {
  /** Undefined: this is the only gateway. */
  readonly shares: ShareStore | undefined;
  readonly clock: Clock;
  readonly onError: (error: Error) => void;
  readonly syncIntervalMs?: number;
  /** Bounds the memory that invented end users and tags can take. */
  readonly maxCounters?: number;
  /** What each organization may have of them although others have taken all. */
  readonly ownCounters?: number;
  /** After which the slots of a gateway that is gone are free. */
  readonly slotLeaseMs?: number;
}

export interface RateRequest {
  readonly subject: ScopeSubject;
  readonly model: string;
  /** Input and output, as far as they are known before; corrected by `finish`. */
  readonly tokensEstimate: number;
}

export interface RateTicket {
  readonly kind: 'admitted';
  /** Under whose limits it counts now. */
  readonly model: string;
  /** Of each rule in scope, for the headers. */
  status(): readonly RateStatus[];
  /**
   * Before another model is tried: asks its limits, and only then ends those of the model that is left. A model that is
   * come back to counts no second request.
   *
   * @param usedTokens Of what was sent to the model that is left, since it was moved to; null: nothing was sent to it,
   *   so that it has never come there.
   * @returns Undefined: it counts there now. A refusal: everything is as before.
   */
  moveTo(model: string, usedTokens: number | null): Refusal | undefined | Promise<Refusal | undefined>;
  /**
   * The request is over: corrects its tokens, frees its slots. Once; later calls do nothing.
   *
   * @param ofModel Of them, those of the model that was moved to last, since then; null: nothing was sent to it.
   */
  finish(tokens: number, ofModel?: number | null): void;
  /** It was not sent after all: as if it had never come. */
  cancel(): void;
}

export type RateOutcome =
  | RateTicket
  | Refusal
  | { readonly kind: 'pending'; readonly outcome: Promise<RateTicket | Refusal> };

interface OrganizationRules {
  policy: RatePolicy;
  counterCount: number;
  readonly counters: Map<string, { readonly rule: RateRule; readonly values: Map<string, RateCounter> }>;
}

const MAX_TRIES = 4;
const REPORT_INTERVAL_MS = 2_000;
const DOWN_RETRY_MS = 1_000;
/** More questions at once than Redis answers in time would look like a Redis that is away. */
const TURNS_AT_ONCE = 256;
/** While Redis is away; what is said late of a window that is long over helps nobody. */
const MAX_ENDED = 10_000;

export class RateLimiter {
  readonly #options: Required<RateLimiterOptions>;
  readonly #source: PartSource = {
    partsOfModel: (request, isCounted) =>
      this.#partsOf(request, (rule) => isOfModel(rule) && !(isCounted && rule.metric === 'requests')),
    take: (parts) => this.#take(parts),
    refuseValues: tooManyValues,
    nowMs: () => this.#nowMs(),
  };
  readonly #organizations = new Map<string, OrganizationRules>();
  #ended: EndedWindow[] = [];
  #counterCount = 0;
  #offsetMs: number | undefined;
  #gateways = 1;
  #reportedAtMs = Number.NEGATIVE_INFINITY;
  #downUntilMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #syncing: Promise<void> | undefined;

  constructor(options: RateLimiterOptions) {
    this.#options = {
      syncIntervalMs: 100,
      maxCounters: 200_000,
      ownCounters: 1_000,
      slotLeaseMs: 10_000,
      ...options,
    };
  }

  /** The rules that count from now on; the counters of unchanged rules stay. */
  use(policy: RatePolicy): void {
    const known = this.#organizations.get(policy.organizationId);
    if (known?.policy === policy) return;
    const counters: OrganizationRules['counters'] = new Map();
    for (const rule of policy.rules) {
      const old = known?.counters.get(rule.id);
      const isSame = old?.rule.metric === rule.metric && old.rule.windowSeconds === rule.windowSeconds;
      const values = isSame ? old.values : new Map<string, RateCounter>();
      for (const counter of values.values()) counter.follow(rule);
      counters.set(rule.id, { rule, values });
    }
    const state = { policy, counters, counterCount: 0 };
    state.counterCount = countOf(state);
    this.#counterCount += state.counterCount - (known?.counterCount ?? 0);
    this.#organizations.set(policy.organizationId, state);
  }

  /** `use` must have been called for the organization. */
  admit(request: RateRequest): RateOutcome {
    const parts = this.#partsOf(request);
    if (parts === undefined) return tooManyValues();
    const taken = this.#take(parts);
    if (taken instanceof Promise) {
      const outcome = taken.then((refusal) => refusal ?? new Ticket(this.#source, request, parts));
      return { kind: 'pending', outcome };
    }
    return taken ?? new Ticket(this.#source, request, parts);
  }

  #take(parts: readonly Part[]): Taken {
    const lacking = this.#commit(parts);
    if (lacking === undefined) return undefined;
    const nowMs = this.#nowMs();
    if (
      lacking.amount > lacking.counter.rule.limit ||
      (nowMs < lacking.counter.heardUntilMs && !lacking.counter.couldFit(lacking.amount, nowMs))
    ) {
      return lacking.counter.refuse(lacking.amount, nowMs);
    }
    return this.#acquire(parts);
  }

  /** Of each rule in scope, counting nothing: for answers to what was not admitted. `use` comes before it. */
  status(request: Omit<RateRequest, 'tokensEstimate'>): readonly RateStatus[] {
    const nowMs = this.#nowMs();
    return (this.#partsOf({ ...request, tokensEstimate: 0 }) ?? []).map(({ counter }) => {
      this.#roll(counter, nowMs);
      return counter.status(nowMs);
    });
  }

  /** Undefined: its organization has no room for another counter. */
  #partsOf(request: RateRequest, counts?: (rule: RateRule) => boolean): readonly Part[] | undefined {
    const state = this.#organizations.get(request.subject.organizationId);
    if (state === undefined) throw new Error('Cannot admit: the rules of the organization must be known');
    const parts: Part[] = [];
    for (const { rule, values } of state.counters.values()) {
      if (rule.model !== null && rule.model !== request.model) continue;
      if (counts !== undefined && !counts(rule)) continue;
      const amount = rule.metric === 'tokens' ? request.tokensEstimate : 1;
      for (const value of matchScope(rule.scope, request.subject, request.model)) {
        let counter = values.get(value);
        if (counter === undefined) {
          if (!this.#hasRoom(state)) return undefined;
          counter = new RateCounter(rule, value, this.#nowMs(), this.#options.slotLeaseMs);
          values.set(value, counter);
          state.counterCount++;
          this.#counterCount++;
        }
        parts.push({ counter, amount, window: 0 });
      }
    }
    return parts;
  }

  /** Who has invented all the values there is room for does not take the first few of anybody else. */
  #hasRoom({ counterCount }: OrganizationRules): boolean {
    const { maxCounters, ownCounters } = this.#options;
    return this.#counterCount < maxCounters || counterCount < ownCounters;
  }

  #roll(counter: RateCounter, nowMs: number): void {
    const ended = counter.roll(nowMs);
    if (ended === undefined || this.#options.shares === undefined) return;
    if (this.#ended.length >= MAX_ENDED) this.#ended = [];
    this.#ended.push(ended);
  }

  /** Adds to all, or tells which one lacks. */
  #commit(parts: readonly Part[]): Part | undefined {
    const nowMs = this.#nowMs();
    for (const part of parts) {
      this.#roll(part.counter, nowMs);
      if (this.#options.shares === undefined) part.counter.reserveAll(nowMs);
      if (!part.counter.fits(part.amount)) return part;
    }
    for (const part of parts) {
      part.window = part.counter.window;
      part.counter.add(part.amount);
      this.#refill(part.counter);
    }
    return undefined;
  }

  /** In time, so that the next request need not wait. */
  #refill(counter: RateCounter): void {
    const left = counter.reserved - counter.used;
    if (
      counter.usedSinceSync > 1 &&
      left <= counter.usedSinceSync / 2 &&
      this.#nowMs() >= counter.heardUntilMs
    ) {
      void this.#reserve(counter, true);
    }
  }

  async #acquire(parts: readonly Part[]): Promise<Refusal | undefined> {
    for (const part of parts) part.counter.wanting += part.amount;
    try {
      for (let attempt = 1; ; attempt++) {
        const lacking = this.#commit(parts);
        if (lacking === undefined) return undefined;
        if (this.#isDown) return this.#admitAlone(parts);
        const isHopeless = attempt > 1 && !lacking.counter.couldFit(lacking.amount, this.#nowMs());
        if (attempt > MAX_TRIES || isHopeless) {
          return lacking.counter.refuse(lacking.amount, this.#nowMs());
        }
        // The others give back what they only reserve with their next turn.
        if (attempt > 2) await delay(this.#options.syncIntervalMs);
        // All that it lacks, together: one limit per turn would be too few turns under many limits.
        const short = parts.filter(({ counter, amount }) => !counter.fits(amount));
        await Promise.all(short.map(({ counter }) => this.#reserve(counter, true)));
      }
    } finally {
      for (const part of parts) part.counter.wanting -= part.amount;
    }
  }

  /** Without Redis: this gateway's part of every limit, in the window that is now. */
  #admitAlone(parts: readonly Part[]): Refusal | undefined {
    const nowMs = this.#nowMs();
    for (const { counter } of parts) {
      // What is reserved is the window's: one that is over would lose it again.
      this.#roll(counter, nowMs);
      counter.fallBack(this.#gateways, nowMs);
    }
    const lacking = this.#commit(parts);
    return lacking?.counter.refuse(lacking.amount, this.#nowMs());
  }

  /** One question at a time per counter; who comes meanwhile is answered by the same. */
  #reserve(counter: RateCounter, ahead: boolean): Promise<void> {
    counter.inFlight ??= this.#ask(counter, ahead).finally(() => {
      counter.inFlight = undefined;
    });
    return counter.inFlight;
  }

  async #ask(counter: RateCounter, ahead: boolean): Promise<void> {
    const { shares, clock } = this.#options;
    // Requests of this tick are asked for together.
    await Promise.resolve();
    const nowMs = this.#nowMs();
    if (shares === undefined || this.#isDown) {
      counter.fallBack(this.#gateways, nowMs);
      return;
    }
    const window = counter.window;
    try {
      const asked = counter.shareRequest(nowMs, ahead);
      // Before it is said, so that nothing is used of what is on its way back.
      counter.reserved = Math.min(counter.reserved, asked.wanted);
      const share = await shares.reserve(asked);
      counter.usedSinceSync = 0;
      counter.isDirty = false;
      counter.hear(share, window, this.#nowMs() + this.#options.syncIntervalMs / 2);
    } catch (error) {
      this.#downUntilMs = clock.monotonicMs() + DOWN_RETRY_MS;
      this.#options.onError(new Error('Cannot share rate limits: Redis must answer', { cause: error }));
      counter.fallBack(this.#gateways, nowMs);
    }
  }

  get #isDown(): boolean {
    return this.#options.clock.monotonicMs() < this.#downUntilMs;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.sync(), this.#options.syncIntervalMs).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.sync();
  }

  /** Says what was used, gives back what was only reserved, keeps slots alive, forgets what is over. */
  sync(): Promise<void> {
    this.#syncing ??= this.#sync().finally(() => {
      this.#syncing = undefined;
    });
    return this.#syncing;
  }

  async #sync(): Promise<void> {
    const { shares, clock } = this.#options;
    const nowMs = this.#nowMs();
    // With nobody to tell, or nobody who listens, there is nothing to say of any of them.
    const isHeard = shares !== undefined && !this.#isDown;
    const due: RateCounter[] = [];
    let count = 0;
    for (const state of this.#organizations.values()) {
      for (const { values } of state.counters.values()) {
        for (const [value, counter] of values) {
          if (counter.isIdle && counter.isOver(nowMs)) values.delete(value);
          else if (isHeard && this.#needsTurn(counter, nowMs)) due.push(counter);
        }
      }
      state.counterCount = countOf(state);
      count += state.counterCount;
    }
    this.#counterCount = count;
    for (let at = 0; at < due.length && !this.#isDown; at += TURNS_AT_ONCE) {
      const some = due.slice(at, at + TURNS_AT_ONCE);
      await Promise.all(some.map((counter) => this.#reserve(counter, counter.usedSinceSync > 0)));
    }
    if (shares === undefined || this.#isDown) return;
    try {
      const ended = this.#ended;
      this.#ended = [];
      for (let at = 0; at < ended.length; at += TURNS_AT_ONCE) {
        const some = ended.slice(at, at + TURNS_AT_ONCE);
        await Promise.all(some.map((each) => shares.publish(each.key, each.used, each.keepMs)));
      }
      if (clock.monotonicMs() - this.#reportedAtMs < REPORT_INTERVAL_MS) return;
      const report = await shares.report();
      this.#reportedAtMs = clock.monotonicMs();
      this.#offsetMs = report.nowMs - this.#reportedAtMs;
      this.#gateways = report.gateways;
    } catch (error) {
      this.#downUntilMs = clock.monotonicMs() + DOWN_RETRY_MS;
      this.#options.onError(new Error('Cannot share rate limits: Redis must answer', { cause: error }));
    }
  }

  #needsTurn(counter: RateCounter, nowMs: number): boolean {
    if (counter.isDirty || counter.reserved > counter.used || counter.usedSinceSync > 0) return true;
    return (
      counter.windowMs === undefined &&
      counter.used > 0 &&
      nowMs - counter.syncedAtMs > this.#options.slotLeaseMs / 4
    );
  }

  /** For metrics. */
  get counterCount(): number {
    return this.#counterCount;
  }

  /** Redis's time, so that gateways agree on windows whatever their clocks say; else our own. */
  #nowMs(): number {
    const { clock } = this.#options;
    return this.#offsetMs === undefined ? clock.nowMs() : clock.monotonicMs() + this.#offsetMs;
  }
}

function countOf({ counters }: OrganizationRules): number {
  let count = 0;
  for (const { values } of counters.values()) count += values.size;
  return count;
}

function tooManyValues(): Refusal {
  return {
    kind: 'refused',
    code: 'service_unavailable',
    message:
      'Cannot count the request: the limits of the organization have too many values at once, try again',
    retryAfterMs: 1_000,
  };
}
