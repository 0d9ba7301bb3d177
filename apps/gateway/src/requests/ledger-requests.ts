/** Requests from the ledger, told in the same form as those that are still in memory. */
import type { Database } from '@tollgate/db';
import { findRequest, type LedgerRequest } from '@tollgate/metering';
import { formatUsd, picoUsd, picoUsdSum } from '@tollgate/money';
import type { StoredRequests } from './stored-requests.ts';

export function createLedgerRequests(database: Database): StoredRequests {
  return {
    async find(organizationId, keyId, requestId) {
      const found = await findRequest(database, organizationId, requestId);
      const owner = found?.request?.keyId ?? found?.entries[0]?.keyId;
      return found === undefined || owner !== keyId ? undefined : ledgerReport(requestId, found);
    },
  };
}

function ledgerReport(requestId: string, found: LedgerRequest): Record<string, unknown> {
  const { request, entries } = found;
  const usage = entries.filter(({ entry }) => entry === 0);
  const last = usage.at(-1);
  const from = request ?? last;
  return {
    id: requestId,
    object: 'tollgate.request',
    state: 'done',
    started_at: from?.startedAt.toISOString() ?? null,
    endpoint: from?.endpoint ?? '',
    requested_model: from?.requestedModel ?? '',
    model: from?.model ?? '',
    provider: from?.provider ?? '',
    dialect: request?.dialect ?? '',
    provider_format: request?.providerFormat || null,
    translated: request?.translated ?? false,
    unsupported: request?.unsupported ?? [],
    route: request?.route ?? null,
    substitution: request?.substitution ?? null,
    streamed: from?.streamed ?? false,
    status: request?.status ?? null,
    error_code: from?.errorCode || null,
    refusal: request?.refusal ?? null,
    total_ms: from?.totalMs ?? null,
    first_token_ms: from?.firstTokenMs ?? null,
    overhead_us: from?.overheadUs ?? null,
    tags: from?.tags ?? {},
    end_user: from?.endUser || null,
    session: from?.sessionId || null,
    cost_usd: found.costPicoUsd === null ? null : formatUsd(picoUsdSum(found.costPicoUsd)),
    spent_usd: found.spentPicoUsd === null ? null : formatUsd(picoUsdSum(found.spentPicoUsd)),
    charge_usd: formatUsd(picoUsdSum(found.chargePicoUsd)),
    estimated: entries.some(({ estimated }) => estimated),
    attempts: usage.map(attemptReport),
  };
}

type Entry = LedgerRequest['entries'][number];

function attemptReport(entry: Entry): Record<string, unknown> {
  const components = entry.components as unknown as readonly {
    readonly component: string;
    readonly quantity: number;
    readonly costPicoUsd: string;
    readonly chargePicoUsd: string;
  }[];
  return {
    attempt: entry.attempt,
    model: entry.model,
    provider: entry.provider,
    credential_owner: entry.credentialOwner,
    livemode: entry.livemode,
    status: entry.status,
    http_status: entry.httpStatus || null,
    error_code: entry.errorCode || null,
    finish_reason: entry.finishReason || null,
    usage: {
      input_tokens: Number(entry.inputTokens),
      cached_input_tokens: Number(entry.cachedInputTokens),
      cache_write_5m_tokens: Number(entry.cacheWrite5mTokens),
      cache_write_1h_tokens: Number(entry.cacheWrite1hTokens),
      output_tokens: Number(entry.outputTokens),
      reasoning_tokens: Number(entry.reasoningTokens),
      audio_input_tokens: Number(entry.audioInputTokens),
      audio_output_tokens: Number(entry.audioOutputTokens),
    },
    usage_source: entry.usageSource,
    estimated: entry.estimated,
    price_version_id: entry.priceVersionId || null,
    components: components.map((component) => ({
      component: component.component,
      quantity: component.quantity,
      cost_usd: formatUsd(picoUsd(BigInt(component.costPicoUsd))),
      charge_usd: formatUsd(picoUsd(BigInt(component.chargePicoUsd))),
    })),
    cost_usd: entry.costPicoUsd === null ? null : formatUsd(picoUsd(entry.costPicoUsd)),
    charge_usd: formatUsd(picoUsd(entry.chargePicoUsd)),
    total_ms: entry.totalMs,
    first_token_ms: entry.firstTokenMs,
  };
}
