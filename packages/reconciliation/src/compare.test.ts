import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareBill,
  DIFFERENCE_REASONS,
  type DifferenceReason,
  type LedgerDay,
  type MatchedLine,
} from './compare.ts';

const USD = 1_000_000_000_000n;

function billed(day: string, model: string, usd: number, more: Partial<MatchedLine> = {}): MatchedLine {
  return {
    day,
    model,
    providerModel: model,
    component: 'input',
    tier: 'standard',
    account: '',
    quantity: 0n,
    amountPicoUsd: (BigInt(Math.round(usd * 1e6)) * USD) / 1_000_000n,
    rows: 1,
    ...more,
  };
}

function metered(day: string, model: string, usd: number, more: Partial<LedgerDay> = {}): LedgerDay {
  return {
    day,
    model,
    costPicoUsd: (BigInt(Math.round(usd * 1e6)) * USD) / 1_000_000n,
    entries: 10,
    unknownPriceEntries: 0,
    latePicoUsd: 0n,
    batchPicoUsd: 0n,
    quantities: {},
    priceVersions: ['prc_1'],
    ...more,
  };
}

describe('compareBill()', () => {
  it('[M4] gives differences that sum to the difference of the totals, whatever bill and ledger say', () => {
    const day = fc.constantFrom('2026-11-01', '2026-11-02', '2026-11-03', '2026-11-04');
    const model = fc.constantFrom('gpt-5', 'gpt-5-mini', '');
    const line = fc
      .record({
        day,
        model,
        component: fc.constantFrom('input', 'cachedInput', 'output', 'credit', 'tax', 'other'),
        tier: fc.constantFrom('standard', 'batch'),
        amount: fc.bigInt({ min: -USD, max: 100n * USD }),
        quantity: fc.bigInt({ min: 0n, max: 1_000_000n }),
      })
      .map(({ amount, ...rest }) =>
        billed(rest.day, rest.model, 0, {
          ...(rest as Partial<MatchedLine>),
          providerModel: rest.model || 'unheard-of',
          amountPicoUsd: amount,
        }),
      );
    const ledgerDay = fc
      .record({
        day,
        model: fc.constantFrom('gpt-5', 'gpt-5-mini'),
        cost: fc.bigInt({ min: 0n, max: 100n * USD }),
        late: fc.bigInt({ min: 0n, max: USD }),
      })
      .map(({ cost, late, ...rest }) =>
        metered(rest.day, rest.model, 0, { costPicoUsd: cost, latePicoUsd: late }),
      );
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 30 }),
        fc.uniqueArray(ledgerDay, { selector: (each) => `${each.day} ${each.model}` }),
        (lines, ledger) => {
          const differences = compareBill(lines, ledger, '2026-11-04');
          const sum = differences.reduce((total, each) => total + each.differencePicoUsd, 0n);
          const bill = lines.reduce((total, each) => total + each.amountPicoUsd, 0n);
          const cost = ledger.reduce((total, each) => total + each.costPicoUsd, 0n);
          expect(sum).toBe(bill - cost);
          for (const each of differences) {
            expect(each.differencePicoUsd).toBe(each.billPicoUsd - each.ledgerPicoUsd);
            expect(each.differencePicoUsd).not.toBe(0n);
            expect(DIFFERENCE_REASONS).toContain(each.reason);
          }
        },
      ),
    );
  });

  const D1 = '2026-11-10';
  const D2 = '2026-11-11';
  it.each<[DifferenceReason, MatchedLine[], LedgerDay[]]>([
    ['credit', [billed(D1, '', -5, { component: 'credit' })], []],
    ['tax', [billed(D1, '', 1.9, { component: 'tax' })], []],
    ['unknown-model', [billed(D1, '', 3, { providerModel: 'o9-secret' })], []],
    [
      'day-boundary',
      [billed(D1, 'gpt-5', 12), billed(D2, 'gpt-5', 8)],
      [metered(D1, 'gpt-5', 10), metered(D2, 'gpt-5', 10)],
    ],
    ['late-bill', [billed(D1, 'gpt-5', 10)], [metered(D1, 'gpt-5', 10), metered('2026-11-29', 'gpt-5', 4)]],
    ['late-usage', [billed(D1, 'gpt-5', 10)], [metered(D1, 'gpt-5', 12, { latePicoUsd: 2n * USD })]],
    ['unknown-price', [billed(D1, 'gpt-5', 10)], [metered(D1, 'gpt-5', 4, { unknownPriceEntries: 3 })]],
    ['rounding', [billed(D1, 'gpt-5', 10.000001, { rows: 4 })], [metered(D1, 'gpt-5', 10)]],
    ['batch-discount', [billed(D1, 'gpt-5', 5, { tier: 'batch' })], [metered(D1, 'gpt-5', 10)]],
    [
      'cached-tokens',
      [
        billed(D1, 'gpt-5', 6, { quantity: 600n }),
        billed(D1, 'gpt-5', 1, { component: 'cachedInput', quantity: 400n }),
      ],
      [metered(D1, 'gpt-5', 10, { quantities: { input: 1_000n, cachedInput: 0n } })],
    ],
    [
      'price-difference',
      [billed(D1, 'gpt-5', 11, { quantity: 1_000n })],
      [metered(D1, 'gpt-5', 10, { quantities: { input: 1_000n } })],
    ],
    [
      'price-difference',
      [billed(D1, 'gpt-5', 11), billed('2026-11-14', 'gpt-5', 22)],
      [metered(D1, 'gpt-5', 10), metered('2026-11-14', 'gpt-5', 20)],
    ],
    ['outside-gateway', [billed(D1, 'gpt-5', 11)], []],
    ['not-billed', [], [metered(D1, 'gpt-5', 3)]],
  ])('says %s', (reason, lines, ledger) => {
    expect(compareBill(lines, ledger, '2026-11-30').map((each) => each.reason)).toContain(reason);
  });
});
