/** Which attempts failed, wherever the console says so. Pure. */
import type { UsageRow } from '@tollgate/api';

type Counted = Pick<UsageRow, 'attempts'>;
type WithOutcome = Counted & Pick<UsageRow, 'status'>;

/** Of an attempt: its provider failed at it, or it never ended. Nobody failed where the client went away. */
export const FAILURES = ['failed', 'interrupted'] as const;

export function countAttempts(rows: readonly Counted[]): number {
  return rows.reduce((sum, { attempts }) => sum + attempts, 0);
}

export function isFailure({ status }: WithOutcome): boolean {
  return (FAILURES as readonly (string | undefined)[]).includes(status);
}

export function countFailures(rows: readonly WithOutcome[]): number {
  return countAttempts(rows.filter(isFailure));
}
