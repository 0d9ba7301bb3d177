/**
 * The logic that every chart and legend shares: order, colour, totals, and what happens to the ninth
 * series. Pure. Sums of money are exact: decimal strings are added as scaled integers.
 */

export interface ChartSeries {
  readonly key: string;
  readonly label: string;
  /** Instead of its total in the legend: where that is not known. */
  readonly totalText?: string;
  /** Instead of one by place: for what has the same colour wherever it is drawn. */
  readonly color?: string;
}

/** One bucket of time; a missing value counts as zero. Money comes as decimal strings, counts as numbers. */
export interface ChartRow {
  /** Start of the bucket, ISO 8601 UTC. */
  readonly at: string;
  readonly values: Readonly<Record<string, string | number>>;
}

export interface PlottedSeries extends ChartSeries {
  readonly color: string;
  /** Exact, as a decimal string. */
  readonly total: string;
}

export const PALETTE_SIZE = 8;
/** What is not drawn by itself. A series may have this key already, where not all were asked for. */
export const OTHER_KEY = '__other';

/** Colour by place; `other` is always the same grey. */
export function colorOf(position: number): string {
  return `var(--tg-chart-${(position % PALETTE_SIZE) + 1})`;
}

/** Adds decimal numbers exactly. @throws {SyntaxError} One is no decimal number. */
export function addDecimals(values: readonly (string | number)[]): string {
  const parts = values.map((value) => splitDecimal(toDecimalText(value)));
  const scale = Math.max(0, ...parts.map((part) => part.fraction.length));
  const sum = parts.reduce((total, { negative, whole, fraction }) => {
    const scaled = BigInt(`${whole}${fraction.padEnd(scale, '0')}`);
    return negative ? total - scaled : total + scaled;
  }, 0n);
  return fromScaled(sum, scale);
}

/** Numbers in exponent notation (1e-7) have a decimal form as well. */
function toDecimalText(value: string | number): string {
  if (typeof value === 'string') return value;
  const text = String(value);
  return text.includes('e') ? value.toFixed(20) : text;
}

function splitDecimal(text: string) {
  const negative = text.startsWith('-');
  const [whole = '0', fraction = ''] = (negative ? text.slice(1) : text).split('.');
  return { negative, whole, fraction };
}

function fromScaled(scaled: bigint, scale: number): string {
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  return `${scaled < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

export interface PlottedData {
  readonly series: readonly PlottedSeries[];
  readonly rows: readonly ChartRow[];
}

/**
 * Largest series first, so that colours and stack order agree with the legend; what does not fit the
 * palette is summed as one series named `otherLabel`.
 *
 * @param keepOrder Keeps the given order, for series that have one by nature (status classes).
 */
export function toPlottedData(
  series: readonly ChartSeries[],
  rows: readonly ChartRow[],
  otherLabel: string,
  keepOrder = false,
): PlottedData {
  const totals = series.map((one) => ({
    ...one,
    total: addDecimals(rows.map((row) => row.values[one.key] ?? 0)),
  }));
  const told = totals.filter(({ key }) => key !== OTHER_KEY);
  const ordered = keepOrder ? told : told.toSorted((left, right) => Number(right.total) - Number(left.total));
  const shown = totals.length > PALETTE_SIZE ? ordered.slice(0, PALETTE_SIZE - 1) : ordered;
  const rest = [...ordered.slice(shown.length), ...totals.filter(({ key }) => key === OTHER_KEY)];
  const plotted = shown.map((one, position) => ({ ...one, color: one.color ?? colorOf(position) }));
  if (rest.length === 0) return { series: plotted, rows };
  const other: PlottedSeries = {
    key: OTHER_KEY,
    label: otherLabel,
    color: 'var(--tg-chart-other)',
    total: addDecimals(rest.map((one) => one.total)),
  };
  return { series: [...plotted, other], rows: rows.map((row) => withOther(row, rest)) };
}

function withOther(row: ChartRow, rest: readonly ChartSeries[]): ChartRow {
  const sum = addDecimals(rest.map((one) => row.values[one.key] ?? 0));
  return { ...row, values: { ...row.values, [OTHER_KEY]: sum } };
}
