/** Arithmetic of the overview. Pure; figures for drawing and for a rough look ahead, not for bills. */
export interface MonthForecast {
  readonly usd: number;
}

const DAY_MS = 86_400_000;

/** The month's spend if it goes on as until now; nothing in the first day, which says too little. UTC. */
export function forecastMonth(spentUsd: number, nowMs: number): MonthForecast | undefined {
  const now = new Date(nowMs);
  const startMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1);
  const endMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
  const passedMs = nowMs - startMs;
  if (passedMs < DAY_MS || spentUsd <= 0) return undefined;
  return { usd: (spentUsd / passedMs) * (endMs - startMs) };
}

/** One figure for each step since then, zero where there is none: a line needs its gaps. */
export function fillSteps<Row extends { readonly start: string | null }>(
  fromMs: number,
  stepMs: number,
  nowMs: number,
  rows: readonly Row[],
  toFigure: (row: Row) => number,
): number[] {
  const steps = Math.max(2, Math.floor((nowMs - fromMs) / stepMs) + 1);
  const figures = Array.from({ length: steps }, () => 0);
  for (const row of rows) {
    const step = Math.round((Date.parse(row.start ?? '') - fromMs) / stepMs);
    if (step >= 0 && step < steps) figures[step] = (figures[step] ?? 0) + toFigure(row);
  }
  return figures;
}
