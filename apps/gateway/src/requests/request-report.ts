/** What `GET /v1/tollgate/requests/{id}` tells of one request. Amounts are decimal strings in USD. */
import type { TokenUsage } from '@tollgate/catalog';
import type { AttemptTarget, SettleFrame } from '@tollgate/metering';
import { formatUsd, type PicoUsdSum, picoUsd, sumPicoUsd } from '@tollgate/money';
import type { RecentRequest } from './recent-request.ts';

export function requestReport({ subject, attempts, outcome }: RecentRequest): Record<string, unknown> {
  const settles = attempts.map(({ settle }) => settle);
  return {
    id: subject.requestId,
    object: 'tollgate.request',
    state: outcome === undefined ? 'running' : 'done',
    started_at: new Date(subject.startedAtMs).toISOString(),
    endpoint: subject.endpoint,
    requested_model: subject.requestedModel,
    model: outcome?.model ?? '',
    provider: outcome?.provider ?? '',
    dialect: subject.dialect,
    provider_format: outcome?.providerFormat || null,
    translated: outcome?.translated ?? false,
    unsupported: outcome?.unsupported ?? [],
    route: outcome?.route ?? null,
    substitution: outcome?.substitution ?? null,
    streamed: subject.streamed,
    status: outcome?.status ?? null,
    error_code: outcome?.errorCode || null,
    refusal: outcome?.refusal ?? null,
    total_ms: outcome?.totalMs ?? null,
    first_token_ms: outcome?.firstTokenMs ?? null,
    overhead_us: outcome?.overheadUs ?? null,
    tags: subject.tags,
    end_user: subject.endUser || null,
    session: subject.sessionId || null,
    cost_usd: totalCostUsd(settles),
    spent_usd: totalSpentUsd(attempts),
    charge_usd: formatUsd(sumPicoUsd(settles.map((settle) => picoUsd(BigInt(settle.chargePicoUsd))))),
    estimated: settles.some((settle) => settle.estimated),
    attempts: attempts.map(attemptReport),
  };
}

/** The cost of all attempts together; null where any is unknown. */
function totalCostUsd(settles: readonly Pick<SettleFrame, 'costPicoUsd'>[]): string | null {
  let total: PicoUsdSum = sumPicoUsd([]);
  for (const { costPicoUsd } of settles) {
    if (costPicoUsd === null) return null;
    total = sumPicoUsd([total, picoUsd(BigInt(costPicoUsd))]);
  }
  return formatUsd(total);
}

/**
 * What the organization pays for all attempts together: the charge where the credential is resold, the cost where it is its
 * own. Null where any cost is unknown.
 */
export function totalSpentUsd(
  attempts: readonly {
    readonly target: Pick<AttemptTarget, 'credentialOwner'>;
    readonly settle: Pick<SettleFrame, 'costPicoUsd' | 'chargePicoUsd'>;
  }[],
): string | null {
  let total: PicoUsdSum = sumPicoUsd([]);
  for (const { target, settle } of attempts) {
    if (settle.costPicoUsd === null) return null;
    const spent = target.credentialOwner === 'operator' ? settle.chargePicoUsd : settle.costPicoUsd;
    total = sumPicoUsd([total, picoUsd(BigInt(spent))]);
  }
  return formatUsd(total);
}

function attemptReport({ target, settle }: RecentRequest['attempts'][number]): Record<string, unknown> {
  return {
    attempt: target.attempt,
    model: target.model,
    provider: target.provider,
    credential_owner: target.credentialOwner,
    livemode: target.livemode,
    status: settle.status,
    http_status: settle.httpStatus || null,
    error_code: settle.errorCode || null,
    finish_reason: settle.finishReason || null,
    usage: usageReport(settle.usage),
    usage_source: settle.usageSource,
    estimated: settle.estimated,
    price_version_id: target.priceVersionId || null,
    components: settle.components.map((component) => ({
      component: component.component,
      quantity: component.quantity,
      cost_usd: formatUsd(picoUsd(BigInt(component.costPicoUsd))),
      charge_usd: formatUsd(picoUsd(BigInt(component.chargePicoUsd))),
    })),
    cost_usd: settle.costPicoUsd === null ? null : formatUsd(picoUsd(BigInt(settle.costPicoUsd))),
    charge_usd: formatUsd(picoUsd(BigInt(settle.chargePicoUsd))),
    total_ms: settle.totalMs,
    first_token_ms: settle.firstTokenMs,
  };
}

function usageReport(usage: TokenUsage): Record<string, unknown> {
  return {
    input_tokens: usage.inputTokens,
    cached_input_tokens: usage.cachedInputTokens,
    cache_write_5m_tokens: usage.cacheWrite5mTokens,
    cache_write_1h_tokens: usage.cacheWrite1hTokens,
    output_tokens: usage.outputTokens,
    reasoning_tokens: usage.reasoningTokens,
    audio_input_tokens: usage.audioInputTokens,
    audio_output_tokens: usage.audioOutputTokens,
    ...(usage.images === undefined ? {} : { images: usage.images }),
    ...(usage.units === undefined ? {} : { units: usage.units }),
  };
}
