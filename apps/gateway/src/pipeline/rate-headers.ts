/**
 * The tenant's own rate limits as OpenAI's clients read them: of several limits the one with the least left.
 *
 * The provider's arrive as `x-upstream-ratelimit-*`. Limits of concurrency have no header in that convention.
 */
import type { RateStatus } from '@tollgate/limits';

/** Adds names and values in turns. */
export function pushRateHeaders(headers: string[], statuses: readonly RateStatus[]): void {
  pushTightest(headers, statuses, 'requests');
  pushTightest(headers, statuses, 'tokens');
}

function pushTightest(
  headers: string[],
  statuses: readonly RateStatus[],
  metric: 'requests' | 'tokens',
): void {
  let tightest: RateStatus | undefined;
  for (const status of statuses) {
    if (status.metric !== metric) continue;
    if (tightest === undefined || status.remaining < tightest.remaining) tightest = status;
  }
  if (tightest === undefined) return;
  headers.push(`x-ratelimit-limit-${metric}`, String(tightest.limit));
  headers.push(`x-ratelimit-remaining-${metric}`, String(tightest.remaining));
  headers.push(`x-ratelimit-reset-${metric}`, resetText(tightest.resetMs));
}

/** `320ms`, `1.5s`, `6m0s`, `25h0m0s`: what OpenAI sends, which is how Go writes durations. */
export function resetText(durationMs: number): string {
  const wholeMs = Math.max(0, Math.ceil(durationMs));
  if (wholeMs < 1_000) return `${wholeMs}ms`;
  if (wholeMs < 60_000) return `${wholeMs / 1_000}s`;
  const seconds = Math.ceil(wholeMs / 1_000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${seconds % 60}s`;
  return `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds % 60}s`;
}
