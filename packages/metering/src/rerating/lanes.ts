/**
 * The lanes of a re-rating: stretches of its time with about as many attempts each, so that several connections work at
 * one organization. Attempts are ordered by time, so lanes share none.
 *
 * Whoever carries it on holds a shared lock of the organization for each chunk; lanes are made behind the exclusive one.
 * A re-rating that was cancelled has therefore written its last correction before the next one reads the ledger.
 */
import { sql, type Transaction } from '@tollgate/db';
import { loadPricePlan } from './load-plan.ts';
import { inScope, type RatedScope } from './rerate-chunk.ts';

export type Phase = 'preview' | 'applied';

export interface RunningRerating extends RatedScope {
  readonly id: string;
  readonly phase: Phase;
  readonly reason: string;
  /** Null: not made yet. */
  readonly plan: unknown;
}

/** Fewer are not worth a lane. */
export const ATTEMPTS_PER_LANE = 100_000;
const MAX_LANES = 64;
/** How finely the time is looked at. */
const SLICES = 2_000;

/** What the organization has to preview or to apply. */
export async function findRunning(
  tx: Transaction,
  organizationId: string,
): Promise<RunningRerating | undefined> {
  const [row] = await tx.$queryRaw<(Omit<RunningRerating, 'phase' | 'organizationId'> & { state: string })[]>`
    SELECT id, state, reason, period_start AS "from", period_end AS "to", provider, model,
      own_credentials_only AS "ownCredentialsOnly", plan
    FROM reratings WHERE organization_id = ${organizationId} AND state IN ('previewing', 'applying')`;
  if (row === undefined) return undefined;
  const { state, ...rest } = row;
  return { ...rest, organizationId, phase: state === 'applying' ? 'applied' : 'preview' };
}

export async function joinRerating(tx: Transaction, organizationId: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock_shared(${lockOf(organizationId)})::text`;
}

/** Makes plan and lanes where they are missing. @returns False: there is nothing to carry on. */
export async function prepareLanes(
  tx: Transaction,
  organizationId: string,
  attemptsPerLane: number,
): Promise<boolean> {
  const running = await findRunning(tx, organizationId);
  if (running === undefined) return false;
  if (await hasLanes(tx, running)) return true;
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(${lockOf(organizationId)})::text`;
  // Another worker may have made them while this one waited.
  const row = await findRunning(tx, organizationId);
  if (row === undefined) return false;
  if (await hasLanes(tx, row)) return true;
  if (row.plan === null) {
    const plan = JSON.stringify(await loadPricePlan(tx, row));
    await tx.$executeRaw`
      UPDATE reratings SET plan = ${plan}::jsonb WHERE organization_id = ${organizationId} AND id = ${row.id}`;
  }
  await insertLanes(tx, row, cutStretches(row, await countSlices(tx, row), attemptsPerLane));
  return true;
}

async function hasLanes(tx: Transaction, { organizationId, id, phase }: RunningRerating): Promise<boolean> {
  const lane = await tx.reratingLane.findFirst({
    where: { organizationId, reratingId: id, phase },
    select: { lane: true },
  });
  return lane !== null;
}

const lockOf = (organizationId: string) => sql`hashtextextended(${`rerating:${organizationId}`}, 0)`;

interface Slice {
  readonly slice: number;
  readonly attempts: number;
}

/** One way through an index; the answer only divides the work. */
function countSlices(tx: Transaction, scope: RatedScope): Promise<Slice[]> {
  const [from, to] = [scope.from.toISOString(), scope.to.toISOString()];
  return tx.$queryRaw<Slice[]>`
    SELECT width_bucket(extract(epoch FROM e.started_at), extract(epoch FROM ${from}::timestamptz),
        extract(epoch FROM ${to}::timestamptz), ${SLICES}::integer) - 1 AS slice, count(*)::integer AS attempts
    FROM usage_entries e WHERE ${inScope(scope)} GROUP BY 1 ORDER BY 1`;
}

interface Stretch {
  readonly from: Date;
  readonly to: Date;
}

/** Without gap or overlap over all of `[from, to)`, whatever the slices say. */
export function cutStretches(
  { from, to }: Pick<RatedScope, 'from' | 'to'>,
  slices: readonly Slice[],
  attemptsPerLane: number,
): Stretch[] {
  const total = slices.reduce((sum, { attempts }) => sum + attempts, 0);
  const lanes = Math.max(1, Math.min(MAX_LANES, Math.ceil(total / attemptsPerLane)));
  const lengthMs = to.getTime() - from.getTime();
  const cuts = new Set<number>();
  let seen = 0;
  for (const { slice, attempts } of slices) {
    seen += attempts;
    if (seen < (total * (cuts.size + 1)) / lanes) continue;
    const cutMs = from.getTime() + Math.floor((lengthMs * (slice + 1)) / SLICES);
    if (cutMs > from.getTime() && cutMs < to.getTime()) cuts.add(cutMs);
  }
  const bounds = [from.getTime(), ...[...cuts].toSorted((left, right) => left - right), to.getTime()];
  return bounds.slice(1).map((endMs, index) => ({ from: new Date(bounds[index]!), to: new Date(endMs) }));
}

async function insertLanes(
  tx: Transaction,
  { organizationId, id, phase }: RunningRerating,
  stretches: readonly Stretch[],
): Promise<void> {
  await tx.reratingLane.createMany({
    data: stretches.map(({ from, to }, lane) => ({
      organizationId,
      reratingId: id,
      phase,
      lane,
      fromTime: from,
      toTime: to,
    })),
  });
}
