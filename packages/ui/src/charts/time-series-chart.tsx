'use client';
/** Values over time, stacked, as areas or bars (or as lines, not stacked), with legend, tip and table. */
import { ChartArea, Table2 } from 'lucide-react';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { classNames } from '../class-names.ts';
import { IconButton } from '../components/button.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import type { TimeInterval } from '../format/time.ts';
import { useIsFirstDrawing } from '../provider/first-drawing.ts';
import { useUi } from '../provider/ui-provider.tsx';
import { ChartTable } from './chart-table.tsx';
import { Legend } from './legend.tsx';
import { type ChartRow, type ChartSeries, toPlottedData } from './series.ts';
import { type ChartValueKind, valueFormat } from './value-format.ts';

export interface TimeSeriesChartProps {
  /** What is shown, for people who do not see it: "Spend by team, last 30 days". */
  readonly title: string;
  readonly series: readonly ChartSeries[];
  readonly rows: readonly ChartRow[];
  readonly interval: TimeInterval;
  /** IANA name of the zone whose hours, days or months the buckets are; UTC unless told. */
  readonly timeZone?: string;
  readonly kind?: 'area' | 'bar' | 'line';
  readonly valueKind?: ChartValueKind;
  readonly height?: number;
  readonly loading?: boolean;
  /** Keeps the given order of series instead of largest first. */
  readonly keepOrder?: boolean;
  /** A horizontal line with a name, such as the budget. */
  readonly reference?: { readonly value: number; readonly label: string };
  readonly legend?: boolean;
  /** A dashed line over the rest, one value per row: the same in the period before. */
  readonly overlay?: { readonly label: string; readonly values: readonly (string | number)[] };
  /** Pressing a bucket, to open what is in it. */
  readonly onBucketClick?: (row: ChartRow) => void;
  readonly className?: string;
}

const DEFAULT_HEIGHT = 240;

/** What draws is as large as the rest of a page: it comes while the figures do, after the page works. */
const loadPlot = () => import('./time-series-plot.tsx');
const Plot = lazy(async () => ({ default: (await loadPlot()).TimeSeriesPlot }));

export function TimeSeriesChart(props: TimeSeriesChartProps) {
  const {
    title,
    series,
    rows,
    interval,
    valueKind = 'count',
    height = DEFAULT_HEIGHT,
    keepOrder,
    className,
  } = props;
  const { labels, locale } = useUi();
  // A failure shows where the plot is drawn; here it only comes earlier.
  useEffect(() => void loadPlot().catch(() => undefined), []);
  // Its width is known in a browser only.
  const isFirst = useIsFirstDrawing();
  const [asTable, setAsTable] = useState(false);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const data = useMemo(
    () => toPlottedData(series, rows, labels.other, keepOrder),
    [series, rows, labels, keepOrder],
  );
  const format = useMemo(() => valueFormat(valueKind, locale), [valueKind, locale]);
  const toggle = (key: string) => {
    const next = new Set(hidden);
    if (!next.delete(key)) next.add(key);
    setHidden(next);
  };
  if (props.loading && rows.length === 0) {
    return (
      <div style={{ height }} className={className} aria-busy>
        <Skeleton className="h-full" />
        <span className="sr-only">{labels.loading}</span>
      </div>
    );
  }
  if (rows.length === 0) {
    return (
      <p
        style={{ height }}
        className={classNames('flex items-center justify-center text-sm text-ink-faint', className)}
      >
        {labels.noData}
      </p>
    );
  }
  return (
    <figure aria-label={title} className={classNames('flex min-w-0 flex-col gap-2', className)}>
      <div className="flex items-start justify-between gap-2">
        {props.legend === false ? (
          <span />
        ) : (
          <Legend
            series={data.series}
            hidden={hidden}
            onToggle={toggle}
            format={format}
            showTotals={valueKind === 'money' || valueKind === 'count'}
            {...(props.overlay && { overlayLabel: props.overlay.label })}
          />
        )}
        <IconButton
          size="sm"
          label={asTable ? labels.showChart : labels.showTable}
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? <ChartArea /> : <Table2 />}
        </IconButton>
      </div>
      {asTable ? (
        <ChartTable
          title={title}
          data={data}
          interval={interval}
          timeZone={props.timeZone ?? 'UTC'}
          format={format}
          height={height}
        />
      ) : isFirst ? (
        <div style={{ height }} aria-busy />
      ) : (
        <Suspense fallback={<div style={{ height }} aria-busy />}>
          <Plot
            {...props}
            height={height}
            rows={data.rows}
            shown={data.series.filter((one) => !hidden.has(one.key))}
            format={format}
          />
        </Suspense>
      )}
    </figure>
  );
}
