/**
 * Brings roll-ups and running documents up to date with the ledger, exactly once.
 *
 * One transaction takes a window of the ledger, adds it to the cubes, to the drafts of its periods (or to the
 * notes of finalized ones), and moves the cursor. A process killed anywhere leaves either all of it or nothing;
 * workers on the same organization wait for each other at the cursor. Decision: docs/roll-up-by-cursor.md.
 */
import type { Database, Transaction } from '@tollgate/db';
import { addToStatements } from '../draft/add-usage.ts';
import { entriesOf, hasUnrolledEntries, moveCursor, takeLedgerWindow } from './ledger-window.ts';
import { addToCubes } from './usage-cubes.ts';
import { ensureSpan } from './usage-summaries.ts';

export interface RollUpOptions {
  readonly organizationId: string;
  /** Unix milliseconds of the process clock; dates the ids of what is made. */
  readonly nowMs: number;
  /** About how many entries one transaction takes; as many as the machine manages in some seconds, unless told. */
  readonly maxEntries?: number;
  /** Stops between two windows. */
  readonly signal?: AbortSignal;
}

/**
 * A row of a cube, a summary or an invoice costs once per window, however many entries it sums: whoever is behind takes
 * larger ones, which follow the speed of the machine so that none runs into its timeout.
 */
const FIRST_ENTRIES = 20_000;
const MOST_ENTRIES = 200_000;
const WINDOW_TARGET_MS = 10_000;
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
  let maxEntries = options.maxEntries ?? FIRST_ENTRIES;
  while (options.signal?.aborted !== true) {
    const begunMs = performance.now();
    const outcome = await rollUpWindow(database, options, maxEntries);
    if (outcome === 'nothing') break;
    windows++;
    if (outcome === 'complete') break;
    if (options.maxEntries === undefined) {
      maxEntries = nextMaxEntries(maxEntries, performance.now() - begunMs);
    }
  }
  return windows;
}

/** At most three times as many, so that one window on an idle machine does not promise too much. */
export function nextMaxEntries(entries: number, tookMs: number): number {
  const fitting = Math.round((entries * WINDOW_TARGET_MS) / Math.max(tookMs, 1));
  return Math.min(MOST_ENTRIES, Math.max(FIRST_ENTRIES / 4, Math.min(fitting, entries * 3)));
}

function rollUpWindow(
  database: Database,
  { organizationId, nowMs }: RollUpOptions,
  maxEntries: number,
): Promise<'nothing' | 'more' | 'complete'> {
  return database.tenant(
    organizationId,
    async (tx) => {
      await tuneSession(tx);
      const window = await takeLedgerWindow(tx, organizationId, maxEntries);
      if (window === undefined) return 'nothing';
      await addToCubes(tx, organizationId, entriesOf(window), await ensureSpan(tx, organizationId));
      await addToStatements(tx, organizationId, entriesOf(window), nowMs);
      await moveCursor(tx, window);
      return window.more ? 'more' : 'complete';
    },
    { timeoutMs: TRANSACTION_TIMEOUT_MS },
  );
}

/** Sums of a large window stay in memory, and compiling a statement anew each time takes longer than running it. */
async function tuneSession(tx: Transaction): Promise<void> {
  await tx.$queryRaw`
    SELECT set_config('jit', 'off', true), set_config('work_mem', '64MB', true),
      set_config('statement_timeout', ${String(TRANSACTION_TIMEOUT_MS)}, true)`;
}
