/**
 * What a plan costs in a period, and how much usage it includes: pure arithmetic over days.
 *
 * The one proration rule: a day belongs to the plan that is in effect when it ends, on the wall of the period's time
 * zone. A part of days a to b of D costs ⌊fee·b/D⌋ − ⌊fee·a/D⌋, so that the parts of an unchanged fee sum to the fee to
 * the last pico-USD, however often plan or seats changed. Fees are owed at the end of their period.
 */
import type { BillingPeriod } from '../period/billing-period.ts';
import { localDate } from '../period/zone-time.ts';

/** A stretch of one plan with one number of seats. */
export interface SubscriptionPart {
  readonly planName: string;
  readonly seats: number;
  readonly includedSeats: number;
  readonly monthlyFeePicoUsd: bigint;
  readonly seatFeePicoUsd: bigint;
  readonly includedUsagePicoUsd: bigint;
  readonly validFromMs: number;
  /** The first instant after it; undefined while it runs. */
  readonly endsAtMs: number | undefined;
}

export interface FeeLine {
  readonly component: 'plan' | 'seats';
  readonly description: string;
  readonly quantity: bigint;
  /** For a whole period. */
  readonly unitPricePicoUsd: bigint;
  readonly amountPicoUsd: bigint;
}

export interface PlanCharges {
  readonly fees: readonly FeeLine[];
  /** The most usage that is credited. */
  readonly includedUsagePicoUsd: bigint;
}

/** @param parts In any order; they must not overlap. */
export function planCharges(period: BillingPeriod, parts: readonly SubscriptionPart[]): PlanCharges {
  const days = daysOf(period);
  const fees: FeeLine[] = [];
  let included = 0n;
  for (const part of parts.toSorted((left, right) => left.validFromMs - right.validFromMs)) {
    const from = dayOf(period, days, part.validFromMs);
    const to = part.endsAtMs === undefined ? days : dayOf(period, days, part.endsAtMs);
    if (to <= from) continue;
    const share = (amount: bigint) => shareOf(amount, from, to, days);
    const when = to - from === days ? '' : `, ${dateOf(period, from)} to ${dateOf(period, to - 1)}`;
    included += share(part.includedUsagePicoUsd);
    const plan = share(part.monthlyFeePicoUsd);
    if (plan !== 0n) {
      fees.push({
        component: 'plan',
        description: `${part.planName} plan${when}`,
        quantity: 1n,
        unitPricePicoUsd: part.monthlyFeePicoUsd,
        amountPicoUsd: plan,
      });
    }
    const seats = BigInt(Math.max(0, part.seats - part.includedSeats));
    const seatFee = share(seats * part.seatFeePicoUsd);
    if (seatFee !== 0n) {
      fees.push({
        component: 'seats',
        description: `${part.planName} plan: seats beyond ${part.includedSeats}${when}`,
        quantity: seats,
        unitPricePicoUsd: part.seatFeePicoUsd,
        amountPicoUsd: seatFee,
      });
    }
  }
  return { fees, includedUsagePicoUsd: included };
}

function shareOf(amount: bigint, fromDay: number, toDay: number, days: number): bigint {
  return (amount * BigInt(toDay)) / BigInt(days) - (amount * BigInt(fromDay)) / BigInt(days);
}

const DAY_MS = 86_400_000;

const wallMs = (instantMs: number, timeZone: string) => Date.parse(localDate(instantMs, timeZone));

function daysOf({ startMs, endMs, timeZone }: BillingPeriod): number {
  return (wallMs(endMs - 1, timeZone) - wallMs(startMs, timeZone)) / DAY_MS + 1;
}

/** 0 for the first day; `days` for whatever lies behind the last. */
function dayOf({ startMs, timeZone }: BillingPeriod, days: number, instantMs: number): number {
  const day = (wallMs(instantMs, timeZone) - wallMs(startMs, timeZone)) / DAY_MS;
  return Math.min(days, Math.max(0, day));
}

function dateOf({ startMs, timeZone }: BillingPeriod, day: number): string {
  return new Date(wallMs(startMs, timeZone) + day * DAY_MS).toISOString().slice(0, 10);
}
