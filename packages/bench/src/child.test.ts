import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isAlive } from '@tollgate/local-services';
import { waitFor } from '@tollgate/testing';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'tollgate-bench-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a child of a benchmark', () => {
  it('does not outlive a benchmark that is killed', async () => {
    const file = join(folder, 'child.cjs');
    writeFileSync(file, 'setInterval(() => undefined, 1_000);');
    const script = `
      import { startChild } from ${JSON.stringify(new URL('./child.ts', import.meta.url).href)};
      console.log(startChild(${JSON.stringify(file)}, []).pid);
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
      expect(await isAlive(Number(line))).toBe(true);
      run.kill('SIGKILL');
      await waitFor(async () => !(await isAlive(Number(line))), {
        timeoutMs: 20_000,
        description: 'the end of the child',
      });
    } finally {
      run.kill('SIGKILL');
    }
  });
});
