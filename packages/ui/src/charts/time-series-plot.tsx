'use client';
/** What draws a TimeSeriesChart. A file of its own, because it is loaded when a chart is on the page and not before. */
import { useMemo } from 'react';
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
import { formatBucket } from '../format/time.ts';
import { useUi } from '../provider/ui-provider.tsx';
import { axisTicks, axisWidthPx } from './axis-ticks.ts';
import { ChartTip } from './chart-tip.tsx';
import type { ChartRow, PlottedSeries } from './series.ts';
import type { TimeSeriesChartProps } from './time-series-chart.tsx';
import type { ValueFormat } from './value-format.ts';

export interface TimeSeriesPlotProps extends TimeSeriesChartProps {
  readonly shown: readonly PlottedSeries[];
  readonly format: ValueFormat;
  readonly height: number;
}

const TICK = { fill: 'var(--tg-ink-faint)', fontSize: 11 };

export function TimeSeriesPlot(props: TimeSeriesPlotProps) {
  const { rows, shown, format, height, interval, kind = 'area', reference, overlay, onBucketClick } = props;
  const { timeZone = 'UTC' } = props;
  const { locale } = useUi();
  const points = useMemo(
    () =>
      rows.map((row, position) => ({ ...toPoint(row, shown), ...toOverlayPoint(overlay?.values[position]) })),
    [rows, shown, overlay],
  );
  const ticks = useMemo(
    () => axisTicks([...heightsOf(points, shown, kind), reference?.value ?? 0], format.hasFractions),
    [points, shown, kind, reference?.value, format.hasFractions],
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
            width={axisWidthPx(ticks.map(format.axis))}
            ticks={ticks}
            domain={[ticks[0] ?? 0, ticks.at(-1) ?? 1]}
            interval={0}
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

/** How high and how low each bucket is drawn: what is stacked goes up from zero, and down from it. */
function heightsOf(
  points: readonly Readonly<Record<string, string | number>>[],
  shown: readonly PlottedSeries[],
  kind: 'area' | 'bar' | 'line',
): number[] {
  return points.flatMap((point) => {
    const values = shown.map(({ key }) => Number(point[key] ?? 0));
    const sum = (chosen: readonly number[]) => chosen.reduce((total, value) => total + value, 0);
    const heights =
      kind === 'line' ? values : [sum(values.filter((one) => one > 0)), sum(values.filter((one) => one < 0))];
    return [...heights, Number(point[OVERLAY_KEY] ?? 0)];
  });
}

/** Floats only here, where a value becomes a place on the screen. */
function toPoint(row: ChartRow, series: readonly PlottedSeries[]): Record<string, string | number> {
  const point: Record<string, string | number> = { at: row.at };
  for (const { key } of series) point[key] = Number(row.values[key] ?? 0);
  return point;
}
