/** A request as the API answers it (packages/api, present-request). */
export interface TokenCounts {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

export interface CostComponent {
  readonly component: string;
  readonly quantity: string;
  readonly unitPriceUsd: string;
  readonly costUsd: string | null;
  readonly chargeUsd: string;
}

export interface Attempt extends TokenCounts {
  readonly attempt: number;
  /** 0 is the usage; later ones correct it. */
  readonly entry: number;
  readonly reason: string;
  readonly provider: string;
  readonly model: string;
  readonly credentialId: string;
  /** `operator` where it is resold, else `organization`. */
  readonly credentialOwner: string;
  readonly status: string;
  readonly httpStatus: number;
  readonly errorCode: string;
  readonly finishReason: string;
  readonly usageSource: string;
  readonly estimated: boolean;
  readonly overrun: boolean;
  readonly costUsd: string | null;
  readonly chargeUsd: string;
  readonly priceVersionId: string;
  readonly totalMs: number;
  readonly firstTokenMs: number | null;
  readonly upstreamRequestId: string;
  readonly components: readonly CostComponent[];
}

export interface RequestSummary extends TokenCounts {
  readonly id: string;
  readonly startedAt: string;
  readonly keyId: string;
  /** Null: no longer there. */
  readonly keyName: string | null;
  readonly teamId: string | null;
  readonly teamName: string | null;
  readonly ownerId: string | null;
  readonly endUser: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly sessionId: string;
  readonly endpoint: string;
  readonly requestedModel: string;
  readonly model: string;
  readonly provider: string;
  readonly dialect: string;
  /** What the last attempt was sent in. Null: nothing was sent, or it is not known. */
  readonly providerFormat: string | null;
  readonly translated: boolean;
  /** Parameters that the provider could not be told, as the client wrote them. */
  readonly unsupported: readonly string[];
  readonly streamed: boolean;
  readonly livemode: boolean;
  readonly status: number;
  readonly errorCode: string;
  readonly costUsd: string | null;
  readonly chargeUsd: string;
  readonly estimated: boolean;
  readonly totalMs: number;
  readonly firstTokenMs: number | null;
  readonly overheadUs: number;
  readonly attempts: readonly Attempt[];
}

export interface RequestDetail extends RequestSummary {
  /** What the client was told, where it was refused. */
  readonly refusal: unknown;
  readonly clientAddress: string;
  readonly userAgent: string;
}

/** It was used without a price: nothing is owed until one is stated. */
export function isCostUnknown({
  costUsd,
  chargeUsd,
}: Pick<RequestSummary, 'costUsd' | 'chargeUsd'>): boolean {
  return costUsd === null && Number(chargeUsd) === 0;
}

/** What the organization pays: the charge where the credential is resold, the cost where it is its own. */
export function spentUsd(request: Pick<RequestSummary, 'attempts' | 'costUsd' | 'chargeUsd'>): string | null {
  const resold = request.attempts.some(({ credentialOwner }) => credentialOwner === 'operator');
  return resold ? request.chargeUsd : request.costUsd;
}
