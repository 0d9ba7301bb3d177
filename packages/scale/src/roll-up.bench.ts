/**
 * Rolling up one organization's ledger that has fallen behind: entries per second, and CPU per entry.
 *
 *     node packages/scale/src/roll-up.bench.ts [--entries 200000] [--keys 20000]
 */
import { parseArgs } from 'node:util';
import { rollUp } from '@tollgate/billing';
import { startTestServices } from '@tollgate/testing';
import { watchCpuTime } from './cpu.ts';
import { fillOrganization } from './filled-organization.ts';

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '200000' },
    keys: { type: 'string', default: '20000' },
  },
});
const entryCount = Number(values.entries);
const nowMs = Date.UTC(2026, 10, 21, 12);
const services = await startTestServices();
try {
  const filled = await fillOrganization({
    seed: 20_261_121,
    teamCount: 2_000,
    keyCount: Number(values.keys),
    usedKeyCount: Math.min(5_000, Number(values.keys)),
    usedTeamCount: 50,
    fromMs: Date.UTC(2026, 7, 24),
    toMs: nowMs,
    nowMs,
    services,
  });
  const { worker, organizationId } = filled;
  for (const part of ['first', 'next']) {
    await filled.addEntries(entryCount);
    await filled.analyze();
    const readCpuTime = watchCpuTime(worker, 'scale');
    const [before, startMs] = [await readCpuTime(), performance.now()];
    let windows = 0;
    for (let taken = 1; taken > 0; windows += taken) taken = await rollUp(worker, { organizationId, nowMs });
    const [after, tookMs] = [await readCpuTime(), performance.now() - startMs];
    const perEntry = (ms: number): string => `${((ms * 1_000) / entryCount).toFixed(0)} µs`;
    console.log(
      `${part} ${entryCount} entries: ${Math.round((entryCount / tookMs) * 1_000)}/s in ${windows} windows; CPU per entry: Postgres ${perEntry(after.postgresMs - before.postgresMs)}, Node ${perEntry(after.nodeMs - before.nodeMs)}`,
    );
  }
  await filled.close();
} finally {
  await services.stop();
}
