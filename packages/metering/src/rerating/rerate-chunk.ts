/**
 * Rates some thousand attempts again, in one statement: what each costs by the plan, less what the ledger has of it,
 * is its correction.
 *
 * A correction takes back the components that are no longer right and states the right ones, so that lines of
 * documents at the old price shrink and lines at the new one grow. What was corrected as one amount, without
 * components (a provider's bill), stays. Attempts that no price covers stay as they are and are counted.
 */
import { empty, type Prisma, sql, type Transaction } from '@tollgate/db';
import { plainChanges } from './plain-changes.ts';
import type { PricePlan } from './price-plan.ts';
import { markupRows, RATED_PARTS, RATED_SUMS, SHEET_APPLIES, sheetRows } from './rating-sql.ts';

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
  await tunePlanner(tx, true);
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
  await tunePlanner(tx, false);
  return { last, attempts, lines };
}

/**
 * Compiling so large a statement anew each time takes longer than running it, and a planner that does not know how many
 * rows its steps hand on joins them one by one.
 */
export async function tunePlanner(tx: Transaction, tuned: boolean): Promise<void> {
  await tx.$executeRaw`SELECT set_config('jit', 'off', true), set_config('work_mem', '128MB', true), set_config('statement_timeout', '170s', true),
    set_config('enable_nestloop', ${tuned ? 'off' : 'on'}, true)`;
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

/**
 * Over the alias `e`: attempts that were sent. An answer from a cache cost nothing, whatever prices say; and what a batch
 * used stands in its adjustments, rated with the prices that were fixed when it was made.
 */
export function inScope({
  organizationId,
  from,
  to,
  provider,
  model,
  ownCredentialsOnly,
}: RatedScope): Prisma.Sql {
  return sql`e.organization_id = ${organizationId} AND e.entry = 0 AND e.usage_source <> 'none' AND e.cache <> 'hit' AND e.endpoint <> 'batches'
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

/**
 * `changes`: every attempt of the chunk that is not known to be right, with what it should cost.
 *
 * Nearly all are plain (see `PLAIN`) and take one step each; the rest go through the general way, which explodes, joins
 * and sums all components at once.
 */
function chunkChanges(question: ChunkQuestion, last: AttemptKey): Prisma.Sql {
  const range = sql`${behindCursor(question)} AND (e.started_at, e.request_id, e.attempt) <= ${keyOf(last)}`;
  const times = sql`e.organization_id = ${question.organizationId}
    AND e.started_at >= ${(question.after?.startedAt ?? question.from).toISOString()}::timestamptz
    AND e.started_at <= ${last.startedAt.toISOString()}::timestamptz`;
  const limit = sql`9223372036854775807`;
  return sql`
    base AS MATERIALIZED (
      SELECT row_number() OVER () AS n, e.* FROM usage_entries e WHERE ${inScope(question)} ${range}),
    later AS MATERIALIZED (
      SELECT e.started_at, e.request_id, e.attempt, max(e.entry) AS last_entry, bool_or(e.settles_unknown) AS settles_unknown,
        COALESCE(jsonb_agg(part) FILTER (WHERE part IS NOT NULL), '[]'::jsonb) AS components
      FROM usage_entries e LEFT JOIN LATERAL jsonb_array_elements(e.components) AS part ON true
      WHERE ${times} AND e.entry > 0 ${range} GROUP BY 1, 2, 3),
    found AS MATERIALIZED (
      SELECT c.n, c.provider, c.model, c.credential_owner, c.livemode, c.input_tokens, c.cached_input_tokens, c.cache_write5m_tokens,
        c.cache_write1h_tokens, c.output_tokens, c.reasoning_tokens, c.audio_input_tokens, c.audio_output_tokens, c.units,
        c.markup_basis_points, c.components, later.last_entry, later.components AS later_components, sheet.price_id, sheet.prices,
        markup.per_unit, c.cost_pico_usd IS NULL AND later.settles_unknown IS NOT TRUE AS was_unknown
      FROM base c
      LEFT JOIN later ON later.started_at = c.started_at AND later.request_id = c.request_id AND later.attempt = c.attempt
      LEFT JOIN ${sheetRows(question.plan)} ON ${SHEET_APPLIES}
      LEFT JOIN ${markupRows(question.plan)} ON markup.rule_id = c.markup_rule_id
      -- What was rated with this very version, and not corrected since, is right: versions never change.
      WHERE c.price_version_id IS DISTINCT FROM sheet.price_id OR c.cost_pico_usd IS NULL OR later.last_entry IS NOT NULL),
    plain AS MATERIALIZED (${plainChanges(question.apply)}),
    candidates AS MATERIALIZED (SELECT f.* FROM found f LEFT JOIN plain ON plain.n = f.n WHERE plain.n IS NULL),
    part AS MATERIALIZED (${RATED_PARTS}),
    rated AS (${RATED_SUMS}),
    pair AS MATERIALIZED (${PAIRS}),
    piece AS (${PIECES}),
    delta AS (
      SELECT n, sum(cost) AS cost, sum(charge) AS charge, ${question.apply ? PIECES_AS_JSON : sql`'[]'::jsonb`} AS components
      FROM piece GROUP BY n),
    changes AS MATERIALIZED (
      SELECT c.n, c.provider, c.model, c.credential_owner, c.livemode, c.price_id, c.last_entry, c.was_unknown,
        delta.components AS delta_components, COALESCE(delta.cost, 0) AS delta_cost, COALESCE(delta.charge, 0) AS delta_charge,
        COALESCE(rated.cost, 0) AS new_cost, COALESCE(rated.charge, 0) AS new_charge,
        COALESCE(rated.cost, 0) - COALESCE(delta.cost, 0) AS old_cost, COALESCE(rated.charge, 0) - COALESCE(delta.charge, 0) AS old_charge,
        c.prices IS NOT NULL AND rated.unknown IS NOT TRUE AND (delta.n IS NOT NULL OR c.was_unknown)
          AND abs(COALESCE(delta.cost, 0)) <= ${limit} AND abs(COALESCE(delta.charge, 0)) <= ${limit} AS changed
      FROM candidates c LEFT JOIN rated ON rated.n = c.n LEFT JOIN delta ON delta.n = c.n
      UNION ALL
      SELECT n, provider, model, credential_owner, livemode, price_id, NULL, false, delta_components,
        new_cost - old_cost, new_charge - old_charge, new_cost, new_charge, old_cost, old_charge,
        differs AND abs(new_cost - old_cost) <= ${limit} AND abs(new_charge - old_charge) <= ${limit}
      FROM plain)`;
}

/**
 * New components less old ones. Those that are equal cancel out, except that input and cached input stay together where
 * one of them changes: what a cache saved is read off the pair.
 */
const PIECES = sql`
  SELECT n, component, unit, 0 AS sign, -old_quantity AS quantity, -old_cost AS cost, -old_charge AS charge
  FROM pair WHERE (differs OR (input_differs AND component IN ('input', 'cachedInput'))) AND (old_quantity <> 0 OR old_cost <> 0 OR old_charge <> 0)
  UNION ALL
  SELECT n, component, unit, 1, new_quantity, new_cost, new_charge
  FROM pair WHERE (differs OR (input_differs AND component IN ('input', 'cachedInput'))) AND new_quantity <> 0`;

/** What the ledger has of each component and unit price; only what was corrected before has to be summed. */
const OLD_PARTS = sql`
  SELECT c.n, p.component, p."unitPricePicoUsd" AS unit, p.quantity, p."costPicoUsd" AS cost, p."chargePicoUsd" AS charge
  FROM candidates c CROSS JOIN LATERAL jsonb_to_recordset(c.components)
    AS p(component text, "unitPricePicoUsd" numeric, quantity numeric, "costPicoUsd" numeric, "chargePicoUsd" numeric)
  WHERE c.later_components IS NULL
  UNION ALL
  SELECT c.n, p.component, p."unitPricePicoUsd", sum(p.quantity), sum(p."costPicoUsd"), sum(p."chargePicoUsd")
  FROM candidates c CROSS JOIN LATERAL jsonb_to_recordset(c.components || c.later_components)
    AS p(component text, "unitPricePicoUsd" numeric, quantity numeric, "costPicoUsd" numeric, "chargePicoUsd" numeric)
  WHERE c.later_components IS NOT NULL GROUP BY 1, 2, 3`;

const PAIRS = sql`
  SELECT both_sides.*, bool_or(differs) FILTER (WHERE component IN ('input', 'cachedInput')) OVER (PARTITION BY n) AS input_differs
  FROM (
    SELECT COALESCE(old.n, new.n) AS n, COALESCE(old.component, new.component) AS component, COALESCE(old.unit, new.unit) AS unit,
      COALESCE(old.quantity, 0) AS old_quantity, COALESCE(old.cost, 0) AS old_cost, COALESCE(old.charge, 0) AS old_charge,
      COALESCE(new.quantity, 0) AS new_quantity, COALESCE(new.cost, 0) AS new_cost, COALESCE(new.charge, 0) AS new_charge,
      COALESCE(old.quantity, 0) <> COALESCE(new.quantity, 0) OR COALESCE(old.cost, 0) <> COALESCE(new.cost, 0)
        OR COALESCE(old.charge, 0) <> COALESCE(new.charge, 0) AS differs
    FROM (${OLD_PARTS}) AS old
    FULL JOIN (SELECT * FROM part WHERE NOT bad) AS new ON new.n = old.n AND new.component = old.component AND new.unit = old.unit
  ) AS both_sides`;

const PIECES_AS_JSON = sql`jsonb_agg(jsonb_build_object('component', component, 'quantity', quantity, 'unitPricePicoUsd', unit::text,
  'costPicoUsd', cost::text, 'chargePicoUsd', charge::text) ORDER BY sign, component, unit)`;

/** Budgets counted an unknown cost at its hold: now it counts at what it is. */
const BUDGET_AMOUNT = sql`CASE WHEN c.was_unknown AND b.budget_pico_usd IS NOT NULL
  THEN (CASE WHEN b.credential_owner = 'operator' THEN c.delta_charge ELSE c.delta_cost END) - b.budget_pico_usd END`;

function writeChanges({ reratingId, reason, now }: ChunkQuestion): Prisma.Sql {
  return sql`
    INSERT INTO usage_entries (organization_id, started_at, request_id, attempt, entry, reason, adjustment_id, settles_unknown,
      team_id, team_path, cost_center, key_id, member_id, service_account_id, end_user, tags, session_id, route_id, requested_model,
      model, provider, credential_id, credential_owner, region, service_tier, endpoint, streamed, livemode, price_version_id,
      markup_rule_id, markup_basis_points, components, cost_pico_usd, charge_pico_usd, budget_pico_usd, status, http_status, cache,
      usage_source, recorded_at)
    SELECT b.organization_id, b.started_at, b.request_id, b.attempt, COALESCE(c.last_entry, 0) + 1, ${reason}, ${reratingId}, c.was_unknown,
      b.team_id, b.team_path, b.cost_center, b.key_id, b.member_id, b.service_account_id, b.end_user, b.tags, b.session_id, b.route_id,
      b.requested_model, b.model, b.provider, b.credential_id, b.credential_owner, b.region, b.service_tier, b.endpoint, b.streamed,
      b.livemode, c.price_id, b.markup_rule_id, b.markup_basis_points, COALESCE(c.delta_components, '[]'::jsonb), c.delta_cost::bigint,
      c.delta_charge::bigint, ${BUDGET_AMOUNT}, b.status, b.http_status, b.cache, b.usage_source, ${now.toISOString()}::timestamptz
    FROM changes c JOIN base b ON b.n = c.n WHERE c.changed
    RETURNING 1`;
}
