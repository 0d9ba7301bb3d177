/**
 * `npm run faults`: a seeded walk of faults over the whole data plane, and what it left behind.
 *
 * Arguments: `--seed N` (printed; the same seed strikes the same things in the same order), `--minutes M`,
 * `--calls N`, `--gateways N`, `--workers N`, `--only FAULT,…`. Ends with 1 if a promise was broken.
 */
import { parseArgs } from 'node:util';
import { startTestServices } from '@tollgate/testing';
import { FAULTS, type Fault, planWalk } from './plan.ts';
import { startSystem } from './system.ts';
import { runWalk } from './walk.ts';
import { WALK_GRANT_TTL_MS, WALK_LIMITS } from './walk-limits.ts';

const CALLS_PER_SECOND = 20;
const MINUTE_MS = 60_000;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    minutes: { type: 'string', default: '2' },
    calls: { type: 'string' },
    gateways: { type: 'string', default: '3' },
    workers: { type: 'string', default: '2' },
    only: { type: 'string', default: FAULTS.join(',') },
  },
});

function numberOf(name: 'seed' | 'minutes' | 'calls' | 'gateways' | 'workers', text: string): number {
  const value = Number(text);
  const isFine = value > 0 && (name === 'minutes' || Number.isSafeInteger(value));
  if (!isFine) throw new Error(`Cannot walk: --${name} must be a number above 0, got ${text}`);
  return value;
}

function faultsOf(text: string): Fault[] {
  return text.split(',').map((name) => {
    const found = FAULTS.find((fault) => fault === name);
    if (found === undefined)
      throw new Error(`Cannot walk: --only must name some of ${FAULTS.join(', ')}, got ${name}`);
    return found;
  });
}

const seed = numberOf('seed', values.seed);
const durationMs = numberOf('minutes', values.minutes) * MINUTE_MS;
const gatewayCount = numberOf('gateways', values.gateways);
const workerCount = numberOf('workers', values.workers);
const callCount = numberOf(
  'calls',
  values.calls ?? String(Math.ceil((durationMs / 1_000) * CALLS_PER_SECOND)),
);
const steps = planWalk({
  seed,
  durationMs,
  gatewayCount,
  workerCount,
  grantTtlMs: WALK_GRANT_TTL_MS,
  faults: faultsOf(values.only),
});

console.log(
  `seed ${seed}: ${steps.length} faults, ${callCount} calls, ${gatewayCount} gateways, ${workerCount} workers`,
);
const services = await startTestServices();
try {
  const system = await startSystem({
    gatewayCount,
    workerCount,
    services,
    throughProxies: true,
    limits: WALK_LIMITS,
    grantTtlMs: WALK_GRANT_TTL_MS,
  });
  try {
    const report = await runWalk(system, {
      seed,
      steps,
      callCount,
      durationMs,
      waitForIdle: true,
      onStep: (line) => console.log(`  ${line}`),
    });
    const { verdict } = report;
    console.log(`calls: ${JSON.stringify(report.calls)}`);
    console.log(
      `provider: ${verdict.attemptCount} attempts; ledger: ${verdict.entryCount} entries, ${verdict.estimatedCount} estimated`,
    );
    console.log(
      `longest recovery ${report.longestRecoveryMs} ms, ledger complete ${report.shippedMs} ms after the last call, budgets asked ${report.budgetSampleCount} times`,
    );
    if (report.problems.length > 0) {
      console.log(`BROKEN (replay with --seed ${seed}; logs in ${system.logFolder}):`);
      for (const problem of report.problems) console.log(`  ${problem}`);
      system.keepLogs();
      process.exitCode = 1;
    } else {
      console.log('every promise held');
    }
  } finally {
    await system.stop();
  }
} finally {
  await services.stop();
}
