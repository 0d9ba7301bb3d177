/**
 * Ports for processes that start later, or are killed and start again: none that the system hands out to outgoing
 * connections, because one of those could take it while nobody listens.
 */
import { randomInt } from 'node:crypto';
import { isPortFree } from '@tollgate/local-services';

/** Below what Linux (32768) and macOS (49152) hand out. */
const FIRST = 15_000;
const LAST = 31_999;
const given = new Set<number>();

/** Free now, and given to nobody else of this process. */
export async function findLastingPort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, LAST + 1);
    if (given.has(port)) continue;
    given.add(port);
    if (await isPortFree(port)) return port;
  }
}
