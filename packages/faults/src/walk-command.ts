/** `npm run faults`: the walk. */
import { parseArgs } from 'node:util';
import { numberOf, runCommandOn } from './command.ts';
import { FAULTS, type Fault, planWalk } from './plan.ts';
import { runWalk } from './walk.ts';
import { WALK_GRANT_TTL_MS, WALK_LIMITS } from './walk-limits.ts';

const CALLS_PER_SECOND = 20;
const MINUTE_MS = 60_000;

export async function walk(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
      minutes: { type: 'string', default: '2' },
      calls: { type: 'string' },
      gateways: { type: 'string', default: '3' },
      workers: { type: 'string', default: '2' },
      only: { type: 'string', default: FAULTS.join(',') },
      bundled: { type: 'boolean', default: false },
    },
  });
  const seed = numberOf('seed', values.seed);
  const minutes = Number(values.minutes);
  if (!(minutes > 0))
    throw new Error(`Cannot walk: --minutes must be a number above 0, got ${values.minutes}`);
  const durationMs = minutes * MINUTE_MS;
  const gatewayCount = numberOf('gateways', values.gateways);
  const workerCount = numberOf('workers', values.workers);
  const callCount = numberOf(
    'calls',
    values.calls ?? String(Math.ceil((durationMs / 1_000) * CALLS_PER_SECOND)),
  );
  const options = {
    gatewayCount,
    workerCount,
    throughProxies: true,
    smallDisks: true,
    limits: WALK_LIMITS,
    grantTtlMs: WALK_GRANT_TTL_MS,
  };
  await runCommandOn({ ...options, bundled: values.bundled }, seed, async (system) => {
    const faults = faultsOf(values.only).filter(
      (fault) => fault !== 'disk-full' || system.disks !== undefined,
    );
    if (system.disks === undefined)
      console.log('  without full disks: this machine lets nobody but root mount one');
    const steps = planWalk({
      seed,
      durationMs,
      gatewayCount,
      workerCount,
      grantTtlMs: WALK_GRANT_TTL_MS,
      faults,
    });
    console.log(
      `seed ${seed}: ${steps.length} faults, ${callCount} calls, ${gatewayCount} gateways, ${workerCount} workers`,
    );
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
    return report.problems;
  });
}

function faultsOf(text: string): Fault[] {
  return text.split(',').map((name) => {
    const found = FAULTS.find((fault) => fault === name);
    if (found === undefined)
      throw new Error(`Cannot walk: --only must name some of ${FAULTS.join(', ')}, got ${name}`);
    return found;
  });
}
