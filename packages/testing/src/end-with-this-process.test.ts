import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { isAlive } from '@tollgate/local-services';
import { afterEach, describe, expect, it } from 'vitest';
import { waitFor } from './wait-for.ts';

// A leader of a group with a child of its own, one that stands still, one without a group, and one that has ended.
const SCRIPT = `
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { endWithThisProcess } from ${JSON.stringify(new URL('./end-with-this-process.ts', import.meta.url).href)};
const start = (script, detached) => {
  const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'], detached });
  endWithThisProcess(child);
  return child;
};
const leader = start('sleep 600 & echo $!; wait', true);
const grandchild = Number(await new Promise((resolve) => leader.stdout.once('data', resolve)));
const still = start('exec sleep 600', true);
process.kill(still.pid, 'SIGSTOP');
const plain = start('exec sleep 600', false);
const ended = start('exit 0', true);
await once(ended, 'exit');
console.log(JSON.stringify([leader.pid, grandchild, still.pid, plain.pid]));
process.stdin.once('data', () => process.exit(0));
`;

let pids: number[] = [];
afterEach(() => {
  for (const pid of pids.splice(0)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      expect(error).toMatchObject({ code: 'ESRCH' });
    }
  }
});

// As a test runner does: it lives in one process, the tests in a fork.
const FORKING = `
import { fork } from 'node:child_process';
fork('-', { execArgv: ['--no-warnings', '--input-type=module-typescript', '--eval', ${JSON.stringify(SCRIPT)}] });
`;

async function startRun(script = SCRIPT): Promise<ChildProcess> {
  const run = spawn(process.execPath, ['--no-warnings', '--input-type=module-typescript', '--eval', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(run.stdout), 'line')) as [string];
  pids = JSON.parse(line) as number[];
  expect(await Promise.all(pids.map(isAlive))).toEqual([true, true, true, true]);
  return run;
}

const whenNoneIsAlive = () =>
  waitFor(async () => (await Promise.all(pids.map(isAlive))).every((alive) => !alive), {
    timeoutMs: 20_000,
    description: 'the end of all children',
  });

describe('endWithThisProcess()', () => {
  it('ends children, their groups, and those that stand still, when their parent is killed with -9', async () => {
    const run = await startRun();
    run.kill('SIGKILL');
    await whenNoneIsAlive();
  });

  it('ends them when their parent is a fork, and who forked it is killed with -9', async () => {
    const run = await startRun(FORKING);
    run.kill('SIGKILL');
    await whenNoneIsAlive();
  });

  it('ends them too when their parent ends by itself, which the watcher does not keep it from', async () => {
    const run = await startRun();
    run.stdin?.write('end\n');
    await once(run, 'exit');
    await whenNoneIsAlive();
  });
});
