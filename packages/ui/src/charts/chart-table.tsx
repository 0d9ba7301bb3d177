'use client';
/** The same figures as a table: for people who do not see the chart, or want to copy from it. */
import { formatBucket, type TimeInterval } from '../format/time.ts';
import { useUi } from '../provider/ui-provider.tsx';
import type { PlottedData } from './series.ts';
import type { ValueFormat } from './value-format.ts';

export interface ChartTableProps {
  readonly title: string;
  readonly data: PlottedData;
  readonly interval: TimeInterval;
  readonly timeZone: string;
  readonly format: ValueFormat;
  readonly height: number;
}

export function ChartTable({ title, data, interval, timeZone, format, height }: ChartTableProps) {
  const { labels, locale } = useUi();
  return (
    <section
      aria-label={title}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="overflow-auto rounded-sm border border-line"
      style={{ maxHeight: height }}
    >
      <table className="tabular w-full border-separate border-spacing-0 text-xs">
        <caption className="sr-only">{title}</caption>
        <thead className="sticky top-0 bg-sunken text-ink-soft">
          <tr>
            <th scope="col" className="border-b border-line px-2.5 py-1.5 text-left font-medium">
              {labels.time} ({timeZone})
            </th>
            {data.series.map((one) => (
              <th
                key={one.key}
                scope="col"
                className="border-b border-line px-2.5 py-1.5 text-right font-medium"
              >
                {one.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.rows.map((row) => (
            <tr key={row.at}>
              <th
                scope="row"
                className="border-b border-line px-2.5 py-1 text-left font-normal text-ink-soft"
              >
                {formatBucket(Date.parse(row.at), interval, locale, timeZone)}
              </th>
              {data.series.map((one) => (
                <td key={one.key} className="border-b border-line px-2.5 py-1 text-right text-ink">
                  {format.exact(row.values[one.key] ?? 0)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot className="text-ink">
          <tr>
            <th scope="row" className="px-2.5 py-1.5 text-left font-medium">
              {labels.total}
            </th>
            {data.series.map((one) => (
              <td key={one.key} className="px-2.5 py-1.5 text-right font-medium">
                {format.exact(one.total)}
              </td>
            ))}
          </tr>
        </tfoot>
      </table>
    </section>
  );
}
