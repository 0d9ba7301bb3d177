import { picoUsdSum, roundToCents, sumPicoUsd } from '@tollgate/money';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frozenInvoice, usageLine } from '../fixtures/invoice-fixture.ts';
import { toStripeLines } from './stripe-lines.ts';

const CENT = 10_000_000_000n;

describe('toStripeLines()', () => {
  it('[M5] sums to the total to the cent, whatever the lines are', () => {
    const line = fc.record({
      kind: fc.constantFrom('usage', 'usage', 'usage', 'fee', 'credit'),
      teamId: fc.integer({ min: 0, max: 150 }).map((n) => `team_${n}`),
      amount: fc.bigInt({ min: -5n * 10n ** 13n, max: 9n * 10n ** 14n }),
    });
    const taxes = fc.array(fc.bigInt({ min: 0n, max: 100_000n }), { maxLength: 3 });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 300 }), taxes, (generated, taxCents) => {
        const lines = generated.map(({ kind, teamId, amount }, index) =>
          usageLine(`line_${index}`, { kind, teamId, teamName: teamId, amountPicoUsd: String(amount) }),
        );
        const { roundedPicoUsd } = roundToCents(
          sumPicoUsd(generated.map(({ amount }) => picoUsdSum(amount))),
        );
        const tax = taxCents.reduce((sum, cents) => sum + cents, 0n) * CENT;
        const invoice = frozenInvoice({
          lines,
          taxes: taxCents.map((cents, index) => ({
            name: `Tax ${index}`,
            rateBasisPoints: 100,
            amountPicoUsd: String(cents * CENT),
          })),
          totalPicoUsd: String(roundedPicoUsd + tax),
        });
        const made = toStripeLines(invoice);
        const sum = made.reduce((total, { cents }) => total + BigInt(cents), 0n);
        expect(sum * CENT).toBe(roundedPicoUsd + tax);
        const others = generated.filter(({ kind }) => kind !== 'usage').length;
        expect(made.length).toBeLessThanOrEqual(100 + others + taxCents.length);
      }),
    );
  });

  it('names teams and cost centres, fees, credits and taxes', () => {
    const made = toStripeLines(frozenInvoice());
    expect(made.map(({ description }) => description)).toEqual([
      'Usage of Search, cc-100',
      'Usage',
      'Team plan, November',
      'VAT 19 %',
    ]);
  });

  it('refuses content whose lines do not sum to its total', () => {
    expect(() => toStripeLines(frozenInvoice({ totalPicoUsd: '10000000000' }))).toThrow(RangeError);
  });
});
