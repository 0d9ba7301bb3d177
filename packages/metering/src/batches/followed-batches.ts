/**
 * Batches that providers work on, until the ledger knows what they cost:
 *
 *     following ──▶ settled: an adjustment has brought the attempt to its cost
 *         ├───────▶ unknown: some line's cost cannot be told (no usage, no price); what was assumed stays
 *         └───────▶ lost: the provider could not be asked for days; what was assumed stays
 *
 * An attempt that makes a batch is recorded with an unknown cost, which hard budgets count at what was held for it. Its
 * adjustment is written in the transaction that ends the following, once, whoever is killed when [M2]. Not here: asking
 * the provider (apps/worker).
 */
import type { PriceVersion } from '@tollgate/catalog';
import { priceFromRow } from '@tollgate/catalog/store';
import type { Prisma, Transaction } from '@tollgate/db';
import { z } from 'zod';
import type { BatchModel } from '../frame.ts';
import { toSafeJson } from '../ingest/safe-json.ts';
import type { BatchCost, ModelCost } from './batch-costs.ts';

export type FollowedBatch = Omit<Prisma.ProviderBatchModel, 'models'> & {
  readonly models: readonly BatchModel[];
};

const modelsSchema = z.array(z.object({ name: z.string(), model: z.string(), priceVersionId: z.string() }));

export interface EndedBatch {
  readonly batch: Pick<
    FollowedBatch,
    'id' | 'organizationId' | 'requestId' | 'startedAt' | 'attempt' | 'models'
  >;
  readonly state: 'settled' | 'unknown' | 'lost';
  /** As the provider calls its end: completed, failed, expired, cancelled. Empty: it was never told. */
  readonly outcome: string;
  /** Why the cost is not known; empty where it is. */
  readonly note: string;
  /** Undefined: nothing was read of it. */
  readonly cost: BatchCost | undefined;
  readonly now: Date;
  /** Counts what the transaction has written to the budgets, in that transaction. */
  readonly onCorrections: (range: { readonly first: Date; readonly last: Date }) => Promise<void>;
}

/**
 * Takes batches that are due, each for some minutes: another worker does not read the same files meanwhile, and one that
 * was killed over them is replaced.
 *
 * @returns The longest due first.
 */
export async function listDueBatches(
  tx: Transaction,
  {
    organizationId,
    now,
    limit,
  }: { readonly organizationId: string; readonly now: Date; readonly limit: number },
): Promise<FollowedBatch[]> {
  const taken = await tx.$queryRaw<{ id: string; place: number }[]>`
    -- An array, as a join might ask for the next ones with each row that it looks at.
    WITH due AS MATERIALIZED (SELECT ARRAY(
      SELECT id FROM provider_batches WHERE organization_id = ${organizationId} AND state = 'following'
        AND next_look_at <= ${now.toISOString()}::timestamptz
      ORDER BY next_look_at, id LIMIT ${limit} FOR UPDATE SKIP LOCKED) AS ids)
    UPDATE provider_batches b SET next_look_at = ${takenUntil(now).toISOString()}::timestamptz
    FROM due WHERE b.organization_id = ${organizationId} AND b.id = ANY (due.ids)
    RETURNING b.id, array_position(due.ids, b.id) AS place`;
  if (taken.length === 0) return [];
  const places = new Map(taken.map(({ id, place }) => [id, place]));
  const rows = await tx.providerBatch.findMany({ where: { organizationId, id: { in: [...places.keys()] } } });
  return rows
    .map((row) => ({ ...row, models: modelsSchema.parse(row.models) }))
    .toSorted((a, b) => places.get(a.id)! - places.get(b.id)!);
}

/** Takes it for as long again. @returns Undefined: another worker has it. */
export async function keepBatch(
  tx: Transaction,
  batch: FollowedBatch,
  now: Date,
): Promise<FollowedBatch | undefined> {
  const nextLookAt = takenUntil(now);
  const { count } = await tx.providerBatch.updateMany({ where: heldBy(batch), data: { nextLookAt } });
  return count === 0 ? undefined : { ...batch, nextLookAt };
}

type HeldBatch = Pick<FollowedBatch, 'organizationId' | 'id' | 'nextLookAt'>;

/** What another worker has taken since has another time. */
function heldBy({ organizationId, id, nextLookAt }: HeldBatch) {
  return { organizationId, id, nextLookAt, state: 'following' };
}

function takenUntil(now: Date): Date {
  return new Date(now.getTime() + TAKEN_MS);
}

const TAKEN_MS = 10 * 60_000;

/** The prices that were fixed when batches were made, by id; versions never change. */
export async function loadBatchPrices(
  tx: Transaction,
  models: readonly BatchModel[],
): Promise<ReadonlyMap<string, PriceVersion>> {
  const ids = [...new Set(models.map(({ priceVersionId }) => priceVersionId))].filter((id) => id !== '');
  if (ids.length === 0) return new Map();
  const rows = await tx.priceVersion.findMany({ where: { id: { in: ids } } });
  return new Map(rows.map((row) => [row.id, priceFromRow(row)]));
}

/** When it is looked at again, and what was found out. Nothing changes where another worker has taken it since. */
export async function postponeBatch(
  tx: Transaction,
  batch: HeldBatch,
  found: {
    readonly nextLookAt?: Date;
    /** Times in a row that the provider could not be asked. */
    readonly failures?: number;
    readonly note?: string;
    readonly answeredAt?: Date;
    readonly providerBatchId?: string;
  },
): Promise<void> {
  await tx.providerBatch.updateMany({ where: heldBy(batch), data: found });
}

/**
 * Ends the following. Safe to run twice and at once: whoever comes second changes nothing.
 *
 * @returns Whether this call did.
 */
export async function settleBatch(tx: Transaction, ended: EndedBatch): Promise<boolean> {
  const { batch, state, outcome, note, cost, now } = ended;
  const { organizationId, id } = batch;
  const [row] = await tx.$queryRaw<{ state: string }[]>`
    SELECT state FROM provider_batches WHERE organization_id = ${organizationId} AND id = ${id} FOR UPDATE`;
  if (row?.state !== 'following') return false;
  if (state === 'settled') {
    await writeAdjustments(tx, batch, cost?.models ?? [], outcome, now);
    await ended.onCorrections({ first: batch.startedAt, last: batch.startedAt });
  }
  await tx.providerBatch.updateMany({
    where: { organizationId, id },
    data: {
      state,
      outcome,
      note,
      endedAt: now,
      answeredLines: cost?.answeredLines ?? 0,
      unknownLines: cost?.unknownLines ?? 0,
    },
  });
  return true;
}

interface AdjustmentLine {
  readonly n: number;
  /** Empty: that of the attempt. */
  readonly model: string;
  readonly price_version_id: string;
  readonly adjustment_id: string;
  readonly components: unknown;
  readonly cost: string;
  readonly [tokens: string]: unknown;
}

/**
 * The first adjustment makes the cost known and takes back what budgets have assumed. A batch of one model has no other;
 * of several, each has its own, so that every budget, bill and chart counts it under its model.
 */
async function writeAdjustments(
  tx: Transaction,
  { organizationId, id, requestId, startedAt, attempt, models }: EndedBatch['batch'],
  costs: readonly ModelCost[],
  outcome: string,
  now: Date,
): Promise<void> {
  const isOne = models.length <= 1 && costs.length <= 1;
  const parts: (ModelCost | undefined)[] = isOne ? [costs[0]] : [undefined, ...costs];
  const lines = parts.map((part, index): AdjustmentLine => {
    const { units, ...tokens } = part?.usage ?? { units: {} };
    return {
      n: index + 1,
      model: isOne ? '' : (part?.model ?? ''),
      price_version_id: part?.priceVersionId ?? '',
      // [M2] Postgres refuses a second one of this name.
      adjustment_id: index === 0 ? id : `${id}/${index}`,
      components: part?.components ?? [],
      cost: String(part?.costPicoUsd ?? 0n),
      units,
      ...Object.fromEntries(Object.entries(tokens).map(([name, count]) => [columnOf(name), count])),
    };
  });
  await tx.$executeRaw`
    INSERT INTO usage_entries (organization_id, started_at, request_id, attempt, entry, reason, adjustment_id, settles_unknown,
      team_id, team_path, cost_center, key_id, member_id, service_account_id, end_user, tags, session_id, route_id, requested_model,
      model, provider, credential_id, credential_owner, region, service_tier, endpoint, streamed, livemode, input_tokens,
      cached_input_tokens, cache_write5m_tokens, cache_write1h_tokens, output_tokens, reasoning_tokens, audio_input_tokens,
      audio_output_tokens, units, price_version_id, markup_rule_id, markup_basis_points, components, cost_pico_usd, charge_pico_usd,
      budget_pico_usd, status, http_status, cache, usage_source, recorded_at)
    SELECT b.organization_id, b.started_at, b.request_id, b.attempt, latest.entry + line.n, ${`batch ${outcome}`}, line.adjustment_id,
      line.n = 1, b.team_id, b.team_path, b.cost_center, b.key_id, b.member_id, b.service_account_id, b.end_user, b.tags, b.session_id,
      b.route_id, b.requested_model, COALESCE(NULLIF(line.model, ''), b.model), b.provider, b.credential_id, b.credential_owner, b.region,
      b.service_tier, b.endpoint, b.streamed, b.livemode, COALESCE(line.input_tokens, 0), COALESCE(line.cached_input_tokens, 0),
      COALESCE(line.cache_write5m_tokens, 0), COALESCE(line.cache_write1h_tokens, 0), COALESCE(line.output_tokens, 0),
      COALESCE(line.reasoning_tokens, 0), COALESCE(line.audio_input_tokens, 0), COALESCE(line.audio_output_tokens, 0), line.units,
      line.price_version_id, b.markup_rule_id, b.markup_basis_points, line.components, line.cost, 0,
      CASE WHEN line.n = 1 AND b.budget_pico_usd IS NOT NULL THEN line.cost - b.budget_pico_usd END,
      b.status, b.http_status, b.cache, 'provider', ${now.toISOString()}::timestamptz
    FROM usage_entries b
    CROSS JOIN LATERAL (SELECT max(e.entry) AS entry FROM usage_entries e WHERE e.organization_id = b.organization_id
      AND e.started_at = b.started_at AND e.request_id = b.request_id AND e.attempt = b.attempt) AS latest
    CROSS JOIN jsonb_to_recordset(${toSafeJson(lines)}::jsonb) AS line(n smallint, model text, price_version_id text, adjustment_id text,
      components jsonb, cost bigint, units jsonb, input_tokens bigint, cached_input_tokens bigint, cache_write5m_tokens bigint,
      cache_write1h_tokens bigint, output_tokens bigint, reasoning_tokens bigint, audio_input_tokens bigint, audio_output_tokens bigint)
    WHERE b.organization_id = ${organizationId} AND b.started_at = ${startedAt.toISOString()}::timestamptz
      AND b.request_id = ${requestId} AND b.attempt = ${attempt}::smallint AND b.entry = 0`;
}

/** `cacheWrite5mTokens` is `cache_write5m_tokens`. */
function columnOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
