/**
 * Rates some thousand attempts again, in one statement: what each costs by the plan, less what the ledger has of it,
 * is its correction.
 *
 * A correction takes back the components that are no longer right and states the right ones, so that lines of
 * documents at the old price shrink and lines at the new one grow. What was corrected as one amount, without
 * components (a provider's bill), stays. Attempts that no price covers stay as they are and are counted.
 */
import { empty, type Prisma, sql, type Transaction } from '@tollgate/db';
import type { PricePlan } from './price-plan.ts';
import { markupRows, RATED, SHEET_APPLIES, sheetRows } from './rating-sql.ts';

/** An attempt's place in the order in which a re-rating goes through the ledger. */
export interface AttemptKey {
  readonly startedAt: Date;
  readonly requestId: string;
  readonly attempt: number;
}

/** Which attempts are rated again. */
export interface RatedScope {
  readonly organizationId: string;
  readonly from: Date;
  readonly to: Date;
  /** Empty: every one. */
  readonly provider: string;
  readonly model: string;
  readonly ownCredentialsOnly: boolean;
}

export interface ChunkQuestion extends RatedScope {
  readonly reratingId: string;
  readonly reason: string;
  readonly plan: PricePlan;
  /** The last attempt of the chunk before; null: none. */
  readonly after: AttemptKey | null;
  readonly maxAttempts: number;
  /** Whether corrections are written, or only summed. */
  readonly apply: boolean;
  readonly now: Date;
}

/** What changes of one model; amounts are decimal text of pico-USD. */
export interface ChunkLine {
  readonly provider: string;
  readonly model: string;
  readonly credentialOwner: string;
  readonly livemode: boolean;
  readonly entries: number;
  readonly unknownEntries: number;
  readonly unpricedEntries: number;
  readonly oldCostPicoUsd: string;
  readonly newCostPicoUsd: string;
  readonly oldChargePicoUsd: string;
  readonly newChargePicoUsd: string;
}

export interface Chunk {
  readonly last: AttemptKey;
  readonly attempts: number;
  readonly lines: readonly ChunkLine[];
}

/** @returns Undefined when there is no attempt behind the cursor. */
export async function rerateChunk(tx: Transaction, question: ChunkQuestion): Promise<Chunk | undefined> {
  const end = await findChunkEnd(tx, question);
  if (end === undefined) return undefined;
  const { attempts, ...last } = end;
  const lines = await tx.$queryRaw<ChunkLine[]>`
    WITH ${chunkChanges(question, last)}
    ${question.apply ? sql`, written AS (${writeChanges(question)})` : empty}
    SELECT provider, model, credential_owner AS "credentialOwner", livemode,
      (count(*) FILTER (WHERE changed))::integer AS entries,
      (count(*) FILTER (WHERE changed AND was_unknown))::integer AS "unknownEntries",
      (count(*) FILTER (WHERE was_unknown AND NOT changed))::integer AS "unpricedEntries",
      COALESCE(sum(old_cost) FILTER (WHERE changed), 0)::text AS "oldCostPicoUsd",
      COALESCE(sum(new_cost) FILTER (WHERE changed), 0)::text AS "newCostPicoUsd",
      COALESCE(sum(old_charge) FILTER (WHERE changed), 0)::text AS "oldChargePicoUsd",
      COALESCE(sum(new_charge) FILTER (WHERE changed), 0)::text AS "newChargePicoUsd"
    FROM changes GROUP BY 1, 2, 3, 4 HAVING bool_or(changed OR was_unknown)`;
  return { last, attempts, lines };
}

async function findChunkEnd(
  tx: Transaction,
  question: ChunkQuestion,
): Promise<(AttemptKey & { attempts: number }) | undefined> {
  const [end] = await tx.$queryRaw<(AttemptKey & { attempts: number })[]>`
    WITH page AS MATERIALIZED (
      SELECT e.started_at, e.request_id, e.attempt FROM usage_entries e
      WHERE ${inScope(question)} ${behindCursor(question)}
      ORDER BY e.started_at, e.request_id, e.attempt LIMIT ${question.maxAttempts})
    SELECT started_at AS "startedAt", request_id AS "requestId", attempt::integer AS attempt, count(*) OVER ()::integer AS attempts
    FROM page ORDER BY started_at DESC, request_id DESC, page.attempt DESC LIMIT 1`;
  return end;
}

/** Over the alias `e`: attempts that were sent. An answer from a cache cost nothing, whatever prices say. */
export function inScope({
  organizationId,
  from,
  to,
  provider,
  model,
  ownCredentialsOnly,
}: RatedScope): Prisma.Sql {
  return sql`e.organization_id = ${organizationId} AND e.entry = 0 AND e.usage_source <> 'none' AND e.cache <> 'hit'
    AND e.started_at >= ${from.toISOString()}::timestamptz AND e.started_at < ${to.toISOString()}::timestamptz
    ${provider === '' ? empty : sql`AND e.provider = ${provider}`} ${model === '' ? empty : sql`AND e.model = ${model}`}
    ${ownCredentialsOnly ? sql`AND e.credential_owner = 'organization'` : empty}`;
}

function behindCursor({ after }: ChunkQuestion): Prisma.Sql {
  return after === null ? empty : sql`AND (e.started_at, e.request_id, e.attempt) > ${keyOf(after)}`;
}

function keyOf({ startedAt, requestId, attempt }: AttemptKey): Prisma.Sql {
  return sql`(${startedAt.toISOString()}::timestamptz, ${requestId}::text, ${attempt}::smallint)`;
}

/** `changes`: every attempt of the chunk that is not known to be right, with what it should cost. */
function chunkChanges(question: ChunkQuestion, last: AttemptKey): Prisma.Sql {
  const range = sql`${behindCursor(question)} AND (e.started_at, e.request_id, e.attempt) <= ${keyOf(last)}`;
  const times = sql`e.organization_id = ${question.organizationId}
    AND e.started_at >= ${(question.after?.startedAt ?? question.from).toISOString()}::timestamptz
    AND e.started_at <= ${last.startedAt.toISOString()}::timestamptz`;
  return sql`
    base AS MATERIALIZED (SELECT e.* FROM usage_entries e WHERE ${inScope(question)} ${range}),
    later AS MATERIALIZED (
      SELECT e.started_at, e.request_id, e.attempt, max(e.entry) AS last_entry, bool_or(e.settles_unknown) AS settles_unknown,
        COALESCE(jsonb_agg(part) FILTER (WHERE part IS NOT NULL), '[]'::jsonb) AS components
      FROM usage_entries e LEFT JOIN LATERAL jsonb_array_elements(e.components) AS part ON true
      WHERE ${times} AND e.entry > 0 ${range} GROUP BY 1, 2, 3),
    candidates AS MATERIALIZED (
      SELECT c.*, later.last_entry, sheet.price_id, sheet.prices, markup.per_unit,
        c.cost_pico_usd IS NULL AND later.settles_unknown IS NOT TRUE AS was_unknown,
        CASE WHEN later.components IS NULL THEN c.components ELSE c.components || later.components END AS old_components
      FROM base c
      LEFT JOIN later ON later.started_at = c.started_at AND later.request_id = c.request_id AND later.attempt = c.attempt
      LEFT JOIN ${sheetRows(question.plan)} ON ${SHEET_APPLIES}
      LEFT JOIN ${markupRows(question.plan)} ON markup.rule_id = c.markup_rule_id
      -- What was rated with this very version, and not corrected since, is right: versions never change.
      WHERE c.price_version_id IS DISTINCT FROM sheet.price_id OR c.cost_pico_usd IS NULL OR later.last_entry IS NOT NULL),
    rated AS MATERIALIZED (
      SELECT c.*, r.components AS new_components, r.cost AS new_cost, r.charge AS new_charge,
        c.prices IS NULL OR r.unknown AS still_unknown
      FROM candidates c CROSS JOIN ${RATED}),
    changes AS MATERIALIZED (
      SELECT c.*, d.components AS delta_components, d.cost AS delta_cost, d.charge AS delta_charge,
        c.new_cost - d.cost AS old_cost, c.new_charge - d.charge AS old_charge,
        NOT c.still_unknown AND (d.components IS NOT NULL OR c.was_unknown)
          AND abs(d.cost) <= 9223372036854775807 AND abs(d.charge) <= 9223372036854775807 AS changed
      FROM rated c CROSS JOIN ${DELTA})`;
}

/**
 * A lateral row `d`: new components less old ones. Those that are equal cancel out, except that input and cached
 * input stay together where one of them changes: what a cache saved is read off the pair.
 */
const DELTA = sql`LATERAL (
  SELECT jsonb_agg(jsonb_build_object('component', piece.component, 'quantity', piece.quantity, 'unitPricePicoUsd', piece.unit::text,
      'costPicoUsd', piece.cost::text, 'chargePicoUsd', piece.charge::text) ORDER BY piece.sign, piece.component, piece.unit) AS components,
    COALESCE(sum(piece.cost), 0) AS cost, COALESCE(sum(piece.charge), 0) AS charge
  FROM (
    SELECT side.sign, pair.component, pair.unit, side.quantity, side.cost, side.charge
    FROM (
      SELECT both_sides.*, bool_or(differs) FILTER (WHERE component IN ('input', 'cachedInput')) OVER () AS input_differs
      FROM (
        SELECT COALESCE(old.component, new.component) AS component, COALESCE(old.unit, new.unit) AS unit,
          COALESCE(old.quantity, 0) AS old_quantity, COALESCE(old.cost, 0) AS old_cost, COALESCE(old.charge, 0) AS old_charge,
          COALESCE(new.quantity, 0) AS new_quantity, COALESCE(new.cost, 0) AS new_cost, COALESCE(new.charge, 0) AS new_charge,
          (COALESCE(old.quantity, 0), COALESCE(old.cost, 0), COALESCE(old.charge, 0))
            IS DISTINCT FROM (COALESCE(new.quantity, 0), COALESCE(new.cost, 0), COALESCE(new.charge, 0)) AS differs
        FROM (
          SELECT p.component, p."unitPricePicoUsd" AS unit, sum(p.quantity) AS quantity, sum(p."costPicoUsd") AS cost, sum(p."chargePicoUsd") AS charge
          FROM jsonb_to_recordset(c.old_components)
            AS p(component text, "unitPricePicoUsd" numeric, quantity numeric, "costPicoUsd" numeric, "chargePicoUsd" numeric)
          GROUP BY 1, 2) AS old
        FULL JOIN (
          SELECT p.component, p."unitPricePicoUsd" AS unit, p.quantity, p."costPicoUsd" AS cost, p."chargePicoUsd" AS charge
          FROM jsonb_to_recordset(c.new_components)
            AS p(component text, "unitPricePicoUsd" numeric, quantity numeric, "costPicoUsd" numeric, "chargePicoUsd" numeric)) AS new
          ON new.component = old.component AND new.unit = old.unit
      ) AS both_sides
    ) AS pair
    CROSS JOIN LATERAL (VALUES
      (0, -pair.old_quantity, -pair.old_cost, -pair.old_charge),
      (1, pair.new_quantity, pair.new_cost, pair.new_charge)) AS side(sign, quantity, cost, charge)
    WHERE (pair.differs OR (pair.input_differs AND pair.component IN ('input', 'cachedInput')))
      AND (side.quantity, side.cost, side.charge) IS DISTINCT FROM (0, 0, 0)
  ) AS piece
) AS d`;

/** Budgets counted an unknown cost at its hold: now it counts at what it is. */
const BUDGET_AMOUNT = sql`CASE WHEN was_unknown AND budget_pico_usd IS NOT NULL
  THEN (CASE WHEN credential_owner = 'operator' THEN delta_charge ELSE delta_cost END) - budget_pico_usd END`;

function writeChanges({ reratingId, reason, now }: ChunkQuestion): Prisma.Sql {
  return sql`
    INSERT INTO usage_entries (organization_id, started_at, request_id, attempt, entry, reason, adjustment_id, settles_unknown,
      team_id, team_path, cost_center, key_id, member_id, service_account_id, end_user, tags, session_id, route_id, requested_model,
      model, provider, credential_id, credential_owner, region, service_tier, endpoint, streamed, livemode, price_version_id,
      markup_rule_id, markup_basis_points, components, cost_pico_usd, charge_pico_usd, budget_pico_usd, status, http_status, cache,
      usage_source, recorded_at)
    SELECT organization_id, started_at, request_id, attempt, COALESCE(last_entry, 0) + 1, ${reason}, ${reratingId}, was_unknown,
      team_id, team_path, cost_center, key_id, member_id, service_account_id, end_user, tags, session_id, route_id, requested_model,
      model, provider, credential_id, credential_owner, region, service_tier, endpoint, streamed, livemode, price_id,
      markup_rule_id, markup_basis_points, COALESCE(delta_components, '[]'::jsonb), delta_cost::bigint, delta_charge::bigint, ${BUDGET_AMOUNT},
      status, http_status, cache, usage_source, ${now.toISOString()}::timestamptz
    FROM changes WHERE changed
    RETURNING 1`;
}
