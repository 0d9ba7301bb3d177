/** The long proofs of `npm run faults`, each named by its size: `--streams`, `--revocations`, `--outage`. */
import { parseArgs } from 'node:util';
import { numberOf, runCommandOn } from './command.ts';
import { OUTAGE_KEYS, runOutage } from './outage.ts';
import { runStreams } from './streams.ts';
import { WALK_GRANT_TTL_MS, WALK_LIMITS } from './walk-limits.ts';

const POLLING_SHARE = 50;
const progress = (line: string): void => console.log(`  ${line}`);

export async function streams(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      streams: { type: 'string', default: '10000' },
      kills: { type: 'string', default: '200' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
      gateways: { type: 'string', default: '3' },
      workers: { type: 'string', default: '2' },
      concurrency: { type: 'string', default: '60' },
      bundled: { type: 'boolean', default: true },
    },
    allowNegative: true,
  });
  const seed = numberOf('seed', values.seed);
  const system = {
    gatewayCount: numberOf('gateways', values.gateways),
    workerCount: numberOf('workers', values.workers),
    limits: WALK_LIMITS,
    grantTtlMs: WALK_GRANT_TTL_MS,
    bundled: values.bundled,
  };
  const streamCount = numberOf('streams', values.streams);
  const killCount = numberOf('kills', values.kills);
  console.log(`seed ${seed}: ${streamCount} streams, ${killCount} kills, ${system.gatewayCount} gateways`);
  await runCommandOn(system, seed, async (running) => {
    const concurrency = numberOf('concurrency', values.concurrency);
    const report = await runStreams(running, {
      seed,
      streamCount,
      killCount,
      concurrency,
      onProgress: progress,
    });
    const { verdict, estimates } = report;
    console.log(`calls: ${JSON.stringify(report.calls)}, ${report.killCount} kills`);
    console.log(
      `provider: ${verdict.attemptCount} attempts; ledger: ${verdict.entryCount} entries, ${verdict.missing.length} missing, ${verdict.twice.length} twice, ${estimates.exactCount} exact to the pico-USD`,
    );
    console.log(
      `estimated: ${verdict.estimatedCount}; usage never written ${estimates.neverWritten}, left unread ${estimates.leftUnread}, read in the last turn ${estimates.lostInTurn} (within ${estimates.longestTurnMs} ms), request never received ${estimates.neverReceived}; free: ${estimates.nothingBilled}`,
    );
    console.log(
      `${Math.round(report.loadMs / 1_000)} s of load, ledger complete ${report.shippedMs} ms later, budgets asked ${report.budgetSampleCount} times`,
    );
    return report.problems;
  });
}

export async function revocations(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      revocations: { type: 'string', default: '1000' },
      polling: { type: 'string' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
      gateways: { type: 'string', default: '3' },
      bundled: { type: 'boolean', default: true },
    },
    allowNegative: true,
  });
  // The whole admin API, which the other proofs need not load.
  const { runRevocations } = await import('./revocations.ts');
  const seed = numberOf('seed', values.seed);
  const revocationCount = numberOf('revocations', values.revocations);
  const pollingCount = numberOf(
    'polling',
    values.polling ?? String(Math.ceil(revocationCount / POLLING_SHARE)),
  );
  const gatewayCount = numberOf('gateways', values.gateways);
  console.log(`seed ${seed}: ${revocationCount} revocations, ${pollingCount} more without Redis`);
  const system = { gatewayCount, workerCount: 1, throughProxies: true, bundled: values.bundled };
  await runCommandOn(system, seed, async (running) => {
    const report = await runRevocations(running, {
      seed,
      revocationCount,
      pollingCount,
      onProgress: progress,
    });
    for (const name of ['refused', 'lastServed', 'cut', 'refusedByPolling', 'cutByPolling'] as const) {
      const { count, p50Ms, p99Ms, maxMs } = report[name];
      console.log(`${name}: ${count} times, p50 ${p50Ms} ms, p99 ${p99Ms} ms, max ${maxMs} ms`);
    }
    console.log(`calls beside them: ${JSON.stringify(report.calls)}`);
    return report.problems;
  });
}

export async function outage(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      outage: { type: 'string', default: '180' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
      gateways: { type: 'string', default: '3' },
      workers: { type: 'string', default: '2' },
      bundled: { type: 'boolean', default: true },
    },
    allowNegative: true,
  });
  const seed = numberOf('seed', values.seed);
  const seconds = numberOf('outage', values.outage);
  const system = {
    gatewayCount: numberOf('gateways', values.gateways),
    workerCount: numberOf('workers', values.workers),
    throughProxies: true,
    extraKeys: OUTAGE_KEYS,
    bundled: values.bundled,
  };
  console.log(`seed ${seed}: Postgres, Redis, workers away for ${seconds} s, each alone for a third of it`);
  await runCommandOn(system, seed, async (running) => {
    const report = await runOutage(running, { seed, outageMs: seconds * 1_000, onProgress: progress });
    for (const { name, calls, budgetedCalls } of report.phases) {
      console.log(
        `without ${name}: ${JSON.stringify(calls)}; under a hard budget ${JSON.stringify(budgetedCalls)}`,
      );
    }
    console.log(
      `hard budget: ${report.spentPicoUsd} pico-USD spent, ${report.coveredPicoUsd} settled or granted before`,
    );
    const { verdict } = report;
    console.log(
      `provider: ${verdict.attemptCount} attempts; ledger: ${verdict.entryCount} entries, ${verdict.missing.length} missing, ${verdict.twice.length} twice; complete ${report.shippedMs} ms after the last call`,
    );
    return report.problems;
  });
}
