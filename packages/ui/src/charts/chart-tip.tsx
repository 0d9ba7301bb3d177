'use client';
/** What a chart says under the pointer: every series of the bucket and their sum, exactly. */
import { formatBucket, type TimeInterval } from '../format/time.ts';
import { useUi } from '../provider/ui-provider.tsx';
import { addDecimals, type ChartRow, type PlottedSeries } from './series.ts';
import type { ValueFormat } from './value-format.ts';

export interface ChartTipProps {
  readonly row: ChartRow | undefined;
  readonly series: readonly PlottedSeries[];
  readonly interval: TimeInterval;
  readonly timeZone: string;
  readonly format: ValueFormat;
  readonly withSum: boolean;
  /** What it is compared with, told below. */
  readonly beside?: { readonly label: string; readonly value: string | number };
}

export function ChartTip({ row, series, interval, timeZone, format, withSum, beside }: ChartTipProps) {
  const { labels, locale } = useUi();
  if (row === undefined) return null;
  return (
    <div className="min-w-40 rounded-md border border-line bg-raised px-3 py-2 text-xs text-ink shadow-md">
      <p className="pb-1 font-medium">
        {formatBucket(Date.parse(row.at), interval, locale, timeZone)} {timeZone}
      </p>
      <dl className="flex flex-col gap-0.5">
        {series
          .filter((one) => Number(row.values[one.key] ?? 0) !== 0)
          .map((one) => (
            <div key={one.key} className="flex items-center gap-2">
              <span aria-hidden className="size-2 rounded-[2px]" style={{ background: one.color }} />
              <dt className="min-w-0 flex-1 truncate text-ink-soft">{one.label}</dt>
              <dd className="tabular">{format.exact(row.values[one.key] ?? 0)}</dd>
            </div>
          ))}
        {withSum && (
          <div className="mt-1 flex justify-between border-t border-line pt-1 font-medium">
            <dt>{labels.total}</dt>
            <dd className="tabular">
              {format.exact(addDecimals(series.map((one) => row.values[one.key] ?? 0)))}
            </dd>
          </div>
        )}
        {beside && (
          <div className="flex justify-between gap-3 text-ink-soft">
            <dt>{beside.label}</dt>
            <dd className="tabular">{format.exact(beside.value)}</dd>
          </div>
        )}
      </dl>
    </div>
  );
}
