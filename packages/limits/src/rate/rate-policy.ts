/** Rate limits of one organization, as plain data. */
import type { Transaction } from '@tollgate/db';
import { SCOPE_TYPES, type Scope } from '../scope.ts';

export const RATE_METRICS = ['requests', 'tokens', 'concurrency'] as const;
export type RateMetric = (typeof RATE_METRICS)[number];

export interface RateRule {
  readonly id: string;
  readonly scope: Scope;
  readonly metric: RateMetric;
  readonly limit: number;
  /** 1 second to 31 days; without meaning for concurrency. */
  readonly windowSeconds: number;
  /** Null: any. */
  readonly model: string | null;
}

/** Counts under the model that serves, so that another model's is another count. */
export function isOfModel({ model, scope }: Pick<RateRule, 'model' | 'scope'>): boolean {
  return model !== null || scope.type === 'model';
}

export interface RatePolicy {
  readonly organizationId: string;
  readonly rules: readonly RateRule[];
}

export async function loadRatePolicy(tx: Transaction, organizationId: string): Promise<RatePolicy> {
  const rows = await tx.rateLimit.findMany({ where: { organizationId }, orderBy: { id: 'asc' } });
  return { organizationId, rules: rows.map(toRateRule) };
}

/** @throws {Error} The row holds what no version of this code writes. */
export function toRateRule(row: {
  readonly id: string;
  readonly scopeType: string;
  readonly scopeId: string;
  readonly metric: string;
  readonly limitValue: bigint;
  readonly windowSeconds: number;
  readonly model: string | null;
}): RateRule {
  const type = SCOPE_TYPES.find((each) => each === row.scopeType);
  const metric = RATE_METRICS.find((each) => each === row.metric);
  if (type === undefined || metric === undefined) {
    throw new Error(
      `Cannot read rate limit ${row.id}: its scope and metric must be known, got ${row.scopeType}, ${row.metric}`,
    );
  }
  return {
    id: row.id,
    scope: { type, id: row.scopeId },
    metric,
    limit: Number(row.limitValue),
    windowSeconds: row.windowSeconds,
    model: row.model,
  };
}
