/**
 * Whether an hour's spend is unusual: compared with the same hour of the days before, by median and spread.
 *
 * The rule, in full: unusual is what lies above all three of median + k × 1.4826 × MAD, three times the median,
 * and the median plus a minimum. MAD is the median of the distances from the median; 1.4826 makes it comparable
 * with a standard deviation. Integers throughout. Pure.
 */
interface AnomalyRule {
  readonly deviations: number;
  readonly minimumPicoUsd: bigint;
}

interface AnomalyVerdict {
  readonly unusual: boolean;
  readonly medianPicoUsd: bigint;
  readonly spreadPicoUsd: bigint;
  /** What would still have been usual. */
  readonly limitPicoUsd: bigint;
}

/** Fewer days say nothing about what is usual. */
const MIN_HISTORY_DAYS = 5;

/** @returns Undefined: too little history. */
export function judgeAnomaly(
  spentPicoUsd: bigint,
  history: readonly bigint[],
  rule: AnomalyRule,
): AnomalyVerdict | undefined {
  if (history.length < MIN_HISTORY_DAYS) return undefined;
  const median = medianOf(history);
  const spread = medianOf(history.map((each) => (each > median ? each - median : median - each)));
  const byDeviation = median + (BigInt(rule.deviations) * 14_826n * spread) / 10_000n;
  const limit = [byDeviation, 3n * median, median + rule.minimumPicoUsd].reduce(larger);
  return { unusual: spentPicoUsd > limit, medianPicoUsd: median, spreadPicoUsd: spread, limitPicoUsd: limit };
}

function larger(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}

/** Of an even number, the mean of the two in the middle, rounded down. */
function medianOf(values: readonly bigint[]): bigint {
  const sorted = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return (sorted[middle - 1]! + sorted[middle]!) / 2n;
}
