/**
 * Asks Postgres again and again whether a hard budget is exceeded [M3], past every proxy, while the product runs.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '@tollgate/db';
import { waitFor } from '@tollgate/testing';

export interface BudgetWatch {
  readonly sampleCount: number;
  /** Each budget period that was seen above its limit. */
  readonly broken: readonly string[];
  /** @throws {Error} Postgres could not be asked: the watch has a gap. */
  stop(): Promise<void>;
}

const PAUSE_MS = 25;

/** @param database In the worker's role. @param pauseMs Between two questions. */
export function watchBudgets(database: Database, organizationId: string, pauseMs = PAUSE_MS): BudgetWatch {
  const broken = new Set<string>();
  let sampleCount = 0;
  let isDone = false;
  const watching = (async () => {
    while (!isDone) {
      for (const { name } of await findBroken(database, organizationId)) broken.add(name);
      sampleCount += 1;
      await delay(pauseMs);
    }
  })();
  // Told by stop(): nobody waits for it before.
  watching.catch(() => undefined);
  return {
    get sampleCount() {
      return sampleCount;
    },
    get broken() {
      return [...broken];
    },
    stop: async () => {
      isDone = true;
      await watching;
    },
  };
}

function findBroken(database: Database, organizationId: string): Promise<{ name: string }[]> {
  return database.tenant(
    organizationId,
    (tx) => tx.$queryRaw<{ name: string }[]>`
      SELECT b.scope_type || ' ' || p.scope_value || ' ' || b.period || ' from ' || p.period_start AS name
      FROM budget_periods p JOIN budgets b ON b.organization_id = p.organization_id AND b.id = p.budget_id
        AND b.archived_at IS NULL
      WHERE p.settled_pico_usd + p.unreconciled_pico_usd + (
        SELECT COALESCE(sum(g.amount_pico_usd - g.settled_pico_usd), 0) FROM grants g
        WHERE g.organization_id = p.organization_id AND g.budget_id = p.budget_id AND g.scope_value = p.scope_value
          AND g.period_start = p.period_start AND g.state IN ('open', 'returned'))
        > b.limit_pico_usd + p.carried_pico_usd + p.forgiven_pico_usd`,
  );
}

/** What is settled of the organization's own budget, per period, the first one first. */
export async function readSettled(
  database: Database,
  organizationId: string,
): Promise<{ readonly periodStartMs: number; readonly settledPicoUsd: bigint }[]> {
  const rows = await database.tenant(
    organizationId,
    (tx) => tx.$queryRaw<{ periodStart: Date; settled: string }[]>`
      SELECT p.period_start AS "periodStart", p.settled_pico_usd::text AS settled
      FROM budget_periods p JOIN budgets b ON b.organization_id = p.organization_id AND b.id = p.budget_id
      WHERE b.scope_type = 'organization' AND b.counts = 'all' ORDER BY p.period_start`,
  );
  return rows.map(({ periodStart, settled }) => ({
    periodStartMs: periodStart.getTime(),
    settledPicoUsd: BigInt(settled),
  }));
}

/** Resolves when no money is charged to a budget that is not in the ledger. @throws {Error} Some still is. */
export async function whenNothingIsStuck(
  database: Database,
  organizationId: string,
  timeoutMs: number,
): Promise<void> {
  await waitFor(
    async () => {
      const { granted, unreconciled } = await readOutstanding(database, organizationId);
      if (granted === '0' && unreconciled === '0') return true;
      throw new Error(`granted ${granted}, unreconciled ${unreconciled} pico-USD`);
    },
    { timeoutMs, intervalMs: 250, description: 'nothing stuck in grants' },
  );
}

async function readOutstanding(
  database: Database,
  organizationId: string,
): Promise<{ granted: string; unreconciled: string }> {
  const [row] = await database.tenant(
    organizationId,
    (tx) => tx.$queryRaw<{ granted: string; unreconciled: string }[]>`
      SELECT COALESCE(sum(granted_pico_usd), 0)::text AS granted,
        COALESCE(sum(unreconciled_pico_usd), 0)::text AS unreconciled FROM budget_periods`,
  );
  return row ?? { granted: '0', unreconciled: '0' };
}
