/**
 * Times that are promised, on machines that may stand still for longer than the promise: measured again until once in time.
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
