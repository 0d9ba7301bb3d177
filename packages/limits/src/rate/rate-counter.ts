/**
 * One rule's count for one value in this gateway: what it used, and how much it may use without asking.
 *
 * Not here: which counters a request needs (rate-limiter.ts), how the limit is divided (redis-shares.ts).
 */

import type { Refusal } from '../refusal.ts';
import { formatDuration } from './format-duration.ts';
import { isOfModel, type RateRule } from './rate-policy.ts';
import type { Share, ShareRequest } from './redis-shares.ts';
import { carriedOver, fitsAt, overlapMs, usedInWindow, windowIndex } from './window.ts';

export interface RateStatus {
  readonly ruleId: string;
  readonly metric: RateRule['metric'];
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

export interface EndedWindow {
  readonly key: string;
  readonly used: number;
  readonly keepMs: number;
}

export class RateCounter {
  rule: RateRule;
  readonly value: string;
  /** Undefined for concurrency. */
  readonly windowMs: number | undefined;
  #index: number;
  used = 0;
  reserved = 0;
  #previousOwn = 0;
  #previous = 0;
  othersReserved = 0;
  othersUsed = 0;
  /** Asked for by requests that wait. */
  wanting = 0;
  usedSinceSync = 0;
  /** Use was corrected, or a lease must be kept up. */
  isDirty = false;
  syncedAtMs = Number.NEGATIVE_INFINITY;
  readonly #leaseMs: number;
  inFlight: Promise<void> | undefined;
  /** Until then Redis's last word is believed. */
  heardUntilMs = Number.NEGATIVE_INFINITY;

  constructor(rule: RateRule, value: string, nowMs: number, leaseMs: number) {
    this.#leaseMs = leaseMs;
    this.rule = rule;
    this.value = value;
    this.windowMs = rule.metric === 'concurrency' ? undefined : rule.windowSeconds * 1_000;
    this.#index = this.windowMs === undefined ? 0 : windowIndex(nowMs, this.windowMs);
  }

  /** Of the same rule, as it is now. */
  follow(rule: RateRule): void {
    // What was reserved under a higher limit is asked for again, also for what comes free of it.
    if (rule.limit < this.rule.limit) this.reserved = 0;
    this.rule = rule;
  }

  /** Moves to the window of `nowMs`. @returns The one that ended, if something was used in it. */
  roll(nowMs: number): EndedWindow | undefined {
    if (this.windowMs === undefined) return undefined;
    const index = windowIndex(nowMs, this.windowMs);
    if (index === this.#index) return undefined;
    if (index < this.#index) {
      if (nowMs < this.#index * this.windowMs - CLOCK_JITTER_MS) this.#turnBack(index);
      return undefined;
    }
    const ended =
      this.used > 0 ? { key: this.#key(this.#index), used: this.used, keepMs: this.#keepMs() } : undefined;
    this.#previous = index === this.#index + 1 ? this.used + this.othersUsed : 0;
    this.#previousOwn = index === this.#index + 1 ? this.used : 0;
    this.#index = index;
    this.used = 0;
    this.reserved = 0;
    this.othersReserved = 0;
    this.othersUsed = 0;
    this.heardUntilMs = Number.NEGATIVE_INFINITY;
    return ended;
  }

  /** The clock had been ahead. What was used then counts now: a window in the future would never end. */
  #turnBack(index: number): void {
    this.#index = index;
    this.#previous = 0;
    this.#previousOwn = 0;
    this.reserved = this.used;
    this.othersReserved = 0;
    this.othersUsed = 0;
    this.heardUntilMs = Number.NEGATIVE_INFINITY;
  }

  get window(): number {
    return this.#index;
  }

  fits(amount: number): boolean {
    return this.used + amount <= this.reserved;
  }

  add(amount: number): void {
    this.used += amount;
    this.usedSinceSync += amount;
  }

  /** What it would take for `amount` if the others gave back all that they only reserve. */
  couldFit(amount: number, nowMs: number): boolean {
    return this.#total(nowMs) + amount <= this.rule.limit;
  }

  /** @param ahead Whether to reserve for what will come. */
  shareRequest(nowMs: number, ahead: boolean): ShareRequest {
    const needed = this.used + this.wanting;
    const left = Math.max(0, this.rule.limit - this.#total(nowMs) - this.wanting);
    const headroom = ahead ? Math.min(2 * this.usedSinceSync, Math.floor(left / 4)) : 0;
    return {
      key: this.#key(this.#index),
      previousKey: this.#key(this.#index - 1),
      used: this.used,
      wanted: needed + headroom,
      limit: this.rule.limit,
      overlapMs: this.windowMs === undefined ? 0 : overlapMs(nowMs, this.windowMs),
      windowMs: this.windowMs ?? 1,
      keepMs: this.#keepMs(),
      leaseMs: this.windowMs === undefined ? this.#leaseMs : 0,
    };
  }

  hear(share: Share, window: number, untilMs: number): void {
    if (window !== this.#index) return;
    this.reserved = Math.max(share.reserved, 0);
    this.othersReserved = share.othersReserved;
    this.othersUsed = share.othersUsed;
    this.#previous = share.previous;
    this.heardUntilMs = untilMs;
    this.syncedAtMs = untilMs;
  }

  /** Without Redis: this gateway's part of the limit, and what it had reserved before. */
  fallBack(gateways: number, nowMs: number): void {
    this.reserved = Math.max(this.reserved, this.#share(gateways, nowMs));
  }

  /** The only gateway: all of the limit. */
  reserveAll(nowMs: number): void {
    this.reserved = this.#share(1, nowMs);
  }

  #share(gateways: number, nowMs: number): number {
    const share = Math.min(this.rule.limit, Math.max(1, Math.floor(this.rule.limit / gateways)));
    if (this.windowMs === undefined) return share;
    return share - carriedOver(this.#previousOwn, nowMs, this.windowMs);
  }

  get isIdle(): boolean {
    return (
      this.wanting === 0 && this.inFlight === undefined && (this.windowMs !== undefined || this.used === 0)
    );
  }

  /** Over for good: neither its window nor the next one counts it. */
  isOver(nowMs: number): boolean {
    if (this.windowMs === undefined) return this.used === 0 && this.reserved === 0;
    return windowIndex(nowMs, this.windowMs) > this.#index + 1;
  }

  status(nowMs: number): RateStatus {
    const { rule, windowMs } = this;
    const endMs = windowMs === undefined ? nowMs : (this.#index + 1) * windowMs;
    return {
      ruleId: rule.id,
      metric: rule.metric,
      limit: rule.limit,
      remaining: Math.max(0, rule.limit - this.#total(nowMs)),
      resetMs: Math.max(0, endMs - nowMs),
    };
  }

  refuse(amount: number, nowMs: number): Refusal {
    const { rule, windowMs } = this;
    const retryAtMs =
      windowMs === undefined
        ? nowMs + SLOT_RETRY_MS
        : fitsAt(
            { current: this.used + this.othersReserved, previous: this.#previous },
            amount,
            rule.limit,
            nowMs,
            windowMs,
          );
    return {
      kind: 'refused',
      code: 'rate_limit_exceeded',
      message: `Cannot send the request${rule.model === null ? '' : ` to ${rule.model}`}: at most ${rule.limit} ${rule.metric}${windowMs === undefined ? ' at once' : ` per ${formatDuration(rule.windowSeconds)}`}`,
      ...(isOfModel(rule) ? { ofModel: true } : undefined),
      ruleId: rule.id,
      scope: { type: rule.scope.type, id: this.value },
      limit: String(rule.limit),
      used: String(this.#total(nowMs)),
      requested: String(amount),
      resetsAtMs: retryAtMs,
      retryAfterMs: Math.max(1, Math.ceil(retryAtMs - nowMs)),
    };
  }

  #total(nowMs: number): number {
    const current = this.used + this.othersUsed;
    return this.windowMs === undefined
      ? current
      : usedInWindow({ current, previous: this.#previous }, nowMs, this.windowMs);
  }

  #key(index: number): string {
    return `${this.rule.id}:${this.rule.windowSeconds}:${index}:${this.value}`;
  }

  #keepMs(): number {
    return this.windowMs === undefined ? 2 * this.#leaseMs : 2 * this.windowMs + 1_000;
  }
}

const SLOT_RETRY_MS = 1_000;
/** By how much the time may go back between two questions to Redis without having been wrong. */
const CLOCK_JITTER_MS = 1_000;
