/** What every exchange of one running simulator shares. */
import type { FailureCounter } from './failure-counter.ts';
import type { Ticker } from './ticker.ts';
import type { TruthLog } from './truth-log.ts';

export interface Runtime {
  readonly seed: number;
  readonly ticker: Ticker;
  readonly truth: TruthLog | null;
  readonly failures: FailureCounter;
  /** Wall clock in milliseconds. */
  readonly now: () => number;
  isStopping: boolean;
}
