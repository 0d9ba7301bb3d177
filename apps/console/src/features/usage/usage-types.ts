/** Answers of `GET /usage`. Money is exact decimal text. */
export const DIMENSIONS = [
  'team',
  'key',
  'model',
  'provider',
  'member',
  'costCenter',
  'credential',
  'endpoint',
  'status',
  'endUser',
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

export interface UsageRow {
  /** When the hour, day or month began; null without an interval. */
  readonly start: string | null;
  readonly team?: string;
  readonly key?: string;
  readonly model?: string;
  readonly provider?: string;
  readonly member?: string;
  readonly costCenter?: string;
  readonly credential?: string;
  readonly endpoint?: string;
  readonly status?: string;
  readonly endUser?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Everything but the `top` groups that were asked for. */
  readonly rest?: true;
  readonly names: Readonly<Record<string, string>>;
  readonly requests: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly costUsd: string;
  readonly chargeUsd: string;
  readonly savedUsd: string;
  readonly spentUsd: string;
}

export interface UsageAnswer {
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  readonly data: readonly UsageRow[];
  readonly truncated: boolean;
}
