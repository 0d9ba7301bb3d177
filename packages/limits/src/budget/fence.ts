/**
 * What becomes of the money of gateways that are gone. For the worker's schedule.
 *
 * open ─ silent, and every grant expired ─▶ fenced ─ log replayed ─▶ closed
 *                                              └─ an operator says so ─▶ lost
 *
 * A fenced epoch's money stays charged, as unreconciled. Its gateway cannot spend it either: grants end on the
 * gateway's own monotonic clock before Postgres counts them as expired.
 */
import type { Database } from '@tollgate/db';

export interface FenceOptions {
  /** Silence after which a gateway counts as gone. */
  readonly heartbeatLossMs?: number;
  /** Beyond the expiry of its last grant. */
  readonly marginMs?: number;
}

export interface EndedGrant {
  readonly organizationId: string;
  readonly budgetId: string;
  readonly scopeValue: string;
  readonly periodStart: Date;
  readonly amountPicoUsd: bigint;
}

export interface EndedEpoch {
  readonly epochId: string;
  readonly grants: readonly EndedGrant[];
}

const HEARTBEAT_LOSS_MS = 30_000;
const MARGIN_MS = 5_000;

/**
 * All by Postgres's own time, so that no host's clock, fast or slow, makes a gateway look silent or alive.
 *
 * @param now Only for how far tests have moved the clock of all processes.
 */
export async function fenceDeadEpochs(
  database: Database,
  now: Date,
  { heartbeatLossMs = HEARTBEAT_LOSS_MS, marginMs = MARGIN_MS }: FenceOptions = {},
): Promise<EndedEpoch[]> {
  const silentSeconds = (heartbeatLossMs - (now.getTime() - Date.now())) / 1_000;
  const silent = await database.platform(
    (tx) => tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM gateway_epochs WHERE state = 'open'
        AND last_seen_at < clock_timestamp() - make_interval(secs => ${silentSeconds}::double precision) ORDER BY id`,
  );
  const fenced: EndedEpoch[] = [];
  for (const { id } of silent) {
    const ended = await database.tenants(async (tx, use) => {
      // Waits for a taking that is under way; the next one finds the epoch fenced.
      await tx.$queryRaw`SELECT pg_advisory_xact_lock(epoch_lock(${id}))::text`;
      const organizations = await tx.$queryRaw<{ organizationId: string; isAlive: boolean }[]>`
        SELECT organization_id AS "organizationId", COALESCE(last_expiry + make_interval(secs => ${marginMs / 1_000}::double precision) > clock_timestamp(), false) AS "isAlive"
        FROM list_epoch_organizations(${id})`;
      if (organizations.some((each) => each.isAlive)) return undefined;
      const changed = await tx.$executeRaw`
        UPDATE gateway_epochs SET state = 'fenced', fenced_at = ${now}
        WHERE id = ${id} AND state = 'open'
          AND last_seen_at < clock_timestamp() - make_interval(secs => ${silentSeconds}::double precision)`;
      if (changed === 0) return undefined;
      return endGrants(tx, use, id, 'fenced', organizations);
    });
    if (ended !== undefined) fenced.push({ epochId: id, grants: ended });
  }
  return fenced;
}

/** Frees what is left of the grants of epochs that are in the ledger to their end, or given up. */
export async function releaseEndedEpochs(database: Database): Promise<EndedEpoch[]> {
  const epochs = await database.platform(
    (tx) => tx.$queryRaw<{ id: string; state: 'closed' | 'lost' }[]>`
      SELECT e.id, e.state FROM list_ended_epochs() l JOIN gateway_epochs e ON e.id = l.epoch_id ORDER BY e.id`,
  );
  const released: EndedEpoch[] = [];
  for (const { id, state } of epochs) {
    const grants = await database.tenants(async (tx, use) => {
      const organizations = await tx.$queryRaw<{ organizationId: string }[]>`
        SELECT organization_id AS "organizationId" FROM list_epoch_organizations(${id})`;
      return endGrants(tx, use, id, state, organizations);
    });
    released.push({ epochId: id, grants });
  }
  return released;
}

/**
 * An operator's word that a fenced epoch's log will never be replayed. What it may have spent is no longer
 * charged; the amounts come back, to be kept with the decision.
 *
 * @returns Undefined: the epoch is not fenced.
 */
export async function declareEpochLost(database: Database, epochId: string): Promise<EndedEpoch | undefined> {
  const changed = await database.platform(
    (tx) =>
      tx.$executeRaw`UPDATE gateway_epochs SET state = 'lost' WHERE id = ${epochId} AND state = 'fenced'`,
  );
  if (changed === 0) return undefined;
  const released = await releaseEndedEpochs(database);
  return released.find((each) => each.epochId === epochId) ?? { epochId, grants: [] };
}

async function endGrants(
  tx: Parameters<Parameters<Database['tenants']>[0]>[0],
  use: (organizationId: string) => Promise<void>,
  epochId: string,
  outcome: 'fenced' | 'closed' | 'lost',
  organizations: readonly { readonly organizationId: string }[],
): Promise<EndedGrant[]> {
  const ended: EndedGrant[] = [];
  for (const { organizationId } of organizations) {
    await use(organizationId);
    const rows = await tx.$queryRaw<
      (Omit<EndedGrant, 'organizationId' | 'amountPicoUsd'> & { amount: string })[]
    >`
      SELECT budget_id AS "budgetId", scope_value AS "scopeValue", period_start AS "periodStart", amount_pico_usd AS amount
      FROM end_grants(${epochId}, ${outcome})`;
    for (const { amount, ...rest } of rows)
      ended.push({ ...rest, organizationId, amountPicoUsd: BigInt(amount) });
  }
  return ended;
}
