/** Which time the explorer looks at, and how its address says so. Pure: the caller passes the time. */

export const RELATIVE_RANGE_MS = {
  quarter: 900_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
} as const;
export type RelativeRange = keyof typeof RELATIVE_RANGE_MS;
export type RangeName = RelativeRange | 'custom';
export const RELATIVE_RANGES = Object.keys(RELATIVE_RANGE_MS) as RelativeRange[];
const MINUTE_MS = 60_000;
const MAX_MS = 400 * 86_400_000;

export interface ExplorerRange {
  readonly name: RangeName;
  readonly from: string;
  /** Undefined: until now, however late it gets. */
  readonly to: string | undefined;
}

export interface RangeParameters {
  readonly range: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** A range that makes no sense is the usual one. */
export function readRange({ range, from, to }: RangeParameters, nowMs: number): ExplorerRange {
  if (range === 'custom') {
    const [fromMs, toMs] = [Date.parse(from ?? ''), Date.parse(to ?? '')];
    if (fromMs < toMs && toMs - fromMs <= MAX_MS) {
      return { name: 'custom', from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
    }
  }
  const name = RELATIVE_RANGES.find((one) => one === range) ?? 'day';
  // To the minute: the same list must stay the same question for a while.
  const fromMs = Math.floor((nowMs - RELATIVE_RANGE_MS[name]) / MINUTE_MS) * MINUTE_MS;
  return { name, from: new Date(fromMs).toISOString(), to: undefined };
}

/** For the address: what a brush over the histogram chose. */
export function customRange(fromMs: number, toMs: number): Readonly<Record<'range' | 'from' | 'to', string>> {
  return { range: 'custom', from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}

export function relativeRange(
  name: RelativeRange,
): Readonly<Record<'range' | 'from' | 'to', string | undefined>> {
  return { range: name === 'day' ? undefined : name, from: undefined, to: undefined };
}
