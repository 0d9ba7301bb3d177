/**
 * A hard budget stands above its limit: said aloud, and what gateways hold idle of it is asked back.
 *
 * It takes no new grants by itself; this only brings home sooner what was granted before. The reasons are named
 * in Postgres (`overrun`, `unheld`, a limit that was lowered); whether it is one of them, the audit says.
 */
import type { BudgetExcess, RedisRecall } from '@tollgate/limits';
import type { WorkerContext } from './worker-context.ts';

export function tellOfExcess(
  { logger, metrics }: WorkerContext,
  recall: Pick<RedisRecall, 'send'>,
): (organizationId: string, excesses: readonly BudgetExcess[]) => void {
  return (organizationId, excesses) => {
    for (const { budgetId, scopeValue, periodStart, excessPicoUsd } of excesses) {
      metrics.budgetExcesses += 1;
      logger.error(
        {
          alarm: true,
          organizationId,
          budgetId,
          scopeValue,
          periodStart,
          excessPicoUsd: String(excessPicoUsd),
        },
        'a hard budget stands above its limit',
      );
      recall.send({ organizationId, budgetId, scopeValue, periodStartMs: periodStart.getTime() });
    }
  };
}
