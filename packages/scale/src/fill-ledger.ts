/**
 * Requests by the million into the ledger and the request log, in the worker's role and in pieces of 10,000, as intake
 * writes them (packages/billing/docs/roll-up-by-cursor.md says why no transaction may be larger).
 *
 * What was used at which price comes from some hundred rated attempts per piece; who, when and how it went is chosen
 * request by request. Both meet inside Postgres. Several pieces are written at a time.
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
  /** Requests before it have no log any more, as retention would have it. */
  readonly logsFromMs: number;
  /**
   * `time`: in the order of time, as they come. `days`: each piece within a day, the days in turns, so that wherever it
   * ends all days have as many.
   */
  readonly order?: 'time' | 'days';
  /** By `performance.now()`: no piece is begun after it. */
  readonly untilMs?: number;
  readonly random: SeededRandom;
  readonly onProgress?: (writtenCount: number) => void;
}

const PIECE = 10_000;
const WRITERS = 3;
const ATTEMPTS_PER_PIECE = 400;
const MODELS_PER_KEY = 3;
const DAY_MS = 86_400_000;
/** Days are taken so far apart that a fill that ends early has not missed a month. */
const DAY_STRIDE = 37;
const END_USER_COUNT = 20_000;
const ENVIRONMENTS = ['prod', 'staging', 'dev'];

/** @returns How many were written. */
export async function fillLedger(options: LedgerOptions): Promise<number> {
  await ensurePartitions(options);
  let begun = 0;
  let written = 0;
  const write = async (): Promise<void> => {
    while (begun < options.entryCount && performance.now() < (options.untilMs ?? Infinity)) {
      const from = begun;
      const count = Math.min(PIECE, options.entryCount - from);
      begun += count;
      // Chosen before anything is waited for: the order of random numbers does not depend on who writes faster.
      await insertPiece(options, chooseAttempts(options), chooseRequests(options, from, count));
      written += count;
      options.onProgress?.(written);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  return written;
}

async function ensurePartitions({ database, fromMs, toMs }: LedgerOptions): Promise<void> {
  const month = new Date(fromMs);
  month.setUTCDate(1);
  for (; month.getTime() < toMs; month.setUTCMonth(month.getUTCMonth() + 1)) {
    const day = month.toISOString().slice(0, 10);
    await database.platform((tx) => tx.$queryRaw`SELECT ensure_month_partitions(${day}::date)::text`);
  }
}

function chooseAttempts({ attemptsByModel, random }: LedgerOptions): string {
  const attempts = Array.from({ length: ATTEMPTS_PER_PIECE }, (_, index) => ({
    index,
    ...random.pick(attemptsByModel[index % attemptsByModel.length]!),
  }));
  return JSON.stringify(attempts);
}

/** Columns of values between commas, because arrays of text are read in a fraction of the time that JSON takes. */
interface Requests {
  readonly ids: string;
  readonly times: string;
  readonly attempts: string;
  readonly keys: string;
  readonly teams: string;
  readonly costCenters: string;
  readonly endUsers: string;
  readonly environments: string;
  readonly livemodes: string;
  readonly failures: string;
  readonly durations: string;
}

function chooseRequests(options: LedgerOptions, from: number, count: number): Requests {
  const { dimensions, attemptsByModel, random } = options;
  const rows = Array.from({ length: count }, (_, index) => {
    const startedAtMs = timeOf(options, from, (index + random.next()) / count, count);
    const keyIndex = random.skewedBelow(dimensions.keys.length);
    const key = dimensions.keys[keyIndex]!;
    const modelIndex = (keyIndex * 7 + random.skewedBelow(MODELS_PER_KEY)) % attemptsByModel.length;
    const perModel = Math.floor(ATTEMPTS_PER_PIECE / attemptsByModel.length);
    return {
      id: newId('request', startedAtMs),
      startedAtMs,
      attempt: modelIndex + attemptsByModel.length * random.below(perModel),
      key: key.id,
      team: dimensions.teams[key.teamIndex]!,
      endUser: random.next() < 0.3 ? `user-${random.skewedBelow(END_USER_COUNT)}` : '',
      environment: random.pick(ENVIRONMENTS),
      livemode: random.below(20) !== 0,
      failed: random.below(60) === 0,
      totalMs: 120 + random.skewedBelow(9_000),
    };
  });
  const column = (value: (row: (typeof rows)[number]) => string | number | boolean): string =>
    rows.map(value).join(',');
  return {
    ids: column(({ id }) => id),
    times: column(({ startedAtMs }) => startedAtMs),
    attempts: column(({ attempt }) => attempt),
    keys: column(({ key }) => key),
    teams: column(({ team }) => team.id),
    costCenters: column(({ team }) => team.costCenter),
    endUsers: column(({ endUser }) => endUser),
    environments: column(({ environment }) => environment),
    livemodes: column(({ livemode }) => livemode),
    failures: column(({ failed }) => failed),
    durations: column(({ totalMs }) => totalMs),
  };
}

/** @param share Of this piece, which begins with the request number `from`. */
function timeOf(options: LedgerOptions, from: number, share: number, count: number): number {
  const { entryCount, fromMs, toMs, order } = options;
  const dayCount = Math.floor((toMs - fromMs) / DAY_MS);
  if (order !== 'days' || dayCount < 2) {
    return Math.floor(fromMs + ((from + share * count) / entryCount) * (toMs - fromMs));
  }
  const day = (Math.floor(from / PIECE) * DAY_STRIDE) % dayCount;
  return Math.floor(fromMs + (day + share) * ((toMs - fromMs) / dayCount));
}

/** Whatever is asked for is made in one statement: entries and logs of the same requests. */
async function insertPiece(options: LedgerOptions, attemptsJson: string, r: Requests): Promise<void> {
  const { database, organizationId, credentialId, logsFromMs } = options;
  await database.tenant(
    organizationId,
    (tx) => tx.$executeRaw`
      WITH r AS MATERIALIZED (
        SELECT to_timestamp(u.ms / 1000) AS at, u.* FROM unnest(string_to_array(${r.ids}, ','), string_to_array(${r.times}, ',')::float8[],
          string_to_array(${r.attempts}, ',')::int[], string_to_array(${r.keys}, ','), string_to_array(${r.teams}, ','),
          string_to_array(${r.costCenters}, ','), string_to_array(${r.endUsers}, ','), string_to_array(${r.environments}, ','),
          string_to_array(${r.livemodes}, ',')::boolean[], string_to_array(${r.failures}, ',')::boolean[],
          string_to_array(${r.durations}, ',')::int[]) AS u(id, ms, attempt, key, team, cost_center, end_user, env, livemode, failed, total_ms)),
      a AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(${attemptsJson}::jsonb) AS a(index int, model text, provider text,
          service_tier text, credential_owner text, price_version_id text, markup_basis_points int, endpoint text,
          streamed boolean, input_tokens bigint, cached_input_tokens bigint, cache_write5m_tokens bigint,
          cache_write1h_tokens bigint, output_tokens bigint, reasoning_tokens bigint, audio_input_tokens bigint,
          audio_output_tokens bigint, units jsonb, components jsonb, cost_pico_usd bigint, charge_pico_usd bigint)),
      entries AS (
        INSERT INTO usage_entries (organization_id, started_at, request_id, attempt, entry, team_id, team_path,
          cost_center, key_id, end_user, tags, requested_model, model, provider, credential_id, credential_owner,
          service_tier, endpoint, streamed, livemode, input_tokens, cached_input_tokens, cache_write5m_tokens,
          cache_write1h_tokens, output_tokens, reasoning_tokens, audio_input_tokens, audio_output_tokens, units,
          price_version_id, markup_basis_points, components, cost_pico_usd, charge_pico_usd, status, http_status,
          usage_source, total_ms, first_token_ms, recorded_at)
        SELECT ${organizationId}, r.at, r.id, 1, 0, r.team, r.team, r.cost_center, r.key, r.end_user,
          jsonb_build_object('env', r.env), a.model, a.model, a.provider, ${credentialId}, a.credential_owner, a.service_tier,
          a.endpoint, a.streamed, r.livemode, a.input_tokens, a.cached_input_tokens, a.cache_write5m_tokens, a.cache_write1h_tokens,
          a.output_tokens, a.reasoning_tokens, a.audio_input_tokens, a.audio_output_tokens, a.units, a.price_version_id,
          a.markup_basis_points, a.components, a.cost_pico_usd, a.charge_pico_usd,
          CASE WHEN r.failed THEN 'failed' ELSE 'succeeded' END, CASE WHEN r.failed THEN 503 ELSE 200 END, 'provider', r.total_ms,
          r.total_ms / 4, r.at + interval '2 seconds'
        FROM r JOIN a ON a.index = r.attempt)
      INSERT INTO request_logs (organization_id, started_at, request_id, key_id, team_id, end_user, tags, endpoint, dialect,
        requested_model, model, provider, streamed, livemode, status, attempts, total_ms, first_token_ms, overhead_us)
      SELECT ${organizationId}, r.at, r.id, r.key, r.team, r.end_user, jsonb_build_object('env', r.env), a.endpoint, 'openai',
        a.model, a.model, a.provider, a.streamed, r.livemode, CASE WHEN r.failed THEN 503 ELSE 200 END, 1, r.total_ms, r.total_ms / 4, 300
      FROM r JOIN a ON a.index = r.attempt WHERE r.ms >= ${logsFromMs}::float8`,
    { timeoutMs: 120_000 },
  );
}
