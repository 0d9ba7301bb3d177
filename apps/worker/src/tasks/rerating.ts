/** Carries on what organizations have asked to be rated again; corrections are counted to their budgets. */
import { type BudgetExcess, settleCorrections } from '@tollgate/limits';
import { runRerating } from '@tollgate/metering/rerating';
import type { WorkerContext } from '../worker-context.ts';

export async function rerate(
  { database, clock, logger, tellOfExcess }: WorkerContext,
  organizationId: string,
  signal: AbortSignal,
): Promise<void> {
  const progress = await runRerating<BudgetExcess>(database, {
    organizationId,
    now: () => clock.now(),
    signal,
    onCorrections: (tx, range) => settleCorrections(tx, organizationId, clock.nowMs(), range),
    onCorrected: (_, excesses) => tellOfExcess?.(organizationId, excesses),
  });
  if (progress !== undefined) logger.info({ organizationId, ...progress }, 'a period was rated again');
}
