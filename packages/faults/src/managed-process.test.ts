import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isAlive } from '@tollgate/local-services';
import { findLastingPort, waitFor } from '@tollgate/testing';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'tollgate-managed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Answers its health check, and has a child as gateways of several processes have. */
const SERVED = `
const { createServer } = require('node:http');
const { spawn } = require('node:child_process');
const child = spawn('sleep', ['600'], { stdio: 'ignore' });
createServer((_, response) => response.end(String(child.pid))).listen(Number(process.argv[2]), '127.0.0.1');
`;

describe('a managed process', () => {
  it('does not outlive a test run that is killed, nor do its children, even while it stands still', async () => {
    const port = await findLastingPort();
    const entry = join(folder, 'served.cjs');
    writeFileSync(entry, SERVED);
    const plan = {
      name: 'served',
      entry,
      args: [String(port)],
      environment: {},
      healthUrl: `http://127.0.0.1:${port}/`,
      logPath: join(folder, 'log'),
    };
    const script = `
      import { ManagedProcess } from ${JSON.stringify(new URL('./managed-process.ts', import.meta.url).href)};
      const managed = new ManagedProcess(${JSON.stringify(plan)});
      await managed.start();
      const child = await (await fetch(managed.plan.healthUrl)).text();
      managed.pause();
      console.log(JSON.stringify([managed.pid, Number(child)]));
      setInterval(() => undefined, 1_000);
    `;
    const run = spawn(
      process.execPath,
      ['--no-warnings', '--input-type=module-typescript', '--eval', script],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    try {
      const [line] = (await once(createInterface(run.stdout), 'line')) as [string];
      const pids = JSON.parse(line) as number[];
      expect(await Promise.all(pids.map(isAlive))).toEqual([true, true]);
      run.kill('SIGKILL');
      await waitFor(async () => (await Promise.all(pids.map(isAlive))).every((alive) => !alive), {
        timeoutMs: 20_000,
        description: 'the end of the process and its child',
      });
    } finally {
      run.kill('SIGKILL');
    }
  });
});
