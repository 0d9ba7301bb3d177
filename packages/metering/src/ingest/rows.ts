/**
 * Lines as rows of usage_entries and request_logs, and their INSERT in one statement per organization.
 */
import type { Transaction } from '@tollgate/db';
import { type EntryLine, pricedBy, type RequestLine } from './line-schema.ts';
import { toSafeJson } from './safe-json.ts';

export interface RecordedIn {
  readonly epochId: string;
  readonly now: Date;
}

function entryRow(line: EntryLine, { epochId }: RecordedIn): object {
  const { subject, target, settle, sequence } = line;
  const { usage } = settle;
  return {
    organization_id: subject.organizationId,
    started_at: new Date(subject.startedAtMs).toISOString(),
    request_id: subject.requestId,
    attempt: target.attempt,
    team_id: subject.teamId,
    team_path: subject.teamPath,
    cost_center: subject.costCenter,
    key_id: subject.keyId,
    member_id: subject.memberId,
    service_account_id: subject.serviceAccountId,
    end_user: subject.endUser,
    tags: subject.tags,
    session_id: subject.sessionId,
    route_id: subject.routeId,
    requested_model: subject.requestedModel,
    model: target.model,
    provider: target.provider,
    credential_id: target.credentialId,
    credential_owner: target.credentialOwner,
    region: target.region,
    service_tier: pricedBy(line).serviceTier,
    endpoint: subject.endpoint,
    streamed: subject.streamed,
    livemode: target.livemode,
    input_tokens: usage.inputTokens,
    cached_input_tokens: usage.cachedInputTokens,
    cache_write5m_tokens: usage.cacheWrite5mTokens,
    cache_write1h_tokens: usage.cacheWrite1hTokens,
    output_tokens: usage.outputTokens,
    reasoning_tokens: usage.reasoningTokens,
    audio_input_tokens: usage.audioInputTokens,
    audio_output_tokens: usage.audioOutputTokens,
    units: unitsOf(usage),
    price_version_id: pricedBy(line).priceVersionId,
    markup_rule_id: target.markupRuleId,
    markup_basis_points: target.markupBasisPoints,
    components: settle.components,
    cost_pico_usd: settle.costPicoUsd,
    charge_pico_usd: settle.chargePicoUsd,
    budget_pico_usd: settle.budgetPicoUsd ?? null,
    status: settle.status,
    http_status: settle.httpStatus,
    error_code: settle.errorCode,
    finish_reason: settle.finishReason,
    usage_source: settle.usageSource,
    estimated: settle.estimated,
    overrun: isOverrun(line),
    total_ms: settle.totalMs,
    first_token_ms: settle.firstTokenMs,
    overhead_us: settle.overheadUs,
    upstream_request_id: settle.upstreamRequestId,
    gateway_epoch_id: epochId,
    sequence,
  };
}

/** More than the attempt was held for: the provider did not keep to its bounds. */
function isOverrun({ target, settle, holds }: EntryLine): boolean {
  const counted = BigInt(
    target.credentialOwner === 'operator' ? settle.chargePicoUsd : (settle.costPicoUsd ?? '0'),
  );
  return holds?.some((hold) => counted > BigInt(hold.amountPicoUsd)) ?? false;
}

/** Images and other units under one roof, named as the price components are. */
function unitsOf(usage: EntryLine['settle']['usage']): Record<string, number> {
  const units: Record<string, number> = {};
  for (const [name, count] of Object.entries(usage.images ?? {})) units[`image:${name}`] = count;
  for (const [name, count] of Object.entries(usage.units ?? {})) units[`unit:${name}`] = count;
  return units;
}

export interface EntryKey {
  readonly requestId: string;
  readonly attempt: number;
}

/** @returns The keys of the rows that were new. */
export function insertEntries(
  tx: Transaction,
  lines: readonly EntryLine[],
  recorded: RecordedIn,
): Promise<EntryKey[]> {
  const rows = toSafeJson(lines.map((line) => entryRow(line, recorded)));
  return tx.$queryRaw<EntryKey[]>`
    INSERT INTO usage_entries (
      organization_id, started_at, request_id, attempt, entry, team_id, team_path, cost_center, key_id, member_id,
      service_account_id, end_user, tags, session_id, route_id, requested_model, model, provider, credential_id,
      credential_owner, region, service_tier, endpoint, streamed, livemode, input_tokens, cached_input_tokens,
      cache_write5m_tokens, cache_write1h_tokens, output_tokens, reasoning_tokens, audio_input_tokens,
      audio_output_tokens, units, price_version_id, markup_rule_id, markup_basis_points, components, cost_pico_usd,
      charge_pico_usd, budget_pico_usd, status, http_status, error_code, finish_reason, usage_source, estimated, overrun, total_ms,
      first_token_ms, overhead_us, upstream_request_id, gateway_epoch_id, sequence, recorded_at)
    SELECT
      organization_id, started_at, request_id, attempt, 0, team_id, team_path, cost_center, key_id, member_id,
      service_account_id, end_user, tags, session_id, route_id, requested_model, model, provider, credential_id,
      credential_owner, region, service_tier, endpoint, streamed, livemode, input_tokens, cached_input_tokens,
      cache_write5m_tokens, cache_write1h_tokens, output_tokens, reasoning_tokens, audio_input_tokens,
      audio_output_tokens, units, price_version_id, markup_rule_id, markup_basis_points, components, cost_pico_usd,
      charge_pico_usd, budget_pico_usd, status, http_status, error_code, finish_reason, usage_source, estimated, overrun, total_ms,
      first_token_ms, overhead_us, upstream_request_id, gateway_epoch_id, sequence, ${recorded.now}::timestamptz
    FROM jsonb_to_recordset(${rows}::jsonb) AS line(
      organization_id text, started_at timestamptz, request_id text, attempt smallint, team_id text, team_path text,
      cost_center text, key_id text, member_id text, service_account_id text, end_user text, tags jsonb,
      session_id text, route_id text, requested_model text, model text, provider text, credential_id text,
      credential_owner text, region text, service_tier text, endpoint text, streamed boolean, livemode boolean,
      input_tokens bigint, cached_input_tokens bigint, cache_write5m_tokens bigint, cache_write1h_tokens bigint,
      output_tokens bigint, reasoning_tokens bigint, audio_input_tokens bigint, audio_output_tokens bigint,
      units jsonb, price_version_id text, markup_rule_id text, markup_basis_points integer, components jsonb,
      cost_pico_usd bigint, charge_pico_usd bigint, budget_pico_usd numeric, status text, http_status smallint, error_code text,
      finish_reason text, usage_source text, estimated boolean, overrun boolean, total_ms integer, first_token_ms integer,
      overhead_us integer, upstream_request_id text, gateway_epoch_id text, sequence bigint)
    ON CONFLICT DO NOTHING
    RETURNING request_id AS "requestId", attempt::integer AS attempt`;
}

function requestRow({ subject, ...line }: RequestLine): object {
  return {
    organization_id: subject.organizationId,
    started_at: new Date(subject.startedAtMs).toISOString(),
    request_id: subject.requestId,
    key_id: subject.keyId,
    team_id: subject.teamId,
    member_id: subject.memberId,
    service_account_id: subject.serviceAccountId,
    end_user: subject.endUser,
    tags: subject.tags,
    session_id: subject.sessionId,
    endpoint: subject.endpoint,
    dialect: subject.dialect,
    requested_model: subject.requestedModel,
    model: line.model,
    provider: line.provider,
    streamed: subject.streamed,
    livemode: line.livemode,
    status: line.status,
    error_code: line.errorCode,
    refusal: line.refusal,
    attempts: line.attempts,
    total_ms: line.totalMs,
    first_token_ms: line.firstTokenMs,
    overhead_us: line.overheadUs,
    client_address: line.clientAddress,
    user_agent: line.userAgent,
    provider_format: line.providerFormat,
    translated: line.translated,
    unsupported: line.unsupported,
    route: line.route,
    substitution: line.substitution,
  };
}

export async function insertRequests(
  tx: Transaction,
  lines: readonly RequestLine[],
  recorded: RecordedIn,
): Promise<number> {
  const rows = toSafeJson(lines.map(requestRow));
  return tx.$executeRaw`
    INSERT INTO request_logs (
      organization_id, started_at, request_id, key_id, team_id, member_id, service_account_id, end_user, tags,
      session_id, endpoint, dialect, requested_model, model, provider, streamed, livemode, status, error_code,
      refusal, attempts, total_ms, first_token_ms, overhead_us, client_address, user_agent, provider_format,
      translated, unsupported, route, substitution, recorded_at)
    SELECT
      organization_id, started_at, request_id, key_id, team_id, member_id, service_account_id, end_user, tags,
      session_id, endpoint, dialect, requested_model, model, provider, streamed, livemode, status, error_code,
      NULLIF(refusal, 'null'::jsonb), attempts, total_ms, first_token_ms, overhead_us, client_address, user_agent,
      provider_format, translated, unsupported, NULLIF(route, 'null'::jsonb),
      NULLIF(substitution, 'null'::jsonb), ${recorded.now}::timestamptz
    FROM jsonb_to_recordset(${rows}::jsonb) AS line(
      organization_id text, started_at timestamptz, request_id text, key_id text, team_id text, member_id text,
      service_account_id text, end_user text, tags jsonb, session_id text, endpoint text, dialect text,
      requested_model text, model text, provider text, streamed boolean, livemode boolean, status smallint,
      error_code text, refusal jsonb, attempts smallint, total_ms integer, first_token_ms integer,
      overhead_us integer, client_address text, user_agent text, provider_format text, translated boolean,
      unsupported text[], route jsonb, substitution jsonb)
    ON CONFLICT DO NOTHING`;
}
