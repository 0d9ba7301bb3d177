/** Batches whose cost the worker could not find out: people are told once of each. */
import { type Observation, observe } from '../observation.ts';
import { type Look, rulesOf } from './look.ts';

/** What ended before was told, or nobody listened. */
const DAYS = 7;
const DAY_MS = 86_400_000;
const MAX_BATCHES = 200;

interface Row {
  readonly id: string;
  readonly requestId: string;
  readonly provider: string;
  readonly state: string;
  readonly startedAt: Date;
}

export async function detectUntoldBatches(look: Look): Promise<Observation[]> {
  if (rulesOf(look, 'batch-untold').length === 0) return [];
  const rows = await look.tx.$queryRaw<Row[]>`
    SELECT id, request_id AS "requestId", provider, state, started_at AS "startedAt" FROM provider_batches
    WHERE organization_id = ${look.organizationId} AND state IN ('unknown', 'lost')
      AND ended_at >= ${new Date(look.nowMs - DAYS * DAY_MS)}
    ORDER BY ended_at LIMIT ${MAX_BATCHES}`;
  return rows.map(({ id, requestId, provider, state, startedAt }) =>
    observe({
      kind: 'batch-untold',
      causeKey: id,
      periodKey: '',
      firing: true,
      notice: true,
      target: { kind: 'request', id: requestId, name: requestId },
      figures: { provider, requestId, state, startedAt: startedAt.toISOString() },
    }),
  );
}
