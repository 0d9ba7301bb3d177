/**
 * Holds the ledger against the provider's own books.
 *
 * A request that the simulator received must stand in the ledger exactly once, and an entry that is not marked
 * estimated must say what the simulator billed. Matching is by the id that the gateway gives each attempt.
 */
import type { Database } from '@tollgate/db';
import type { TruthRecord } from '@tollgate/simulator';

/** Pico-USD per token of the prompt and of the answer, and per token of a picture. */
export interface ExpectedPrice {
  readonly input: bigint;
  readonly output: bigint;
  readonly imageOutput?: bigint;
}

/**
 * The simulator's prices as its documentation states them (USD per million tokens: 0.25 and 2, ten times that, 0.02, and
 * 5 with 40 for pictures), written down again: what the product rates with is not asked.
 */
export const SIMULATOR_PRICES: Readonly<Record<string, ExpectedPrice>> = {
  'sim-small': { input: 250_000n, output: 2_000_000n },
  'sim-large': { input: 2_500_000n, output: 20_000_000n },
  'sim-embedding': { input: 20_000n, output: 0n },
  'sim-image': { input: 5_000_000n, output: 0n, imageOutput: 40_000_000n },
};

export interface LedgerRow {
  readonly requestId: string;
  /** Of the request. */
  readonly startedAt: Date;
  readonly keyId: string;
  /** Empty: by none. */
  readonly routeId: string;
  /** As the client wrote it. */
  readonly requestedModel: string;
  readonly attempt: number;
  readonly entry: number;
  readonly status: string;
  readonly estimated: boolean;
  readonly usageSource: string;
  readonly inputTokens: bigint;
  readonly cachedInputTokens: bigint;
  readonly outputTokens: bigint;
  readonly reasoningTokens: bigint;
  /** Counts by name; pictures' tokens stand here. */
  readonly units: unknown;
  readonly gatewayEpochId: string;
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
          startedAt: true,
          keyId: true,
          routeId: true,
          requestedModel: true,
          attempt: true,
          entry: true,
          status: true,
          estimated: true,
          usageSource: true,
          inputTokens: true,
          cachedInputTokens: true,
          outputTokens: true,
          reasoningTokens: true,
          units: true,
          gatewayEpochId: true,
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

/** Files that are read before a batch is made, and batches that are asked after: nothing is billed for them. */
const QUESTION = /-(?:input|follow)$/;

/** Under the same names. */
export function truthByAttempt(truth: readonly TruthRecord[]): Map<string, TruthRecord> {
  const named = truth.map(
    (record) => [record.headers['x-client-request-id'] ?? `unnamed-${record.sequence}`, record] as const,
  );
  return new Map(named.filter(([name]) => !QUESTION.test(name)));
}

/** @param prices Where they are known, what is not estimated must cost what was billed, to the pico-USD. */
export function compareWithTruth(
  rows: readonly LedgerRow[],
  truth: readonly TruthRecord[],
  prices?: Readonly<Record<string, ExpectedPrice>>,
): Verdict {
  const rowsByName = Map.groupBy(rows, attemptName);
  const truthByName = truthByAttempt(truth);
  const wrong: string[] = [];
  const needlesslyEstimated: string[] = [];
  for (const [name, record] of truthByName) {
    const row = rowsByName.get(name)?.[0];
    if (row === undefined) continue;
    const expected = prices === undefined ? undefined : expectedCost(record, prices);
    const cost = expected === undefined ? '' : ` at ${row.costPicoUsd}, charged ${row.chargePicoUsd}`;
    const ledger = `${inputOf(row)}+${outputOf(row)}${cost}`;
    const price = expected === undefined ? '' : ` at ${expected}, charged ${expected}`;
    const provider = `${record.billed.promptTokens}+${record.billed.completionTokens}${price}`;
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

function inputOf(row: LedgerRow): bigint {
  return row.inputTokens + row.cachedInputTokens + unitOf(row, 'unit:image_input_token');
}

/** Tokens of the answer, pictures' included. */
export function outputOf(row: LedgerRow): bigint {
  return row.outputTokens + row.reasoningTokens + unitOf(row, 'unit:image_output_token');
}

function unitOf({ units }: LedgerRow, name: string): bigint {
  const count = (units as Readonly<Record<string, number>> | null)?.[name];
  return BigInt(count ?? 0);
}

/** The operator's credential is resold without a markup: what is charged is the cost. */
function expectedCost(
  { model, billed }: TruthRecord,
  prices: Readonly<Record<string, ExpectedPrice>>,
): bigint | undefined {
  const price = prices[model ?? ''];
  if (price === undefined) return undefined;
  const images = BigInt(billed.units?.imageOutputTokens ?? 0);
  const output = BigInt(billed.completionTokens) - images;
  return (
    BigInt(billed.promptTokens) * price.input + output * price.output + images * (price.imageOutput ?? 0n)
  );
}
