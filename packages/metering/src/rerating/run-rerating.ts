/**
 * Carries a re-rating on, chunk by chunk, in several lanes at once: each chunk is one transaction with its corrections,
 * their budgets, the sums that people see, and the place up to which its lane is done. Killed anywhere, it goes on where
 * it stood; any number of workers may be at it.
 *
 * What is shown first and what is applied rate with the same prices: the plan is made once and kept. Entries that
 * arrive behind a lane's place are not corrected; the same period again corrects what is left, and nothing twice.
 */
import type { Database, Transaction } from '@tollgate/db';
import {
  ATTEMPTS_PER_LANE,
  findRunning,
  joinRerating,
  type Phase,
  prepareLanes,
  type RunningRerating,
} from './lanes.ts';
import { pricePlanSchema } from './price-plan.ts';
import { type AttemptKey, type Chunk, rerateChunk } from './rerate-chunk.ts';

export interface RunReratingOptions<T = unknown> {
  readonly organizationId: string;
  /** The process clock. */
  now(): Date;
  /** Of a chunk; as many as the machine manages in some seconds, unless told. */
  readonly maxAttempts?: number;
  /** How many connections work at once. */
  readonly parallel?: number;
  readonly attemptsPerLane?: number;
  /** Stops between two chunks. */
  readonly signal?: AbortSignal;
  /**
   * Counts what the transaction has written, of requests that started in the range, to the budgets of its
   * organization; in that transaction.
   *
   * @returns Told to `onCorrected` after the commit.
   */
  readonly onCorrections?: (
    tx: Transaction,
    range: { readonly first: Date; readonly last: Date },
  ) => Promise<readonly T[]>;
  readonly onCorrected?: (organizationId: string, told: readonly T[]) => void;
}

export interface ReratingProgress {
  readonly reratingId: string;
  readonly chunks: number;
  readonly corrections: number;
}

/** Large chunks cost less per attempt; they follow the speed of the machine, so that none runs into a timeout. */
const FIRST_ATTEMPTS = 10_000;
const MIN_ATTEMPTS = 1_000;
const MAX_ATTEMPTS = 50_000;
const CHUNK_TARGET_MS = 8_000;
const DEFAULT_PARALLEL = 2;
const TRANSACTION_TIMEOUT_MS = 180_000;

interface Lane {
  readonly lane: number;
  readonly from: Date;
  readonly to: Date;
  readonly cursorStartedAt: Date | null;
  readonly cursorRequestId: string;
  readonly cursorAttempt: number;
}

interface Step<T> {
  readonly corrections: number;
  readonly told: readonly T[];
}

/** Runs what the organization has to preview or to apply. In the worker's role. @returns Undefined: nothing. */
export async function runRerating<T = unknown>(
  database: Database,
  options: RunReratingOptions<T>,
): Promise<ReratingProgress | undefined> {
  const { organizationId, attemptsPerLane = ATTEMPTS_PER_LANE } = options;
  const waits = await database.tenant(organizationId, (tx) => findRunning(tx, organizationId));
  if (waits === undefined) return undefined;
  const prepared = await database.tenant(
    organizationId,
    (tx) => prepareLanes(tx, organizationId, attemptsPerLane),
    { timeoutMs: TRANSACTION_TIMEOUT_MS },
  );
  if (!prepared) return undefined;
  const progress = { reratingId: waits.id, chunks: 0, corrections: 0 };
  const outcomes = await Promise.allSettled(
    Array.from({ length: options.parallel ?? DEFAULT_PARALLEL }, () => runLanes(database, options, progress)),
  );
  const fault = outcomes.find((outcome) => outcome.status === 'rejected');
  if (fault !== undefined) throw fault.reason;
  await endPhase(database, options);
  return progress.chunks === 0 ? undefined : progress;
}

/** One connection: chunk after chunk of whatever lane is free. */
async function runLanes<T>(
  database: Database,
  options: RunReratingOptions<T>,
  progress: { chunks: number; corrections: number },
): Promise<void> {
  let maxAttempts = options.maxAttempts ?? FIRST_ATTEMPTS;
  while (options.signal?.aborted !== true) {
    const begunMs = performance.now();
    const step = await runStep(database, options, maxAttempts);
    if (step === undefined) return;
    if (options.maxAttempts === undefined) {
      maxAttempts = nextMaxAttempts(maxAttempts, performance.now() - begunMs);
    }
    progress.chunks += 1;
    progress.corrections += step.corrections;
    if (step.told.length > 0) options.onCorrected?.(options.organizationId, step.told);
  }
}

/** At most twice as many, so that one chunk on an idle machine does not promise too much. */
export function nextMaxAttempts(attempts: number, tookMs: number): number {
  const fitting = Math.round((attempts * CHUNK_TARGET_MS) / Math.max(tookMs, 1));
  return Math.min(MAX_ATTEMPTS, Math.max(MIN_ATTEMPTS, Math.min(fitting, attempts * 2)));
}

function runStep<T>(
  database: Database,
  options: RunReratingOptions<T>,
  maxAttempts: number,
): Promise<Step<T> | undefined> {
  const { organizationId } = options;
  return database.tenant(
    organizationId,
    async (tx) => {
      await joinRerating(tx, organizationId);
      const running = await findRunning(tx, organizationId);
      const lane = running && (await takeLane(tx, running));
      return lane && takeChunk(tx, running, lane, options, maxAttempts);
    },
    { timeoutMs: TRANSACTION_TIMEOUT_MS },
  );
}

/** One that nobody is at. */
async function takeLane(tx: Transaction, { organizationId, id, phase }: RunningRerating) {
  const [lane] = await tx.$queryRaw<Lane[]>`
    SELECT lane, from_time AS "from", to_time AS "to", cursor_started_at AS "cursorStartedAt",
      cursor_request_id AS "cursorRequestId", cursor_attempt::integer AS "cursorAttempt"
    FROM rerating_lanes WHERE organization_id = ${organizationId} AND rerating_id = ${id} AND phase = ${phase} AND NOT done
    ORDER BY lane LIMIT 1 FOR UPDATE SKIP LOCKED`;
  return lane;
}

async function takeChunk<T>(
  tx: Transaction,
  running: RunningRerating,
  lane: Lane,
  options: RunReratingOptions<T>,
  maxAttempts: number,
): Promise<Step<T>> {
  const apply = running.phase === 'applied';
  const after = cursorOf(lane);
  const chunk = await rerateChunk(tx, {
    ...running,
    from: lane.from,
    to: lane.to,
    reratingId: running.id,
    plan: pricePlanSchema.parse(running.plan),
    after,
    maxAttempts,
    apply,
    now: options.now(),
  });
  const corrections = chunk?.lines.reduce((sum, line) => sum + line.entries, 0) ?? 0;
  const range = chunk && { first: after?.startedAt ?? lane.from, last: chunk.last.startedAt };
  const told = apply && corrections > 0 && range ? ((await options.onCorrections?.(tx, range)) ?? []) : [];
  // What all lanes share is locked last, and in one order.
  if (chunk !== undefined) await addLines(tx, running.organizationId, running.id, running.phase, chunk);
  await moveOn(tx, running, lane, chunk, chunk === undefined || chunk.attempts < maxAttempts);
  return { corrections: apply ? corrections : 0, told };
}

function cursorOf(lane: Lane): AttemptKey | null {
  if (lane.cursorStartedAt === null) return null;
  return {
    startedAt: lane.cursorStartedAt,
    requestId: lane.cursorRequestId,
    attempt: lane.cursorAttempt,
  };
}

async function addLines(
  tx: Transaction,
  organizationId: string,
  reratingId: string,
  phase: Phase,
  { lines }: Chunk,
): Promise<void> {
  if (lines.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO rerating_lines AS l (organization_id, rerating_id, phase, provider, model, credential_owner, livemode, entries,
      unknown_entries, unpriced_entries, old_cost_pico_usd, new_cost_pico_usd, old_charge_pico_usd, new_charge_pico_usd)
    SELECT ${organizationId}, ${reratingId}, ${phase}, n.provider, n.model, n."credentialOwner", n.livemode, n.entries,
      n."unknownEntries", n."unpricedEntries", n."oldCostPicoUsd", n."newCostPicoUsd", n."oldChargePicoUsd", n."newChargePicoUsd"
    FROM jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) AS n(provider text, model text, "credentialOwner" text, livemode boolean,
      entries bigint, "unknownEntries" bigint, "unpricedEntries" bigint, "oldCostPicoUsd" numeric, "newCostPicoUsd" numeric,
      "oldChargePicoUsd" numeric, "newChargePicoUsd" numeric)
    ORDER BY n.provider, n.model, n."credentialOwner", n.livemode
    ON CONFLICT (organization_id, rerating_id, phase, provider, model, credential_owner, livemode) DO UPDATE SET
      entries = l.entries + excluded.entries, unknown_entries = l.unknown_entries + excluded.unknown_entries,
      unpriced_entries = l.unpriced_entries + excluded.unpriced_entries,
      old_cost_pico_usd = l.old_cost_pico_usd + excluded.old_cost_pico_usd,
      new_cost_pico_usd = l.new_cost_pico_usd + excluded.new_cost_pico_usd,
      old_charge_pico_usd = l.old_charge_pico_usd + excluded.old_charge_pico_usd,
      new_charge_pico_usd = l.new_charge_pico_usd + excluded.new_charge_pico_usd`;
}

async function moveOn(
  tx: Transaction,
  { organizationId, id, phase }: RunningRerating,
  { lane }: Lane,
  chunk: Chunk | undefined,
  done: boolean,
): Promise<void> {
  const place = chunk?.last;
  await tx.$executeRaw`
    UPDATE rerating_lanes SET done = ${done}, cursor_started_at = COALESCE(${place?.startedAt.toISOString() ?? null}::timestamptz, cursor_started_at),
      cursor_request_id = COALESCE(${place?.requestId ?? null}::text, cursor_request_id),
      cursor_attempt = COALESCE(${place?.attempt ?? null}::smallint, cursor_attempt)
    WHERE organization_id = ${organizationId} AND rerating_id = ${id} AND phase = ${phase} AND lane = ${lane}`;
  if (chunk === undefined) return;
  await tx.$executeRaw`
    UPDATE reratings SET attempts_seen = attempts_seen + ${chunk.attempts}::bigint
    WHERE organization_id = ${organizationId} AND id = ${id}`;
}

/** Where every lane is done, by whomever. With nothing to correct it is over, and does not stand in the way. */
async function endPhase(
  database: Database,
  { organizationId, now }: Pick<RunReratingOptions, 'organizationId' | 'now'>,
): Promise<void> {
  await database.tenant(organizationId, async (tx) => {
    const running = await findRunning(tx, organizationId);
    if (running === undefined) return;
    const { id, phase } = running;
    const [before, at] = [phase === 'applied' ? 'applying' : 'previewing', now().toISOString()];
    await tx.$executeRaw`
      UPDATE reratings r SET state = CASE WHEN shown.changes AND ${phase} = 'preview' THEN 'previewed' ELSE 'applied' END,
        previewed_at = CASE WHEN ${phase} = 'preview' THEN ${at}::timestamptz ELSE previewed_at END,
        ended_at = CASE WHEN shown.changes AND ${phase} = 'preview' THEN NULL ELSE ${at}::timestamptz END
      FROM (SELECT EXISTS (SELECT FROM rerating_lines l WHERE l.organization_id = ${organizationId} AND l.rerating_id = ${id}
        AND l.phase = 'preview' AND l.entries > 0) AS changes) AS shown
      WHERE r.organization_id = ${organizationId} AND r.id = ${id} AND r.state = ${before}
        AND EXISTS (SELECT FROM rerating_lanes l WHERE l.organization_id = r.organization_id AND l.rerating_id = r.id AND l.phase = ${phase})
        AND NOT EXISTS (SELECT FROM rerating_lanes l WHERE l.organization_id = r.organization_id AND l.rerating_id = r.id AND l.phase = ${phase} AND NOT l.done)`;
  });
}
