/**
 * When a budget is gone, at the rate of its period so far. The one rule, so that pages and alerts never disagree.
 *
 * Pure. Whether a forecast is worth an alert is decided there.
 */
import { type IdKind, parseId } from '@tollgate/ids';
import type { ScopeType } from '../scope.ts';
import type { BudgetRule } from './budget-policy.ts';
import type { Period } from './period.ts';

export interface Spending {
  readonly spentPicoUsd: bigint;
  /** With what was carried over. */
  readonly periodLimitPicoUsd: bigint;
  /** From when on it was spent. Undefined: nobody can tell, so that there is no rate. */
  readonly sinceMs: number | undefined;
  /** Null: it never resets. */
  readonly endMs: number | null;
}

const LATEST_MS = 8_640_000_000_000_000n;

/** Undefined: it lasts until it resets, or nothing tells how fast it is spent. */
export function forecast(spending: Spending, nowMs: number): number | undefined {
  const { spentPicoUsd, periodLimitPicoUsd, sinceMs, endMs } = spending;
  if (spentPicoUsd >= periodLimitPicoUsd) return nowMs;
  if (sinceMs === undefined) return undefined;
  const elapsedMs = BigInt(Math.floor(nowMs - sinceMs));
  if (spentPicoUsd <= 0n || elapsedMs <= 0n) return undefined;
  const goneMs = BigInt(Math.floor(sinceMs)) + (elapsedMs * periodLimitPicoUsd) / spentPicoUsd;
  return goneMs >= (endMs === null ? LATEST_MS : BigInt(endMs)) ? undefined : Number(goneMs);
}

const ID_OF_SCOPE: Readonly<Partial<Record<ScopeType, IdKind>>> = {
  organization: 'organization',
  team: 'team',
  key: 'virtualKey',
  member: 'member',
  serviceAccount: 'serviceAccount',
};

/**
 * Since when a value's period counts. One without beginning counts whatever was spent before the budget was made, so
 * not since then: since the value itself was, which its id says. Of models, tags and end users nothing does.
 */
export function spentSince(
  { scope, anchorAtMs }: Pick<BudgetRule, 'scope' | 'anchorAtMs'>,
  value: string,
  period: Period,
): number | undefined {
  if (period.endMs !== null || anchorAtMs !== null) return period.startMs;
  const kind = ID_OF_SCOPE[scope.type];
  return kind === undefined ? undefined : parseId(kind, value)?.timeMs;
}
