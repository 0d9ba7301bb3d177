/** Rounds of the money that gateways hold: fencing those that are gone, and comparing the books. */
import { auditBudgets, fenceDeadEpochs, releaseEndedEpochs } from '@tollgate/limits';
import { forEachOrganization } from '../organizations.ts';
import type { WorkerContext } from '../worker-context.ts';

/** Fences gateways that are silent past their grants, and frees the money of those that are in the ledger. */
export async function endEpochs({ database, clock, logger, metrics }: WorkerContext): Promise<void> {
  for (const { epochId, grants } of await fenceDeadEpochs(database, clock.now())) {
    metrics.epochsFenced += 1;
    logger.warn(
      { epochId, budgetPeriods: grants.length },
      'a silent gateway was fenced: its grants stay charged',
    );
  }
  for (const { epochId, grants } of await releaseEndedEpochs(database)) {
    logger.info(
      { epochId, budgetPeriods: grants.length },
      'what was left of an ended gateway’s grants is free',
    );
  }
}

/** Every difference is a bug or a damaged database: said one by one, and counted. */
export async function auditAllBudgets(
  { database, logger, metrics }: WorkerContext,
  signal: AbortSignal,
): Promise<void> {
  let found = 0;
  await forEachOrganization(database, signal, async (organizationId) => {
    const differences = await auditBudgets(database, organizationId);
    found += differences.length;
    for (const { expectedPicoUsd, foundPicoUsd, ...where } of differences) {
      logger.error(
        {
          alarm: true,
          organizationId,
          ...where,
          expected: String(expectedPicoUsd),
          found: String(foundPicoUsd),
        },
        'budgets, grants and ledger disagree',
      );
    }
  });
  metrics.budgetDifferences = found;
}
