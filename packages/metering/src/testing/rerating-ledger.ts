/** Ledger rows of random usage for tests of re-rating, and what the books say of them. Not exported. */
import {
  type CredentialOwner,
  type Markup,
  type PriceVersion,
  priceToJson,
  rateUsage,
  type TokenUsage,
} from '@tollgate/catalog';
import { priceToRow } from '@tollgate/catalog/store';
import { type Database, OPERATOR_ORGANIZATION_ID } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { toRatedAttempt } from '../log/rate-attempt.ts';

export interface LedgerAttempt {
  readonly requestId: string;
  readonly startedAtMs: number;
  readonly usage: TokenUsage;
  readonly owner: CredentialOwner;
  readonly markupBasisPoints: number;
  readonly markupRuleId?: string;
  readonly perUnit?: Markup['perUnit'];
  readonly provider?: string;
  readonly model?: string;
  /** Undefined: the model had no price then. */
  readonly price: PriceVersion | undefined;
  readonly teamId?: string;
  readonly budgetPicoUsd?: string;
}

export function markupOfAttempt({ markupBasisPoints, perUnit }: LedgerAttempt): Markup {
  return { basisPoints: markupBasisPoints, ...(perUnit === undefined ? {} : { perUnit }) };
}

/** Entry 0 of each, rated with its price as a gateway would have. */
export async function insertAttempts(
  database: Database,
  organizationId: string,
  attempts: readonly LedgerAttempt[],
): Promise<void> {
  const rows = JSON.stringify(
    attempts.map((attempt) => {
      const { usage, owner } = attempt;
      const rated = toRatedAttempt(
        rateUsage({ usage, price: attempt.price, markup: markupOfAttempt(attempt), owner }),
      );
      const units: Record<string, number> = {};
      for (const [name, count] of Object.entries(usage.images ?? {})) units[`image:${name}`] = count;
      for (const [name, count] of Object.entries(usage.units ?? {})) units[`unit:${name}`] = count;
      return {
        ...usage,
        units,
        requestId: attempt.requestId,
        startedAt: new Date(attempt.startedAtMs).toISOString(),
        owner,
        team: attempt.teamId ?? 'team_a',
        provider: attempt.provider ?? 'simulator',
        model: attempt.model ?? 'sim-small',
        priceId: attempt.price?.id ?? '',
        rule: attempt.markupRuleId ?? '',
        basisPoints: attempt.markupBasisPoints,
        components: rated.components,
        cost: rated.costPicoUsd,
        charge: rated.chargePicoUsd,
        budget: rated.costPicoUsd === null ? (attempt.budgetPicoUsd ?? null) : null,
      };
    }),
  );
  await database.tenant(
    organizationId,
    (tx) => tx.$executeRaw`
      INSERT INTO usage_entries (organization_id, started_at, request_id, attempt, team_id, team_path, key_id, end_user, tags,
        requested_model, model, provider, credential_id, credential_owner, endpoint, streamed, livemode, input_tokens,
        cached_input_tokens, cache_write5m_tokens, cache_write1h_tokens, output_tokens, reasoning_tokens, audio_input_tokens,
        audio_output_tokens, units, price_version_id, markup_rule_id, markup_basis_points, components, cost_pico_usd,
        charge_pico_usd, budget_pico_usd, status, usage_source)
      SELECT ${organizationId}, r."startedAt", r."requestId", 1, r.team, 'team_root/' || r.team, 'key_1', 'alice', '{"env": "prod"}',
        r.model, r.model, r.provider, 'cred_1', r.owner, 'chat', false, false, r."inputTokens", r."cachedInputTokens",
        r."cacheWrite5mTokens", r."cacheWrite1hTokens", r."outputTokens", r."reasoningTokens", r."audioInputTokens",
        r."audioOutputTokens", r.units, r."priceId", r.rule, r."basisPoints", r.components, r.cost, r.charge, r.budget,
        'succeeded', 'provider'
      FROM jsonb_to_recordset(${rows}::jsonb) AS r("startedAt" timestamptz, "requestId" text, team text, provider text, model text,
        owner text, "inputTokens" bigint, "cachedInputTokens" bigint, "cacheWrite5mTokens" bigint, "cacheWrite1hTokens" bigint,
        "outputTokens" bigint, "reasoningTokens" bigint, "audioInputTokens" bigint, "audioOutputTokens" bigint, units jsonb,
        "priceId" text, rule text, "basisPoints" integer, components jsonb, cost bigint, charge bigint, budget numeric)`,
    { timeoutMs: 60_000 },
  );
}

export interface AttemptBooks {
  readonly entries: number;
  readonly unknown: boolean;
  readonly cost: bigint;
  readonly charge: bigint;
  /** `component@unit price` to quantity, cost and charge; what cancels out is left out. */
  readonly components: Readonly<Record<string, readonly [string, string, string]>>;
}

/** What the ledger says of each attempt over all its entries, by request id. */
export async function readBooks(
  database: Database,
  organizationId: string,
): Promise<ReadonlyMap<string, AttemptBooks>> {
  const rows = await database.tenant(
    organizationId,
    (tx) => tx.$queryRaw<
      {
        requestId: string;
        entries: number;
        unknown: boolean;
        cost: string;
        charge: string;
        components: unknown;
      }[]
    >`
      SELECT e.request_id AS "requestId", count(*)::integer AS entries,
        bool_or(e.cost_pico_usd IS NULL) AND NOT bool_or(e.settles_unknown) AS unknown,
        COALESCE(sum(e.cost_pico_usd), 0)::text AS cost, sum(e.charge_pico_usd)::text AS charge,
        (SELECT COALESCE(jsonb_object_agg(name, jsonb_build_array(q::text, c::text, ch::text)), '{}') FROM (
          SELECT (p->>'component') || '@' || (p->>'unitPricePicoUsd') AS name, sum((p->>'quantity')::numeric) AS q,
            sum((p->>'costPicoUsd')::numeric) AS c, sum((p->>'chargePicoUsd')::numeric) AS ch
          FROM usage_entries x CROSS JOIN LATERAL jsonb_array_elements(x.components) AS p
          WHERE x.request_id = e.request_id GROUP BY 1) AS s WHERE (q, c, ch) IS DISTINCT FROM (0, 0, 0)) AS components
      FROM usage_entries e GROUP BY e.request_id`,
    { timeoutMs: 60_000 },
  );
  return new Map(
    rows.map((row) => [
      row.requestId,
      {
        entries: row.entries,
        unknown: row.unknown,
        cost: BigInt(row.cost),
        charge: BigInt(row.charge),
        components: row.components as AttemptBooks['components'],
      },
    ]),
  );
}

/** What the books must say of an attempt that was rated with this price. */
export function expectedBooks(
  attempt: LedgerAttempt,
  price: PriceVersion | undefined,
): Omit<AttemptBooks, 'entries'> {
  const { usage, owner } = attempt;
  const rated = rateUsage({ usage, price, markup: markupOfAttempt(attempt), owner });
  if (rated.kind === 'unknown') return { unknown: true, cost: 0n, charge: 0n, components: {} };
  return {
    unknown: false,
    cost: rated.costPicoUsd,
    charge: rated.chargePicoUsd,
    components: Object.fromEntries(
      rated.components.map((part) => [
        `${part.component}@${part.unitPricePicoUsd}`,
        [String(part.quantity), String(part.costPicoUsd), String(part.chargePicoUsd)] as const,
      ]),
    ),
  };
}

export async function addPrice(database: Database, price: PriceVersion): Promise<PriceVersion> {
  const stored = { ...price, id: newId('priceVersion', price.validFrom.getTime()) };
  priceToJson(stored);
  await database.tenant(price.organizationId ?? OPERATOR_ORGANIZATION_ID, (tx) =>
    tx.priceVersion.create({ data: priceToRow(stored) }),
  );
  return stored;
}
