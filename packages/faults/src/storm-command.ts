/**
 * `npm run faults -- --storm all`: storms on hard budgets, one kind after another, each with hundreds of calls over
 * three gateways, of which two are killed and one sleeps past its grants. `--storm NAME` is the kind of that name.
 */
import { parseArgs } from 'node:util';
import { runBudgetStorm } from './budget-storm.ts';
import { numberOf, runCommandOn } from './command.ts';
import { STORM_KINDS } from './storm-kinds.ts';

const GRANT_TTL_MS = 4_000;

/** @throws {Error} No storm has that name. */
export async function storm(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      storm: { type: 'string', default: 'all' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
      calls: { type: 'string', default: '300' },
      gateways: { type: 'string', default: '3' },
      bundled: { type: 'boolean', default: true },
    },
    allowNegative: true,
  });
  const seed = numberOf('seed', values.seed);
  const callCount = numberOf('calls', values.calls);
  const gatewayCount = numberOf('gateways', values.gateways);
  const kinds = STORM_KINDS.filter(({ name }) => values.storm === 'all' || name === values.storm);
  if (kinds.length === 0) {
    const names = STORM_KINDS.map(({ name }) => name).join(', ');
    throw new Error(`Cannot storm: --storm must be all or one of ${names}; got ${values.storm}`);
  }
  console.log(`seed ${seed}: ${kinds.length} storms of ${callCount} calls over ${gatewayCount} gateways`);
  for (const kind of kinds) {
    const options = { gatewayCount, workerCount: 1, grantTtlMs: GRANT_TTL_MS, bundled: values.bundled };
    await runCommandOn(options, seed, async (system) => {
      const { problems } = await runBudgetStorm(system, {
        seed,
        kinds: [kind],
        callCount,
        room: Math.ceil(callCount / 4),
        abortShare: 0.3,
        pauseMs: GRANT_TTL_MS + 1_000,
        onLine: (line) => console.log(`  ${line}`),
      });
      return problems;
    });
  }
}
