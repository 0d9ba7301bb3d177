import { describe, expect, it } from 'vitest';
import type { Difference } from './compare.ts';
import { keepDecisions } from './compare-again.ts';

const difference = (
  model: string,
  billPicoUsd: bigint,
  ledgerPicoUsd = 0n,
  day = '2026-11-01',
): Difference => ({
  day,
  model,
  reason: 'outside-gateway',
  billPicoUsd,
  ledgerPicoUsd,
  differencePicoUsd: billPicoUsd - ledgerPicoUsd,
  detail: {},
});
const decision = (note: string, model: string, bill: string, ledger = '0', day = '2026-11-01') => ({
  note,
  day,
  model,
  bill,
  ledger,
});
const notesOf = (kept: ReadonlyMap<number, { readonly note: string }>) =>
  [...kept].map(([position, { note }]) => [position, note]);

describe('keepDecisions()', () => {
  it('follows a difference to its new position, and lets go of one whose bill, ledger, day or model is another', () => {
    const decided = [
      decision('same', 'gpt-5', '10'),
      decision('other ledger', 'gpt-5-mini', '10'),
      decision('other bill', 'o9', '10'),
      decision('other day', 'o8', '10'),
    ];
    const differences = [
      difference('gpt-5-mini', 10n, 1n),
      difference('o9', 11n),
      difference('o8', 10n, 0n, '2026-11-02'),
      difference('gpt-5', 10n),
    ];
    expect(notesOf(keepDecisions(decided, differences))).toEqual([[3, 'same']]);
  });

  it('gives each of two that cannot be told apart to one difference alone', () => {
    const decided = [decision('first', 'credit', '-1'), decision('second', 'credit', '-1')];
    const one = difference('credit', -1n);
    expect(notesOf(keepDecisions(decided, [one]))).toEqual([[0, 'first']]);
    expect(notesOf(keepDecisions(decided, [one, one, one]))).toEqual([
      [0, 'first'],
      [1, 'second'],
    ]);
  });

  it('knows a model whose name was cut when it was kept', () => {
    const long = 'm'.repeat(300);
    expect(keepDecisions([decision('cut', long.slice(0, 200), '1')], [difference(long, 1n)]).size).toBe(1);
  });
});
