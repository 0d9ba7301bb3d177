/**
 * What one request counts, from its admission to its end: once under every limit in scope, and under the limits of each
 * model that something of it was sent to.
 */
import type { Refusal } from '../refusal.ts';
import type { RateCounter, RateStatus } from './rate-counter.ts';
import type { RateRequest, RateTicket } from './rate-limiter.ts';
import { isOfModel } from './rate-policy.ts';

export interface Part {
  readonly counter: RateCounter;
  readonly amount: number;
  window: number;
}

/** Undefined: taken. */
export type Taken = Refusal | undefined | Promise<Refusal | undefined>;

/** The limiter, as its tickets need it. */
export interface PartSource {
  /** @returns Undefined: there is no room for another counter. */
  partsOfModel(request: RateRequest, isCounted: boolean): readonly Part[] | undefined;
  /** All of them or none. */
  take(parts: readonly Part[]): Taken;
  refuseValues(): Refusal;
  nowMs(): number;
}

export class Ticket implements RateTicket {
  readonly kind = 'admitted';
  readonly #source: PartSource;
  #request: RateRequest;
  #parts: readonly Part[];
  #isOpen = true;
  /** Models that the request was sent to and has left; undefined: none. */
  #sentTo: Set<string> | undefined;

  constructor(source: PartSource, request: RateRequest, parts: readonly Part[]) {
    this.#source = source;
    this.#request = request;
    this.#parts = parts;
  }

  get model(): string {
    return this.#request.model;
  }

  status(): readonly RateStatus[] {
    const nowMs = this.#source.nowMs();
    return this.#parts.map(({ counter }) => counter.status(nowMs));
  }

  moveTo(model: string, usedTokens: number | null): Taken {
    const request = { ...this.#request, model };
    const parts = this.#source.partsOfModel(request, this.#sentTo?.has(model) === true);
    if (parts === undefined) return this.#source.refuseValues();
    const taken = this.#source.take(parts);
    if (taken instanceof Promise)
      return taken.then((refusal) => refusal ?? this.#enter(request, parts, usedTokens));
    return taken ?? this.#enter(request, parts, usedTokens);
  }

  #enter(request: RateRequest, parts: readonly Part[], usedTokens: number | null): undefined {
    if (!this.#isOpen) {
      for (const part of parts) end(part, null);
      return;
    }
    const left = this.#parts.filter(({ counter }) => isOfModel(counter.rule));
    for (const part of left) end(part, usedTokens);
    if (usedTokens !== null) {
      this.#sentTo ??= new Set();
      this.#sentTo.add(this.model);
    }
    this.#parts = [...this.#parts.filter((part) => !left.includes(part)), ...parts];
    this.#request = request;
  }

  finish(tokens: number, ofModel: number | null = tokens): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const part of this.#parts) end(part, isOfModel(part.counter.rule) ? ofModel : tokens);
  }

  cancel(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const part of this.#parts) end(part, null);
  }
}

/** @param tokens Null: nothing was sent, so that it has not come. */
function end({ counter, amount, window }: Part, tokens: number | null): void {
  const { metric } = counter.rule;
  const isBack = tokens === null || metric === 'concurrency';
  const change = isBack ? -amount : metric === 'tokens' ? tokens - amount : 0;
  // A window that is over is not corrected: see the decision record.
  if (change === 0 || window !== counter.window) return;
  counter.used = Math.max(0, counter.used + change);
  counter.isDirty = true;
}
