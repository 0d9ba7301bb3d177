import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { findCommandLine, isAlive } from '@tollgate/local-services';
import { describe, expect, it } from 'vitest';
import { waitFor } from './wait-for.ts';

const SCRIPT = `
import { startTestServices } from ${JSON.stringify(new URL('./test-services.ts', import.meta.url).href)};
const services = await startTestServices();
console.log(JSON.stringify({ pids: services.pids, stateDir: services.stateDir }));
process.stdin.once('data', async () => { await services.stop(); process.exit(0); });
`;

async function startRun() {
  const run = spawn(process.execPath, ['--input-type=module-typescript', '--eval', SCRIPT], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(run.stdout), 'line')) as [string];
  return { run, ...(JSON.parse(line) as { pids: number[]; stateDir: string }) };
}

async function leavesNothing(pids: readonly number[], stateDir: string): Promise<void> {
  await waitFor(async () => (await Promise.all(pids.map(isAlive))).every((alive) => !alive), {
    timeoutMs: 20_000,
  });
  const name = stateDir.slice(tmpdir().length + 1);
  await waitFor(() => !readdirSync(tmpdir()).includes(name));
}

describe('startTestServices()', () => {
  it('leaves nothing running and no folder after stop()', async () => {
    const { run, pids, stateDir } = await startRun();
    run.stdin.write('stop\n');
    await once(run, 'exit');
    expect(await Promise.all(pids.map(findCommandLine))).toEqual(pids.map(() => ''));
    await leavesNothing(pids, stateDir);
  });

  it('leaves nothing running and no folder when the run is killed with -9', async () => {
    const { run, pids, stateDir } = await startRun();
    expect(await Promise.all(pids.map(isAlive))).toEqual(pids.map(() => true));
    run.kill('SIGKILL');
    await leavesNothing(pids, stateDir);
  });
});
