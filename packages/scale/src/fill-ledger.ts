/**
 * Requests by the million into the ledger and the request log, in the worker's role and in pieces of 10,000, as intake
 * writes them (packages/billing/docs/roll-up-by-cursor.md says why no transaction may be larger).
 */
import type { Database } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import type { Dimensions } from './people-and-keys.ts';
import type { PricedAttempt } from './priced-usage.ts';
import type { SeededRandom } from './random.ts';

export interface LedgerOptions {
  /** In the worker's role. */
  readonly database: Database;
  readonly organizationId: string;
  readonly credentialId: string;
  readonly dimensions: Dimensions;
  /** By model; a key calls few of them. */
  readonly attemptsByModel: readonly (readonly PricedAttempt[])[];
  readonly entryCount: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly random: SeededRandom;
  readonly onProgress?: (writtenCount: number) => void;
}

const PIECE = 10_000;
const ATTEMPTS_PER_PIECE = 400;
const MODELS_PER_KEY = 3;
const END_USER_COUNT = 20_000;
const ENVIRONMENTS = ['prod', 'staging', 'dev'];

export async function fillLedger(options: LedgerOptions): Promise<void> {
  await ensurePartitions(options);
  for (let written = 0; written < options.entryCount; ) {
    const count = Math.min(PIECE, options.entryCount - written);
    await fillPiece(options, written, count);
    written += count;
    options.onProgress?.(written);
  }
}

async function ensurePartitions({ database, fromMs, toMs }: LedgerOptions): Promise<void> {
  const month = new Date(fromMs);
  month.setUTCDate(1);
  for (; month.getTime() < toMs; month.setUTCMonth(month.getUTCMonth() + 1)) {
    const day = month.toISOString().slice(0, 10);
    await database.platform((tx) => tx.$queryRaw`SELECT ensure_month_partitions(${day}::date)::text`);
  }
}

async function fillPiece(options: LedgerOptions, written: number, count: number): Promise<void> {
  const { database, organizationId, credentialId, dimensions, random } = options;
  const { attemptsByModel } = options;
  const attempts = Array.from({ length: ATTEMPTS_PER_PIECE }, (_, index) => ({
    index,
    ...random.pick(attemptsByModel[index % attemptsByModel.length]!),
  }));
  const rows = Array.from({ length: count }, () => {
    // In the order of time, as they come.
    const share = (written + random.next() * count) / options.entryCount;
    const startedAtMs = Math.floor(options.fromMs + share * (options.toMs - options.fromMs));
    const keyIndex = random.skewedBelow(dimensions.keys.length);
    const key = dimensions.keys[keyIndex]!;
    const modelIndex = (keyIndex * 7 + random.skewedBelow(MODELS_PER_KEY)) % attemptsByModel.length;
    const team = dimensions.teams[key.teamIndex]!;
    const isFailure = random.below(60) === 0;
    return {
      at: new Date(startedAtMs).toISOString(),
      id: newId('request', startedAtMs),
      a: modelIndex + attemptsByModel.length * random.below(ATTEMPTS_PER_PIECE / attemptsByModel.length - 1),
      k: key.id,
      t: team.id,
      c: team.costCenter,
      u: random.next() < 0.3 ? `user-${random.skewedBelow(END_USER_COUNT)}` : '',
      e: random.pick(ENVIRONMENTS),
      l: random.below(20) !== 0,
      s: isFailure ? 'failed' : 'succeeded',
      h: isFailure ? 503 : 200,
      ms: 120 + random.skewedBelow(9_000),
    };
  });
  const rowsJson = JSON.stringify(rows);
  const attemptsJson = JSON.stringify(attempts);
  await database.tenant(
    organizationId,
    async (tx) => {
      await tx.$executeRaw`
        WITH r AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(${rowsJson}::jsonb) AS r(at timestamptz, id text, a int,
            k text, t text, c text, u text, e text, l boolean, s text, h smallint, ms int)),
        a AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(${attemptsJson}::jsonb) AS a(index int, model text, provider text,
            service_tier text, credential_owner text, price_version_id text, markup_basis_points int, endpoint text,
            streamed boolean, input_tokens bigint, cached_input_tokens bigint, cache_write5m_tokens bigint,
            cache_write1h_tokens bigint, output_tokens bigint, reasoning_tokens bigint, audio_input_tokens bigint,
            audio_output_tokens bigint, units jsonb, components jsonb, cost_pico_usd bigint, charge_pico_usd bigint))
        INSERT INTO usage_entries (organization_id, started_at, request_id, attempt, entry, team_id, team_path,
          cost_center, key_id, end_user, tags, requested_model, model, provider, credential_id, credential_owner,
          service_tier, endpoint, streamed, livemode, input_tokens, cached_input_tokens, cache_write5m_tokens,
          cache_write1h_tokens, output_tokens, reasoning_tokens, audio_input_tokens, audio_output_tokens, units,
          price_version_id, markup_basis_points, components, cost_pico_usd, charge_pico_usd, status, http_status,
          usage_source, total_ms, first_token_ms)
        SELECT ${organizationId}, r.at, r.id, 1, 0, r.t, r.t, r.c, r.k, r.u, jsonb_build_object('env', r.e), a.model, a.model,
          a.provider, ${credentialId}, a.credential_owner, a.service_tier, a.endpoint, a.streamed, r.l, a.input_tokens,
          a.cached_input_tokens, a.cache_write5m_tokens, a.cache_write1h_tokens, a.output_tokens, a.reasoning_tokens,
          a.audio_input_tokens, a.audio_output_tokens, a.units, a.price_version_id, a.markup_basis_points, a.components,
          a.cost_pico_usd, a.charge_pico_usd, r.s, r.h, 'provider', r.ms, r.ms / 4
        FROM r JOIN a ON a.index = r.a`;
      await tx.$executeRaw`
        WITH r AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(${rowsJson}::jsonb) AS r(at timestamptz, id text, a int,
            k text, t text, u text, e text, l boolean, h smallint, ms int)),
        a AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(${attemptsJson}::jsonb) AS a(index int, model text, provider text,
            endpoint text, streamed boolean))
        INSERT INTO request_logs (organization_id, started_at, request_id, key_id, team_id, end_user, tags, endpoint, dialect,
          requested_model, model, provider, streamed, livemode, status, attempts, total_ms, first_token_ms, overhead_us)
        SELECT ${organizationId}, r.at, r.id, r.k, r.t, r.u, jsonb_build_object('env', r.e), a.endpoint, 'openai',
          a.model, a.model, a.provider, a.streamed, r.l, r.h, 1, r.ms, r.ms / 4, 300
        FROM r JOIN a ON a.index = r.a`;
    },
    { timeoutMs: 120_000 },
  );
}
