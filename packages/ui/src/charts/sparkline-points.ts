/** Where the points of a sparkline lie. Pure, apart from the component so that tests need no JSX. */
export const WIDTH = 100;
export const HEIGHT = 28;
const PADDING = 2;

/** Points of the line in a box of 100 × 28; a flat series runs along the bottom. */
export function sparklinePoints(values: readonly number[]): readonly (readonly [x: number, y: number])[] {
  const low = Math.min(...values, 0);
  const span = Math.max(...values, 0) - low || 1;
  const step = values.length > 1 ? WIDTH / (values.length - 1) : 0;
  return values.map((value, position) => [
    Math.round(position * step * 100) / 100,
    Math.round((HEIGHT - PADDING - ((value - low) / span) * (HEIGHT - 2 * PADDING)) * 100) / 100,
  ]);
}
