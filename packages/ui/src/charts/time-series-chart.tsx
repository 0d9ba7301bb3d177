'use client';
/** Values over time, stacked, as areas or bars (or as lines, not stacked), with legend, tip and table. */
import { ChartArea, Table2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import {
  Area,
  Bar,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { classNames } from '../class-names.ts';
import { IconButton } from '../components/button.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { formatBucket, type TimeInterval } from '../format/time.ts';
import { useUi } from '../provider/ui-provider.tsx';
import { ChartTable } from './chart-table.tsx';
import { ChartTip } from './chart-tip.tsx';
import { Legend } from './legend.tsx';
import { type ChartRow, type ChartSeries, type PlottedSeries, toPlottedData } from './series.ts';
import { type ChartValueKind, type ValueFormat, valueFormat } from './value-format.ts';

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
      ) : (
        <Plot
          {...props}
          height={height}
          rows={data.rows}
          shown={data.series.filter((one) => !hidden.has(one.key))}
          format={format}
        />
      )}
    </figure>
  );
}

interface PlotProps extends TimeSeriesChartProps {
  readonly shown: readonly PlottedSeries[];
  readonly format: ValueFormat;
  readonly height: number;
}

const TICK = { fill: 'var(--tg-ink-faint)', fontSize: 11 };

function Plot(props: PlotProps) {
  const { rows, shown, format, height, interval, kind = 'area', reference, overlay, onBucketClick } = props;
  const { timeZone = 'UTC' } = props;
  const { locale } = useUi();
  const points = useMemo(
    () =>
      rows.map((row, position) => ({ ...toPoint(row, shown), ...toOverlayPoint(overlay?.values[position]) })),
    [rows, shown, overlay],
  );
  const rowAt = (at: unknown) => rows.find((row) => row.at === at);
  return (
    // The table beside it says the same; the drawing itself is not read out.
    <div aria-hidden style={{ height }} className="w-full min-w-0 text-xs [&_.recharts-surface]:outline-none">
      <ResponsiveContainer width="100%" height="100%">
        <ComposedChart
          data={points}
          margin={{ top: 6, right: 4, bottom: 0, left: 0 }}
          accessibilityLayer={false}
          barCategoryGap="18%"
          onClick={({ activeLabel }) => {
            const row = rowAt(activeLabel);
            if (row) onBucketClick?.(row);
          }}
        >
          <CartesianGrid vertical={false} stroke="var(--tg-chart-grid)" />
          <XAxis
            dataKey="at"
            tickFormatter={(at: string) => formatBucket(Date.parse(at), interval, locale, timeZone)}
            tick={TICK}
            tickLine={false}
            axisLine={{ stroke: 'var(--tg-line-strong)' }}
            minTickGap={36}
            tickMargin={6}
          />
          <YAxis
            tickFormatter={format.axis}
            tick={TICK}
            tickLine={false}
            axisLine={false}
            width="auto"
            allowDecimals
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: 'var(--tg-hover)', stroke: 'var(--tg-line-strong)' }}
            content={({ active, label }) =>
              active ? (
                <ChartTip
                  row={rowAt(label)}
                  series={shown}
                  interval={interval}
                  timeZone={timeZone}
                  format={format}
                  withSum={kind !== 'line' && shown.length > 1}
                  {...(overlay && {
                    beside: {
                      label: overlay.label,
                      value: overlay.values[rows.findIndex((row) => row.at === label)] ?? 0,
                    },
                  })}
                />
              ) : null
            }
          />
          {shown.map((one) => drawSeries(one, kind))}
          {overlay && (
            <Line
              dataKey={OVERLAY_KEY}
              name={overlay.label}
              type="monotone"
              stroke="var(--tg-ink-faint)"
              strokeWidth={1.5}
              strokeDasharray="4 3"
              dot={false}
              isAnimationActive={false}
            />
          )}
          {reference && (
            <ReferenceLine
              y={reference.value}
              stroke="var(--tg-negative)"
              strokeDasharray="4 3"
              ifOverflow="extendDomain"
              label={{
                value: reference.label,
                position: 'insideTopRight',
                fill: 'var(--tg-negative)',
                fontSize: 11,
              }}
            />
          )}
        </ComposedChart>
      </ResponsiveContainer>
    </div>
  );
}

function drawSeries(series: PlottedSeries, kind: 'area' | 'bar' | 'line') {
  const shared = { dataKey: series.key, name: series.label, isAnimationActive: false };
  switch (kind) {
    case 'bar':
      return <Bar key={series.key} {...shared} stackId="stack" fill={series.color} maxBarSize={36} />;
    case 'line':
      return (
        <Line
          key={series.key}
          {...shared}
          type="monotone"
          stroke={series.color}
          strokeWidth={1.75}
          dot={false}
        />
      );
    case 'area':
      return (
        <Area
          key={series.key}
          {...shared}
          type="monotone"
          stackId="stack"
          stroke={series.color}
          strokeWidth={1.5}
          fill={series.color}
          fillOpacity={0.22}
        />
      );
  }
}

const OVERLAY_KEY = '__overlay';

function toOverlayPoint(value: string | number | undefined): Record<string, number> {
  return value === undefined ? {} : { [OVERLAY_KEY]: Number(value) };
}

/** Floats only here, where a value becomes a place on the screen. */
function toPoint(row: ChartRow, series: readonly PlottedSeries[]): Record<string, string | number> {
  const point: Record<string, string | number> = { at: row.at };
  for (const { key } of series) point[key] = Number(row.values[key] ?? 0);
  return point;
}
