/**
 * Usage of one attempt times the price of its dispatch, in the form in which frames carry it. The gateway
 * calls it at settlement, a replay calls it for what a dead process left open.
 */
import {
  type Markup,
  type PriceJson,
  type PriceVersion,
  priceToJson,
  type RatedComponentJson,
  type RatedUsage,
  ratedComponentToJson,
  rateUsage,
  type TokenUsage,
} from '@tollgate/catalog';
import type { AttemptTarget, BudgetHold, SettleFrame } from '../frame.ts';

export interface RatedAttempt {
  readonly components: readonly RatedComponentJson[];
  /** Null: no price was known. */
  readonly costPicoUsd: string | null;
  readonly chargePicoUsd: string;
}

/** What decides whether budgets know what an attempt cost. */
export interface Settled extends Pick<SettleFrame, 'costPicoUsd' | 'usageSource' | 'status'> {
  /** Of the request: what a stream brought was seen as it came, of a whole answer that never came nothing was. */
  readonly streamed: boolean;
}

/**
 * The one rule for money that nobody can tell: an attempt that was sent under a hard budget counts at what was held
 * for it if its cost is unknown, or if its whole answer never came, so that a budget is never spent twice for want of
 * a price or of an answer. The entry's own cost stays what is known; an adjustment that brings more takes the
 * difference back.
 */
export function assumedOf(
  { costPicoUsd, usageSource, status, streamed }: Settled,
  holds: readonly BudgetHold[] | undefined,
): { readonly budgetPicoUsd?: string } {
  // Each of them holds the same amount: the worst case of the attempt.
  const held = holds?.[0];
  if (held === undefined || usageSource === 'none') return {};
  const neverCame = usageSource === 'counted' && status !== 'succeeded' && !streamed;
  return costPicoUsd === null || neverCame ? { budgetPicoUsd: held.amountPicoUsd } : {};
}

const jsonOfPrice = new WeakMap<PriceVersion, PriceJson>();

/** The price as a dispatch frame carries it; made once per price version. */
export function priceJsonOf(price: PriceVersion): PriceJson {
  let json = jsonOfPrice.get(price);
  if (json === undefined) {
    json = priceToJson(price);
    jsonOfPrice.set(price, json);
  }
  return json;
}

/** @throws {RangeError} An amount leaves 64 bits. */
export function rateAttempt(
  target: AttemptTarget,
  price: PriceVersion | undefined,
  usage: TokenUsage,
): RatedAttempt {
  const rated = rateUsage({ usage, price, markup: markupOf(target), owner: target.credentialOwner });
  return toRatedAttempt(rated);
}

export function toRatedAttempt(rated: RatedUsage): RatedAttempt {
  if (rated.kind === 'unknown') return { components: [], costPicoUsd: null, chargePicoUsd: '0' };
  return {
    components: rated.components.map(ratedComponentToJson),
    costPicoUsd: String(rated.costPicoUsd),
    chargePicoUsd: String(rated.chargePicoUsd),
  };
}

export function markupOf(target: AttemptTarget): Markup {
  if (target.markupPerUnit === undefined) return { basisPoints: target.markupBasisPoints };
  const perUnit = Object.fromEntries(
    Object.entries(target.markupPerUnit).map(([component, amount]) => [component, BigInt(amount)]),
  );
  return { basisPoints: target.markupBasisPoints, perUnit };
}
