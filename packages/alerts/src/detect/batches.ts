/** Batches whose cost the worker could not find out: people are told once of each. */
import { type Observation, observe } from '../observation.ts';
import { type Look, rulesOf } from './look.ts';

/** What ended before was told, or nobody listened. */
const DAYS = 7;
const DAY_MS = 86_400_000;
/** Of one look; the others are the next look's. */
const MAX_BATCHES = 200;

interface Row {
  readonly id: string;
  readonly requestId: string;
  readonly provider: string;
  readonly state: string;
  readonly startedAt: Date;
}

export async function detectUntoldBatches(look: Look): Promise<Observation[]> {
  // Batches belong to no team, so that a team's rule tells of none.
  const ruleIds = rulesOf(look, 'batch-untold').flatMap(({ id, teamId }) => (teamId === null ? [id] : []));
  if (ruleIds.length === 0) return [];
  const rows = await look.tx.$queryRaw<Row[]>`
    SELECT b.id, b.request_id AS "requestId", b.provider, b.state, b.started_at AS "startedAt" FROM provider_batches b
    WHERE b.organization_id = ${look.organizationId} AND b.state IN ('unknown', 'lost')
      AND b.ended_at >= ${new Date(look.nowMs - DAYS * DAY_MS)}
      AND EXISTS (SELECT 1 FROM unnest(${ruleIds}::text[]) AS r(id) WHERE NOT EXISTS (
        SELECT 1 FROM alerts a WHERE a.organization_id = b.organization_id AND a.rule_id = r.id AND a.cause_key = b.id
          AND a.period_key = ''))
    ORDER BY b.ended_at, b.id LIMIT ${MAX_BATCHES}`;
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
