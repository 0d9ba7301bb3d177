import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  findRunningSupervisor,
  readRunRecord,
  recordProcess,
  stopOrphans,
  writeRunRecord,
} from './run-record.ts';

describe('the run record', () => {
  let stateDir: string;
  let child: ChildProcess;
  let pid: number;

  beforeEach(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'tollgate-run-'));
    child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)'], {
      stdio: 'ignore',
      detached: true,
    });
    await once(child, 'spawn');
    pid = child.pid ?? 0;
  });
  afterEach(async () => {
    child.kill('SIGKILL');
    await rm(stateDir, { recursive: true });
  });

  const GONE = { name: 'supervisor', pid: 1, startTime: 'long ago' };

  it('finds the supervisor while it runs', async () => {
    await writeRunRecord(stateDir, { supervisor: await recordProcess('supervisor', pid), processes: [] });
    expect(await findRunningSupervisor(stateDir)).toMatchObject({ pid });
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await findRunningSupervisor(stateDir)).toBeUndefined();
  });

  it('stops what a killed supervisor left behind', async () => {
    const exit = once(child, 'exit');
    await writeRunRecord(stateDir, { supervisor: GONE, processes: [await recordProcess('gateway', pid)] });
    expect(await stopOrphans(stateDir)).toEqual(['gateway']);
    await exit;
    expect(await readRunRecord(stateDir)).toBeUndefined();
  });

  it('leaves a stranger alone that was given the pid since', async () => {
    const stale = { name: 'gateway', pid, startTime: 'before the reboot' };
    await writeRunRecord(stateDir, { supervisor: GONE, processes: [stale] });
    expect(await stopOrphans(stateDir)).toEqual([]);
    expect(child.exitCode).toBeNull();
    expect(child.signalCode).toBeNull();
  });

  it('touches nothing while the supervisor runs', async () => {
    const processes = [await recordProcess('gateway', pid)];
    await writeRunRecord(stateDir, { supervisor: await recordProcess('supervisor', process.pid), processes });
    expect(await stopOrphans(stateDir)).toEqual([]);
    expect(child.signalCode).toBeNull();
  });

  it('takes a record cut short by a crash for none', async () => {
    await writeFile(join(stateDir, 'run.json'), '{"supervisor":{"na');
    expect(await findRunningSupervisor(stateDir)).toBeUndefined();
    expect(await stopOrphans(stateDir)).toEqual([]);
  });
});
