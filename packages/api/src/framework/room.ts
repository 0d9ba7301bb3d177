/** How many of something an organization may have: what grows with them is paid by everybody. */
import { ApiProblem } from './problem.ts';

/**
 * Two requests at once may pass it together; the bound is against thousands, not against one more.
 *
 * @throws {ApiProblem} `conflict`: there are as many as there may be.
 */
export async function assertRoom(count: Promise<number>, most: number, what: string): Promise<void> {
  const found = await count;
  if (found < most) return;
  throw new ApiProblem(
    'conflict',
    `Cannot add another: an organization has at most ${most} ${what}, got ${found}`,
    { reason: 'room', counts: { limit: most } },
  );
}
