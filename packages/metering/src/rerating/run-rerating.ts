/**
 * Carries a re-rating on, chunk by chunk: each is one transaction with its corrections, their budgets, the sums
 * that people see, and the place up to which it is done. Killed anywhere, it goes on where it stood.
 *
 * What is shown first and what is applied rate with the same prices: the plan is made once and kept. Entries that
 * arrive behind its place are not corrected; the same period again corrects what is left, and nothing twice.
 */
import type { Database, Transaction } from '@tollgate/db';
import { loadPricePlan } from './load-plan.ts';
import { type PricePlan, pricePlanSchema } from './price-plan.ts';
import { type AttemptKey, type Chunk, type RatedScope, rerateChunk } from './rerate-chunk.ts';

export interface RunReratingOptions<T = unknown> {
  readonly organizationId: string;
  /** The process clock. */
  now(): Date;
  /** Of a chunk; as many as the machine manages in some seconds, unless told. */
  readonly maxAttempts?: number;
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
const TRANSACTION_TIMEOUT_MS = 180_000;

interface ReratingRow {
  readonly id: string;
  readonly state: 'previewing' | 'applying';
  readonly reason: string;
  readonly periodStart: Date;
  readonly periodEnd: Date;
  readonly provider: string;
  readonly model: string;
  readonly ownCredentialsOnly: boolean;
  readonly plan: unknown;
  readonly cursorStartedAt: Date | null;
  readonly cursorRequestId: string;
  readonly cursorAttempt: number;
}

interface Step<T> {
  readonly reratingId: string;
  readonly done: boolean;
  readonly corrections: number;
  readonly told: readonly T[];
}

/** Runs what the organization has to preview or to apply. In the worker's role. @returns Undefined: nothing. */
export async function runRerating<T = unknown>(
  database: Database,
  options: RunReratingOptions<T>,
): Promise<ReratingProgress | undefined> {
  let progress: ReratingProgress | undefined;
  let maxAttempts = options.maxAttempts ?? FIRST_ATTEMPTS;
  while (options.signal?.aborted !== true) {
    const begunMs = performance.now();
    const step = await runStep(database, options, maxAttempts);
    if (step === undefined) return progress;
    if (options.maxAttempts === undefined) {
      maxAttempts = nextMaxAttempts(maxAttempts, performance.now() - begunMs);
    }
    progress = {
      reratingId: step.reratingId,
      chunks: (progress?.chunks ?? 0) + 1,
      corrections: (progress?.corrections ?? 0) + step.corrections,
    };
    if (step.told.length > 0) options.onCorrected?.(options.organizationId, step.told);
    if (step.done) return progress;
  }
  return progress;
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
      // Another worker at it: this one has nothing to do.
      const [row] = await tx.$queryRaw<ReratingRow[]>`
        SELECT id, state, reason, period_start AS "periodStart", period_end AS "periodEnd", provider, model,
          own_credentials_only AS "ownCredentialsOnly", plan, cursor_started_at AS "cursorStartedAt",
          cursor_request_id AS "cursorRequestId", cursor_attempt::integer AS "cursorAttempt"
        FROM reratings WHERE organization_id = ${organizationId} AND state IN ('previewing', 'applying')
        FOR UPDATE SKIP LOCKED`;
      return row === undefined ? undefined : takeChunk(tx, row, options, maxAttempts);
    },
    { timeoutMs: TRANSACTION_TIMEOUT_MS },
  );
}

async function takeChunk<T>(
  tx: Transaction,
  row: ReratingRow,
  options: RunReratingOptions<T>,
  maxAttempts: number,
): Promise<Step<T>> {
  const { organizationId } = options;
  const now = options.now();
  const apply = row.state === 'applying';
  const scope: RatedScope = {
    organizationId,
    from: row.periodStart,
    to: row.periodEnd,
    provider: row.provider,
    model: row.model,
    ownCredentialsOnly: row.ownCredentialsOnly,
  };
  const plan = row.plan === null ? await makePlan(tx, row.id, scope) : pricePlanSchema.parse(row.plan);
  const chunk = await rerateChunk(tx, {
    ...scope,
    reratingId: row.id,
    reason: row.reason,
    plan,
    after: cursorOf(row),
    maxAttempts,
    apply,
    now,
  });
  if (chunk !== undefined) await addLines(tx, organizationId, row.id, apply ? 'applied' : 'preview', chunk);
  const corrections = chunk?.lines.reduce((sum, line) => sum + line.entries, 0) ?? 0;
  const range = chunk && { first: cursorOf(row)?.startedAt ?? row.periodStart, last: chunk.last.startedAt };
  const told = apply && corrections > 0 && range ? ((await options.onCorrections?.(tx, range)) ?? []) : [];
  const done = chunk === undefined || chunk.attempts < maxAttempts;
  await moveOn(tx, row, chunk, done, now);
  return { reratingId: row.id, done, corrections: apply ? corrections : 0, told };
}

function cursorOf(row: ReratingRow): AttemptKey | null {
  if (row.cursorStartedAt === null) return null;
  return { startedAt: row.cursorStartedAt, requestId: row.cursorRequestId, attempt: row.cursorAttempt };
}

async function makePlan(tx: Transaction, id: string, scope: RatedScope): Promise<PricePlan> {
  const plan = await loadPricePlan(tx, scope);
  await tx.$executeRaw`
    UPDATE reratings SET plan = ${JSON.stringify(plan)}::jsonb WHERE organization_id = ${scope.organizationId} AND id = ${id}`;
  return plan;
}

async function addLines(
  tx: Transaction,
  organizationId: string,
  reratingId: string,
  phase: 'preview' | 'applied',
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
  row: ReratingRow,
  chunk: Chunk | undefined,
  done: boolean,
  now: Date,
): Promise<void> {
  const at = now.toISOString();
  if (chunk !== undefined) {
    await tx.$executeRaw`
      UPDATE reratings SET cursor_started_at = ${chunk.last.startedAt.toISOString()}::timestamptz,
        cursor_request_id = ${chunk.last.requestId}, cursor_attempt = ${chunk.last.attempt}::smallint,
        attempts_seen = attempts_seen + ${chunk.attempts}::bigint
      WHERE organization_id = current_organization() AND id = ${row.id}`;
  }
  if (!done) return;
  if (row.state === 'previewing') {
    // With nothing to correct there is nothing for people to decide: it is over, and does not stand in the way.
    await tx.$executeRaw`
      UPDATE reratings r SET previewed_at = ${at}::timestamptz, state = CASE WHEN shown.changes THEN 'previewed' ELSE 'applied' END,
        ended_at = CASE WHEN shown.changes THEN NULL ELSE ${at}::timestamptz END
      FROM (SELECT EXISTS (SELECT FROM rerating_lines l WHERE l.organization_id = current_organization() AND l.rerating_id = ${row.id}
        AND l.phase = 'preview' AND l.entries > 0) AS changes) AS shown
      WHERE r.organization_id = current_organization() AND r.id = ${row.id}`;
  } else {
    await tx.$executeRaw`
      UPDATE reratings SET state = 'applied', ended_at = ${at}::timestamptz
      WHERE organization_id = current_organization() AND id = ${row.id}`;
  }
}
