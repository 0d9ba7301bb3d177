/** Looks at organizations for what is to be told, and tells it. What, when and whom: packages/alerts. */
import { deliverAlerts, deliverWebhooks, evaluateAlerts } from '@tollgate/alerts';
import { forEachOrganization } from '../organizations.ts';
import type { WorkerContext } from '../worker-context.ts';

const MAX_ROUNDS = 20;
/** All organizations wait for the slowest: who has slow receivers goes on in the next round. */
const ORGANIZATION_MS = 5_000;

/** Evaluates one organization and sends what is due there at once. */
export async function lookForAlerts(context: WorkerContext, organizationId: string): Promise<void> {
  const { database, clock } = context;
  await evaluateAlerts(database, { organizationId, nowMs: clock.nowMs() });
}

export function lookForAllAlerts(context: WorkerContext, signal: AbortSignal): Promise<void> {
  return forEachOrganization(context.database, signal, (organizationId) =>
    lookForAlerts(context, organizationId),
  );
}

/** Only organizations that have something due are looked at. @throws {AggregateError} After all had their turn. */
export async function notifyAll(context: WorkerContext, signal: AbortSignal): Promise<void> {
  const { database, clock, logger, notify } = context;
  if (notify === undefined) return;
  const due = await database.platform(
    (tx) =>
      tx.$queryRaw<{ id: string }[]>`
        SELECT organization_id AS id FROM list_organizations_to_notify(${clock.now()})`,
  );
  const faults: unknown[] = [];
  const startedMs = clock.monotonicMs();
  const isTimeLeft = () => !signal.aborted && clock.monotonicMs() - startedMs < ORGANIZATION_MS;
  await Promise.all(
    due.map(async ({ id: organizationId }) => {
      try {
        const onDisabled = (endpointId: string): void =>
          logger.warn(
            { organizationId, endpointId },
            'a webhook endpoint failed for days and was switched off',
          );
        for (let round = 0; round < MAX_ROUNDS && isTimeLeft(); round++) {
          const step = { ...notify, organizationId, nowMs: clock.nowMs() };
          const told = await deliverAlerts(database, step);
          const sent = await deliverWebhooks(database, { ...step, onDisabled });
          if (told + sent === 0) break;
        }
      } catch (error) {
        faults.push(error);
      }
    }),
  );
  if (faults.length > 0) throw new AggregateError(faults, `Cannot tell ${faults.length} organizations`);
}
