/**
 * Holds the ledger against the provider's own books.
 *
 * A request that the simulator received must stand in the ledger exactly once, and an entry that is not marked
 * estimated must say what the simulator billed. Matching is by the id that the gateway gives each attempt.
 */
import type { Database } from '@tollgate/db';
import type { TruthRecord } from '@tollgate/simulator';

export interface LedgerRow {
  readonly requestId: string;
  readonly attempt: number;
  readonly entry: number;
  readonly status: string;
  readonly estimated: boolean;
  readonly usageSource: string;
  readonly inputTokens: bigint;
  readonly cachedInputTokens: bigint;
  readonly outputTokens: bigint;
  readonly reasoningTokens: bigint;
  readonly costPicoUsd: bigint | null;
  readonly chargePicoUsd: bigint;
}

export interface Verdict {
  readonly attemptCount: number;
  readonly entryCount: number;
  readonly estimatedCount: number;
  /** Received by the provider, absent from the ledger. */
  readonly missing: readonly string[];
  /** In the ledger more than once. */
  readonly twice: readonly string[];
  /** Not marked estimated, and not what the provider billed. */
  readonly wrong: readonly string[];
  /** In the ledger with a cost, never received by the provider, not marked estimated. */
  readonly invented: readonly string[];
  /** Marked estimated although the provider's usage had reached the gateway. */
  readonly needlesslyEstimated: readonly string[];
}

export async function readLedger(database: Database, organizationId: string): Promise<LedgerRow[]> {
  return database.tenant(
    organizationId,
    (tx) =>
      tx.usageEntry.findMany({
        select: {
          requestId: true,
          attempt: true,
          entry: true,
          status: true,
          estimated: true,
          usageSource: true,
          inputTokens: true,
          cachedInputTokens: true,
          outputTokens: true,
          reasoningTokens: true,
          costPicoUsd: true,
          chargePicoUsd: true,
        },
      }),
    { timeoutMs: 60_000 },
  );
}

/** The name under which the gateway announces an attempt to a provider. */
export function attemptName(row: { requestId: string; attempt: number }): string {
  return `${row.requestId}-${row.attempt}`;
}

export function compareWithTruth(rows: readonly LedgerRow[], truth: readonly TruthRecord[]): Verdict {
  const rowsByName = Map.groupBy(rows, attemptName);
  const truthByName = new Map(
    truth.map((record) => [record.headers['x-client-request-id'] ?? `unnamed-${record.sequence}`, record]),
  );
  const wrong: string[] = [];
  const needlesslyEstimated: string[] = [];
  for (const [name, record] of truthByName) {
    const row = rowsByName.get(name)?.[0];
    if (row === undefined) continue;
    const ledger = `${row.inputTokens + row.cachedInputTokens}+${row.outputTokens + row.reasoningTokens}`;
    const provider = `${record.billed.promptTokens}+${record.billed.completionTokens}`;
    if (!row.estimated && ledger !== provider) {
      wrong.push(`${name}: ledger ${ledger}, provider ${provider} (${row.status}, ${record.outcome})`);
    }
    if (row.estimated && row.status === 'succeeded' && record.outcome === 'finished')
      needlesslyEstimated.push(name);
  }
  return {
    attemptCount: truthByName.size,
    entryCount: rows.length,
    estimatedCount: rows.filter((row) => row.estimated).length,
    missing: [...truthByName.keys()].filter((name) => !rowsByName.has(name)),
    twice: [...rowsByName].filter(([, group]) => group.length > 1).map(([name]) => name),
    wrong,
    invented: [...rowsByName]
      .filter(
        ([name, [row]]) =>
          !truthByName.has(name) && row !== undefined && !row.estimated && row.costPicoUsd !== 0n,
      )
      .map(([name]) => name),
    needlesslyEstimated,
  };
}
