/**
 * [M1, M2, M8] Many streams, some left by their clients at a random byte, over gateways that are killed and started again
 * all the while, never waited for to be idle; then the ledger against the provider's books, entry by entry.
 */
import { waitFor } from '@tollgate/testing';
import { closeBooks } from './books.ts';
import { watchBudgets } from './budget-watch.ts';
import { countOutcomes, wrongRefusals } from './diagnosis.ts';
import { type EstimateVerdict, judgeEstimates } from './estimates.ts';
import { runLoad } from './load.ts';
import type { ManagedProcess } from './managed-process.ts';
import { createRandom } from './random.ts';
import type { System } from './system.ts';
import type { Verdict } from './verify.ts';

export interface StreamsOptions {
  readonly seed: number;
  readonly streamCount: number;
  readonly killCount: number;
  readonly concurrency?: number;
  /** As EstimateEvidence has it. */
  readonly turnMs?: number;
  readonly onProgress?: (line: string) => void;
}

export interface StreamsReport {
  readonly seed: number;
  readonly killCount: number;
  readonly calls: Readonly<Record<string, number>>;
  readonly verdict: Verdict;
  readonly estimates: EstimateVerdict;
  readonly loadMs: number;
  readonly shippedMs: number;
  readonly budgetSampleCount: number;
  /** Everything that breaks a promise; empty when all hold. */
  readonly problems: readonly string[];
}

const ABORT_SHARE = 0.3;
const MAX_TOKENS = 80;
/** Slow enough that a kill meets streams in the middle. */
const TOKEN_INTERVAL_MS = 15;
const CONCURRENCY = 60;
/** Kills may be behind the streams by so many; then streams wait. */
const KILLS_BEHIND = 2;
const READY_TIMEOUT_MS = 120_000;
const SHIP_TIMEOUT_MS = 180_000;
const SHOWN = 8;

export async function runStreams(system: System, options: StreamsOptions): Promise<StreamsReport> {
  const { seed, streamCount, killCount } = options;
  const watch = watchBudgets(system.database, system.tenant.organizationId);
  const random = createRandom(seed + 1);
  const killer = startKiller(system, options);
  const beginMs = performance.now();
  const calls = await runLoad({
    pickUrl: () => system.pickUrl(random),
    secret: system.tenant.secret,
    random,
    callCount: streamCount,
    concurrency: options.concurrency ?? CONCURRENCY,
    streamShare: 1,
    abortShare: ABORT_SHARE,
    maxTokens: MAX_TOKENS,
    tokenIntervalMs: TOKEN_INTERVAL_MS,
    beforeCall: killer.allow,
    onProgress: (ended) => {
      if (ended % 1_000 === 0) options.onProgress?.(`${ended} streams, ${killer.count()} kills`);
    },
  });
  const loadMs = Math.round(performance.now() - beginMs);
  await killer.done();

  const problems: string[] = [];
  const books = await closeBooks(system, { watch, problems, timeoutMs: SHIP_TIMEOUT_MS });
  const { rows, truth, verdict, shippedMs } = books;
  const killsOf = await system.readKills();
  const { turnMs } = options;
  const estimates = judgeEstimates({ rows, truth, calls, killsOf, ...(turnMs !== undefined && { turnMs }) });
  problems.push(...wrongRefusals(calls), ...estimates.problems.slice(0, SHOWN));
  if (estimates.problems.length > SHOWN) {
    problems.push(`and ${estimates.problems.length - SHOWN} more entries like these`);
  }
  if (killer.count() < killCount) problems.push(`only ${killer.count()} of ${killCount} kills were made`);
  return {
    seed,
    killCount: killer.count(),
    calls: countOutcomes(calls),
    verdict,
    estimates,
    loadMs,
    shippedMs,
    budgetSampleCount: watch.sampleCount,
    problems,
  };
}

interface Killer {
  /** Lets a stream begin when the kills that belong before it are under way. */
  allow(number: number): Promise<void>;
  count(): number;
  /** Resolves when all are made and every gateway runs again. */
  done(): Promise<void>;
}

/** Spreads its kills over the streams; of several gateways, one at least goes on. */
function startKiller(system: System, { seed, streamCount, killCount }: StreamsOptions): Killer {
  const random = createRandom(seed);
  const everyStreams = streamCount / (killCount + 1);
  let startedCount = 0;
  let killedCount = 0;
  const restarts: Promise<void>[] = [];
  const kills = (async () => {
    while (killedCount < killCount) {
      const due = everyStreams * (killedCount + 1);
      await waitFor(() => startedCount >= due, { timeoutMs: READY_TIMEOUT_MS, description: 'more streams' });
      await waitFor(() => readyOf(system).length > 1, {
        timeoutMs: READY_TIMEOUT_MS,
        description: 'a gateway to spare',
      });
      const gateway = random.pick(readyOf(system));
      await gateway.kill();
      const restart = gateway.start();
      // Told by done().
      restart.catch(() => undefined);
      restarts.push(restart);
      killedCount += 1;
    }
  })();
  // Told by done(): nobody waits for it before.
  kills.catch(() => undefined);
  return {
    allow: async (number) => {
      startedCount = Math.max(startedCount, number);
      await waitFor(() => killedCount + KILLS_BEHIND >= Math.min(killCount, number / everyStreams), {
        timeoutMs: READY_TIMEOUT_MS,
        description: 'kills to keep up with the streams',
      });
    },
    count: () => killedCount,
    done: async () => {
      await kills;
      await Promise.all(restarts);
    },
  };
}

function readyOf({ gateways }: System): ManagedProcess[] {
  return gateways.filter((gateway) => gateway.isReady);
}
