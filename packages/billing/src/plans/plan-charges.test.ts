import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planCharges, type SubscriptionPart } from './plan-charges.ts';

const NOVEMBER = {
  startMs: Date.parse('2026-10-31T23:00:00Z'),
  endMs: Date.parse('2026-11-30T23:00:00Z'),
  timeZone: 'Europe/Berlin',
};
const USD = 1_000_000_000_000n;

function part(overrides: Partial<SubscriptionPart> = {}): SubscriptionPart {
  return {
    planName: 'Team',
    seats: 7,
    includedSeats: 5,
    monthlyFeePicoUsd: 99n * USD,
    seatFeePicoUsd: 15n * USD,
    includedUsagePicoUsd: 50n * USD,
    validFromMs: 0,
    endsAtMs: undefined,
    ...overrides,
  };
}

const total = (fees: readonly { amountPicoUsd: bigint }[]) =>
  fees.reduce((sum, fee) => sum + fee.amountPicoUsd, 0n);

describe('planCharges()', () => {
  it('charges a whole month as its fees, and names no days', () => {
    const { fees, includedUsagePicoUsd } = planCharges(NOVEMBER, [part()]);
    expect(fees.map(({ description, amountPicoUsd }) => [description, amountPicoUsd])).toEqual([
      ['Team plan', 99n * USD],
      ['Team plan: seats beyond 5', 30n * USD],
    ]);
    expect(includedUsagePicoUsd).toBe(50n * USD);
  });

  it('gives a day to the plan that is in effect when it ends', () => {
    const change = Date.parse('2026-11-15T12:00:00Z');
    const { fees } = planCharges(NOVEMBER, [
      part({ seats: 5, endsAtMs: change }),
      part({ seats: 5, planName: 'Enterprise', monthlyFeePicoUsd: 300n * USD, validFromMs: change }),
    ]);
    expect(fees.map(({ description, amountPicoUsd }) => [description, amountPicoUsd])).toEqual([
      ['Team plan, 2026-11-01 to 2026-11-14', (99n * USD * 14n) / 30n],
      ['Enterprise plan, 2026-11-15 to 2026-11-30', (300n * USD * 16n) / 30n],
    ]);
  });

  it('charges nothing for a plan that ended on the day it began, nor before or after it was taken', () => {
    const noon = Date.parse('2026-11-15T12:00:00Z');
    expect(planCharges(NOVEMBER, [part({ validFromMs: noon, endsAtMs: noon + 60_000 })]).fees).toEqual([]);
    expect(planCharges(NOVEMBER, [part({ endsAtMs: NOVEMBER.startMs })]).fees).toEqual([]);
    expect(planCharges(NOVEMBER, [part({ validFromMs: NOVEMBER.endMs })]).fees).toEqual([]);
  });

  it('[M5] parts of an unchanged plan sum to the whole fee, whatever their number, in every time zone', () => {
    const instants = fc.array(fc.integer({ min: NOVEMBER.startMs, max: NOVEMBER.endMs }), { maxLength: 12 });
    fc.assert(
      fc.property(
        instants,
        fc.bigInt({ min: 0n, max: 10n ** 16n }),
        fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns'),
        (cuts, fee, timeZone) => {
          const edges = [0, ...cuts.toSorted((left, right) => left - right), undefined];
          const parts = edges.slice(0, -1).map((from, index) =>
            part({
              monthlyFeePicoUsd: fee,
              includedUsagePicoUsd: fee,
              validFromMs: from!,
              endsAtMs: edges[index + 1],
            }),
          );
          const { fees, includedUsagePicoUsd } = planCharges({ ...NOVEMBER, timeZone }, parts);
          expect(total(fees)).toBe(fee + 30n * USD);
          expect(includedUsagePicoUsd).toBe(fee);
        },
      ),
    );
  });
});
