/** Where an axis is marked: at round numbers, from zero to above the largest value. Pure; places on a screen, not money. */

const STEPS = [1, 2, 2.5, 5, 10];
const MOST_INTERVALS = 4;
/** What floats add to a multiple of a tenth goes. */
const DIGITS = 12;
/** A pico-USD: below it nothing is worth a mark. */
const LEAST_RANGE = 1e-12;

/** Holds `$1.25K`, `820 ms`, `12.500 $`: most charts have the same, so that charts one below the other line up. */
const USUAL_WIDTH_PX = 54;
/** Of a digit of 11 px in the widest face that the page falls back to. */
const CHARACTER_WIDTH_PX = 6.6;
const BESIDE_LABEL_PX = 12;

/**
 * How wide an axis is for what stands on it. Counted, not measured: an axis that measures itself cuts its own labels
 * when the chart becomes narrower. @returns Pixels.
 */
export function axisWidthPx(labels: readonly string[]): number {
  const longest = labels.reduce((most, { length }) => Math.max(most, length), 0);
  return Math.max(USUAL_WIDTH_PX, Math.ceil(longest * CHARACTER_WIDTH_PX) + BESIDE_LABEL_PX);
}

/**
 * @param values Whatever is drawn; zero is always on the axis.
 * @param hasFractions Whether there is something between one and two.
 * @returns Ascending, at least two.
 */
export function axisTicks(values: readonly number[], hasFractions: boolean): number[] {
  const least = values.reduce((low, value) => Math.min(low, value), 0);
  const most = values.reduce((high, value) => Math.max(high, value), 0);
  if (most === least) return [0, 1];
  const step = stepFor(Math.max(most - least, LEAST_RANGE), hasFractions);
  const first = Math.floor(least / step);
  const last = Math.max(Math.ceil(most / step), first + 1);
  return Array.from({ length: last - first + 1 }, (_, place) =>
    Number(((first + place) * step).toPrecision(DIGITS)),
  );
}

function stepFor(range: number, hasFractions: boolean): number {
  const magnitude = 10 ** Math.floor(Math.log10(range / MOST_INTERVALS));
  const steps = STEPS.map((step) => step * magnitude);
  const fits = steps.find(
    (step) => range / step <= MOST_INTERVALS && (hasFractions || Number.isInteger(step)),
  );
  return fits ?? 1;
}
