/**
 * Bounds what is spent on resold models where nobody has said anything of it: organizations from before something was
 * resold, and those made by a way that does not ask.
 *
 * Not here: what they are bounded to and how it is counted (packages/limits).
 */
import { NO_ORIGIN } from '@tollgate/audit';
import type { Database } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { ensureResoldBudget, RESOLD_ACTOR } from '@tollgate/limits';
import type { WorkerContext } from '../worker-context.ts';

const PAGE = 200;
/** The month is summed once, and of a large organization that takes its time. */
const TIMEOUT_MS = 120_000;

/** @throws {AggregateError} After all had their turn, when some failed. */
export async function boundResale(
  { database, clock, logger }: WorkerContext,
  signal: AbortSignal,
  page = PAGE,
): Promise<void> {
  const faults: unknown[] = [];
  for (;;) {
    const ids = await listUnbounded(database, page);
    let bounded = 0;
    for (const organizationId of ids) {
      if (signal.aborted) return;
      try {
        if (await boundOne(database, organizationId, clock.nowMs())) bounded += 1;
      } catch (error) {
        faults.push(error);
      }
    }
    if (bounded > 0)
      logger.info({ organizations: bounded }, 'what organizations may spend on resold models was bounded');
    // Those that failed are listed again: the next round's.
    if (ids.length < page || bounded === 0) break;
  }
  if (faults.length > 0)
    throw new AggregateError(faults, `Cannot finish the round: ${faults.length} organizations failed`);
}

async function listUnbounded(database: Database, page: number): Promise<string[]> {
  const rows = await database.platform(
    (tx) => tx.$queryRaw<{ id: string }[]>`SELECT id FROM list_unbounded_resale(${page}::integer) AS id`,
  );
  return rows.map(({ id }) => id);
}

function boundOne(database: Database, organizationId: string, nowMs: number): Promise<boolean> {
  return database.tenant(
    organizationId,
    async (tx) => {
      const change = { tx, organizationId, actor: RESOLD_ACTOR, origin: NO_ORIGIN, nowMs };
      if (!(await ensureResoldBudget(change))) return false;
      await tx.$executeRaw`
        INSERT INTO outbox_events (id, organization_id, kind, target_id, created_at)
        VALUES (${newId('event', nowMs)}, ${organizationId}, 'policy-changed', ${organizationId}, ${new Date(nowMs)})`;
      return true;
    },
    { timeoutMs: TIMEOUT_MS },
  );
}
