/**
 * Times that are promised, on machines that may stand still for longer than the promise: measured several times.
 */

/**
 * What is slow by itself is slow every time; a machine that was busy with something else is not.
 *
 * @param measure One turn, from its beginning; returns the milliseconds that it took.
 * @param belowMs The promise. No turn follows one that kept it.
 * @returns The shortest.
 */
export async function shortestMs(
  belowMs: number,
  measure: (turn: number) => Promise<number>,
  turns = 5,
): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY;
  for (let turn = 1; turn <= turns && shortest >= belowMs; turn += 1) {
    shortest = Math.min(shortest, await measure(turn));
  }
  return shortest;
}

/**
 * For what may be slow by chance, as a tick is that something waits for: half of all turns must be in time, not one.
 *
 * @param measure As above.
 * @param turns Odd.
 * @returns The one in the middle.
 */
export async function medianMs(measure: (turn: number) => Promise<number>, turns = 5): Promise<number> {
  const tookMs: number[] = [];
  for (let turn = 1; turn <= turns; turn += 1) tookMs.push(await measure(turn));
  return tookMs.toSorted((one, other) => one - other)[(turns - 1) / 2] ?? Number.POSITIVE_INFINITY;
}
