/**
 * Brings roll-ups and running documents up to date with the ledger, exactly once.
 *
 * One transaction takes a window of the ledger, adds it to the cubes, to the drafts of its periods (or to the
 * notes of finalized ones), and moves the cursor. A process killed anywhere leaves either all of it or nothing;
 * workers on the same organization wait for each other at the cursor. Decision: docs/roll-up-by-cursor.md.
 */
import type { Database } from '@tollgate/db';
import { addToStatements } from '../draft/add-usage.ts';
import { entriesOf, hasUnrolledEntries, moveCursor, takeLedgerWindow } from './ledger-window.ts';
import { addToCubes } from './usage-cubes.ts';
import { ensureSpan } from './usage-summaries.ts';

export interface RollUpOptions {
  readonly organizationId: string;
  /** Unix milliseconds of the process clock; dates the ids of what is made. */
  readonly nowMs: number;
  /** About how many entries one transaction takes. */
  readonly maxEntries?: number;
  /** Stops between two windows. */
  readonly signal?: AbortSignal;
}

const DEFAULT_MAX_ENTRIES = 20_000;
const TRANSACTION_TIMEOUT_MS = 120_000;

/**
 * Rolls up everything that was committed before the call, window by window.
 *
 * @returns How many windows were taken; 0 when there was nothing to do.
 */
export async function rollUp(database: Database, options: RollUpOptions): Promise<number> {
  const { organizationId } = options;
  let windows = 0;
  if (!(await database.tenant(organizationId, (tx) => hasUnrolledEntries(tx, organizationId))))
    return windows;
  while (options.signal?.aborted !== true) {
    const outcome = await rollUpWindow(database, options);
    if (outcome === 'nothing') break;
    windows++;
    if (outcome === 'complete') break;
  }
  return windows;
}

function rollUpWindow(database: Database, options: RollUpOptions): Promise<'nothing' | 'more' | 'complete'> {
  const { organizationId, nowMs, maxEntries = DEFAULT_MAX_ENTRIES } = options;
  return database.tenant(
    organizationId,
    async (tx) => {
      const window = await takeLedgerWindow(tx, organizationId, maxEntries);
      if (window === undefined) return 'nothing';
      await addToCubes(tx, entriesOf(window), await ensureSpan(tx, organizationId));
      await addToStatements(tx, organizationId, entriesOf(window), nowMs);
      await moveCursor(tx, window);
      return window.more ? 'more' : 'complete';
    },
    { timeoutMs: TRANSACTION_TIMEOUT_MS },
  );
}
