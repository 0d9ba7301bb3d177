/** What a request asks to hold, what it is answered, and what one attempt then holds until it is settled. */
import type { BudgetHold } from '@tollgate/metering';
import type { Refusal } from '../refusal.ts';
import type { ScopeSubject } from '../scope.ts';
import type { GrantPool, LocalGrant } from './grant-pool.ts';
import type { CostBound } from './worst-case.ts';

export interface HoldRequest {
  readonly subject: ScopeSubject;
  /** The served one. */
  readonly model: string;
  /** Of the credential. */
  readonly owner: 'organization' | 'operator';
  /** Of the request: decides the period, also for attempts after its end. */
  readonly startedAtMs: number;
  readonly bound: CostBound;
  /** The caller's own; null: it set none. */
  readonly outputCap: number | null;
  /** The most that the model can write; null: not known. */
  readonly modelOutputMax: number | null;
}

export interface Held {
  readonly kind: 'held';
  readonly hold: Hold;
}
export type HoldOutcome =
  | Held
  | Refusal
  | { readonly kind: 'pending'; readonly outcome: Promise<Held | Refusal> };

/** What one attempt holds. Settle or release it once. */
export interface Hold {
  /** For the dispatch frame; empty: no hard budget is in scope. */
  readonly holds: readonly BudgetHold[];
  /** What the upstream request must carry; null: nothing requires one. */
  readonly outputCap: number | null;
  /** Whether the cap is ours and not the caller's, so that the client is told. */
  readonly isCapOurs: boolean;
  readonly amountPicoUsd: bigint;
  /** @returns Whether it was more than was held. */
  settle(actualPicoUsd: bigint): boolean;
  /** Nothing was sent. */
  release(): void;
}

export interface HeldPart {
  readonly pool: GrantPool;
  readonly grant: LocalGrant;
}

export class MoneyHold implements Hold {
  readonly #parts: readonly HeldPart[];
  readonly amountPicoUsd: bigint;
  readonly outputCap: number | null;
  readonly isCapOurs: boolean;
  #isOpen = true;

  constructor(parts: readonly HeldPart[], amount: bigint, outputCap: number | null, isCapOurs: boolean) {
    this.#parts = parts;
    this.amountPicoUsd = amount;
    this.outputCap = outputCap;
    this.isCapOurs = isCapOurs;
  }

  get holds(): readonly BudgetHold[] {
    const amountPicoUsd = String(this.amountPicoUsd);
    return this.#parts.map(({ pool, grant }) => ({
      budgetId: pool.rule.id,
      scopeValue: pool.value,
      periodStart: pool.period.startMs,
      grantId: grant.id,
      amountPicoUsd,
    }));
  }

  settle(actualPicoUsd: bigint): boolean {
    this.#end(actualPicoUsd);
    return actualPicoUsd > this.amountPicoUsd && this.#parts.length > 0;
  }

  release(): void {
    this.#end(0n);
  }

  #end(actual: bigint): void {
    if (!this.#isOpen) throw new Error('Cannot end a hold: it must be open, it has ended before');
    this.#isOpen = false;
    for (const { pool, grant } of this.#parts) {
      grant.held -= this.amountPicoUsd;
      grant.spent += actual;
      if (grant.isWithdrawn === true) pool.withdrawIdle(grant);
    }
  }
}
