/** The buckets of a range in order, those without requests too. Pure. */
import { OUTCOMES, type Outcome, type RequestsSummary } from './summary-types.ts';

export interface HistogramBucket {
  readonly startMs: number;
  readonly endMs: number;
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly total: number;
  /** All of it lies before what was looked at. */
  readonly isUnknown: boolean;
}

const BUCKETS_MAX = 500;
const NOTHING: Readonly<Record<Outcome, number>> = { succeeded: 0, refused: 0, failed: 0, aborted: 0 };

export function toBuckets(summary: RequestsSummary): readonly HistogramBucket[] {
  const stepMs = summary.bucketSeconds * 1_000;
  const fromMs = Date.parse(summary.from);
  const toMs = Date.parse(summary.to);
  const known = new Map(summary.buckets.map((bucket) => [Date.parse(bucket.start), bucket]));
  // As the API cuts them, from an instant that all ranges share.
  const originMs = Date.UTC(2001, 0, 1);
  const firstMs = originMs + Math.floor((fromMs - originMs) / stepMs) * stepMs;
  const lookedToMs = summary.lookedTo === null ? undefined : Date.parse(summary.lookedTo);
  const count = Math.min(BUCKETS_MAX, Math.max(1, Math.ceil((toMs - firstMs) / stepMs)));
  return Array.from({ length: count }, (_, position) => {
    const startMs = firstMs + position * stepMs;
    const counts = known.get(startMs) ?? NOTHING;
    return {
      startMs,
      endMs: startMs + stepMs,
      counts,
      total: OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0),
      isUnknown: lookedToMs !== undefined && startMs + stepMs <= lookedToMs,
    };
  });
}
