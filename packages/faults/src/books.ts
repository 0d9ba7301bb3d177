/** After the last fault: waits until the ledger has everything, and holds it, and the budgets, against the truth. */
import { auditBudgets } from '@tollgate/limits';
import type { TruthRecord } from '@tollgate/simulator';
import { waitFor } from '@tollgate/testing';
import { type BudgetWatch, whenNothingIsStuck } from './budget-watch.ts';
import type { System } from './system.ts';
import { compareWithTruth, type LedgerRow, readLedger, SIMULATOR_PRICES, type Verdict } from './verify.ts';

export interface ClosedBooks {
  readonly rows: readonly LedgerRow[];
  readonly truth: readonly TruthRecord[];
  readonly verdict: Verdict;
  /** From the call until the ledger had everything. */
  readonly shippedMs: number;
}

export interface BooksOptions {
  readonly watch: BudgetWatch;
  /** Grows by whatever breaks a promise. */
  readonly problems: string[];
  /** Wait for the gateways to give back what is idle, instead of ending them. */
  readonly waitForIdle?: boolean;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 60_000;
const SHOWN = 5;

export async function closeBooks(system: System, options: BooksOptions): Promise<ClosedBooks> {
  const { watch, problems, timeoutMs = TIMEOUT_MS } = options;
  const { organizationId } = system.tenant;
  const beginMs = performance.now();
  await attempt(problems, () => system.whenShipped(timeoutMs));
  const read = async () => {
    const [rows, truth] = [await readLedger(system.database, organizationId), await system.readTruth()];
    return { rows, truth, verdict: compareWithTruth(rows, truth, SIMULATOR_PRICES) };
  };
  await waitFor(async () => (await read()).verdict.missing.length === 0, {
    timeoutMs,
    intervalMs: 500,
    description: 'every attempt in the ledger',
  }).catch(() => undefined);
  const shippedMs = Math.round(performance.now() - beginMs);
  if (options.waitForIdle !== true) await Promise.all(system.gateways.map((each) => each.terminate()));
  await attempt(problems, () => whenNothingIsStuck(system.database, organizationId, timeoutMs));
  await attempt(problems, () => watch.stop());

  const books = await read();
  problems.push(...problemsOf(books.verdict));
  for (const name of watch.broken) problems.push(`budget exceeded: ${name}`);
  for (const difference of await auditBudgets(system.database, organizationId)) {
    problems.push(
      `budget audit: ${difference.kind} of ${difference.budgetId}, expected ${difference.expectedPicoUsd}, found ${difference.foundPicoUsd}`,
    );
  }
  return { ...books, shippedMs };
}

/** Turns a failure into a line of what is wrong. */
export async function attempt(problems: string[], run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
}

function problemsOf(verdict: Verdict): string[] {
  const kinds = ['missing', 'twice', 'wrong', 'invented', 'needlesslyEstimated'] as const;
  return kinds
    .filter((kind) => verdict[kind].length > 0)
    .map((kind) => `${kind}: ${verdict[kind].length}, such as ${verdict[kind].slice(0, SHOWN).join('; ')}`);
}
