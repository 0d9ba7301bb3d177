import type { Outcome } from './summary-types.ts';

/** The same wherever outcomes are drawn. */
export const OUTCOME_COLOR: Readonly<Record<Outcome | 'interrupted', string>> = {
  succeeded: 'var(--tg-chart-1)',
  refused: 'var(--tg-chart-3)',
  failed: 'var(--tg-negative-solid)',
  interrupted: 'var(--tg-chart-4)',
  aborted: 'var(--tg-chart-other)',
};
