/** Charts: one palette, one legend, exact figures, a table for each. Apart, because recharts is large. */
export {
  addDecimals,
  type ChartRow,
  type ChartSeries,
  colorOf,
  OTHER_KEY,
  toPlottedData,
} from './series.ts';
export { Sparkline, type SparklineProps } from './sparkline.tsx';
export { TimeSeriesChart, type TimeSeriesChartProps } from './time-series-chart.tsx';
export type { ChartValueKind } from './value-format.ts';
