/** Arithmetic of the overview. Pure; figures for drawing and for a rough look ahead, not for bills. */
import { printValueList } from '@tollgate/api/value-list';
import { withQuery } from '../../api/query-key.ts';
import { FAILURES } from '../usage/attempts.ts';
import { addDays, calendarDate, startOfDate } from '../usage/zoned-time.ts';

export interface MonthForecast {
  readonly usd: number;
}

const DAY_MS = 86_400_000;

export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** The day that it is in a zone. */
export function dayAt(timeZone: string, nowMs: number): Span {
  const today = calendarDate(nowMs, timeZone);
  return { startMs: startOfDate(today, timeZone), endMs: startOfDate(addDays(today, 1), timeZone) };
}

/** The month that it is in a zone. */
export function monthAt(timeZone: string, nowMs: number): Span {
  const first = { ...calendarDate(nowMs, timeZone), day: 1 };
  return {
    startMs: startOfDate(first, timeZone),
    endMs: startOfDate({ ...first, month: first.month + 1 }, timeZone),
  };
}

/** The month's spend if it goes on as until now; nothing in the first day, which says too little. */
export function forecastMonth(
  spentUsd: number,
  { startMs, endMs }: Span,
  nowMs: number,
): MonthForecast | undefined {
  const passedMs = nowMs - startMs;
  if (passedMs < DAY_MS || spentUsd <= 0) return undefined;
  return { usd: (spentUsd / passedMs) * (endMs - startMs) };
}

/**
 * One figure for each step since then, zero where there is none: a line needs its gaps.
 *
 * @param lastMs When the last step began. Days of a month that a clock was changed in are an hour off `stepMs`.
 */
export function fillSteps<Row extends { readonly start: string | null }>(
  fromMs: number,
  stepMs: number,
  lastMs: number,
  rows: readonly Row[],
  toFigure: (row: Row) => number,
): number[] {
  const steps = Math.max(2, Math.round((lastMs - fromMs) / stepMs) + 1);
  const figures = Array.from({ length: steps }, () => 0);
  for (const row of rows) {
    const step = Math.round((Date.parse(row.start ?? '') - fromMs) / stepMs);
    if (step >= 0 && step < steps) figures[step] = (figures[step] ?? 0) + toFigure(row);
  }
  return figures;
}

/** Requests that hold the failed attempts of a day, whatever came of them in the end; those that were refused had none. */
export function failedRequestsLink({ startMs, endMs }: Span): string {
  return withQuery('/requests', {
    q: `outcome:${FAILURES.join(',')}`,
    range: 'custom',
    from: new Date(startMs).toISOString(),
    to: new Date(endMs).toISOString(),
  });
}

/** The usage page with the same month, of everything or of one value: it shows the same sum. */
export function spendLink(by: 'model' | 'team' | 'key' | 'provider', id?: string): string {
  return withQuery('/usage', {
    range: 'month',
    group: by,
    [by]: id && printValueList([id]),
  });
}
