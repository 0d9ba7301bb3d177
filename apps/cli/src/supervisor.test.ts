import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '@tollgate/local-services';
import { findLastingPort, waitFor } from '@tollgate/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ProcessSpec, type SupervisedProcess, superviseProcess } from './supervisor.ts';

const SERVER = `
  console.log(JSON.stringify(process.env));
  require('node:http').createServer((_, response) => response.end()).listen(Number(process.env.PORT), '127.0.0.1');
`;

/** A process of Node starts in a tenth of a second, or in many where others have the cores. */
const HEALTHY_WITHIN_MS = 40_000;

describe('superviseProcess()', () => {
  let folder: string;
  let port: number;
  let supervised: SupervisedProcess | undefined;
  let crashes: { name: string; reason: string; restartInMs: number }[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tollgate-supervisor-'));
    port = await findLastingPort();
    crashes = [];
  });
  afterEach(async () => {
    await supervised?.stop();
    await rm(folder, { recursive: true });
  });

  async function supervise(script: string, changes: Partial<ProcessSpec> = {}): Promise<SupervisedProcess> {
    const spec = {
      name: 'server',
      command: process.execPath,
      args: ['--eval', script],
      cwd: folder,
      environment: { PORT: String(port) },
      logPath: join(folder, 'server.log'),
      healthUrl: `http://127.0.0.1:${port}/`,
      stopTimeoutMs: 5_000,
      ...changes,
    };
    supervised = await superviseProcess(spec, {
      onChange: () => {},
      onCrash: (crash) => crashes.push(crash),
    });
    return supervised;
  }

  it('starts a process again after kill -9, and says why and when', async () => {
    const server = await supervise(SERVER);
    await server.untilHealthy(HEALTHY_WITHIN_MS);
    const first = server.pid() ?? 0;
    process.kill(first, 'SIGKILL');
    await waitFor(() => server.pid() !== undefined && server.pid() !== first);
    await server.untilHealthy(HEALTHY_WITHIN_MS);
    expect(crashes).toEqual([{ name: 'server', reason: 'SIGKILL', restartInMs: 500 }]);
  });

  it('waits twice as long after each crash in a row', async () => {
    await supervise('process.exit(3)');
    await waitFor(() => crashes.length >= 2);
    expect(crashes.slice(0, 2)).toEqual([
      { name: 'server', reason: 'exit code 3', restartInMs: 500 },
      { name: 'server', reason: 'exit code 3', restartInMs: 1_000 },
    ]);
  });

  it('fails with the end of the log when the process ends before it was ever healthy', async () => {
    const server = await supervise(`console.error('no such table'); process.exit(1)`);
    await expect(server.untilHealthy(HEALTHY_WITHIN_MS)).rejects.toThrow(
      /Cannot start the server: it ended.*no such table/s,
    );
  });

  it('[X2] gives the process its own environment and nothing of ours', async () => {
    const server = await supervise(SERVER);
    await server.untilHealthy(HEALTHY_WITHIN_MS);
    const seen = JSON.parse(await readFile(join(folder, 'server.log'), 'utf8')) as Record<string, string>;
    // macOS adds a variable of its own.
    expect(Object.keys(seen).filter((name) => !name.startsWith('__CF'))).toEqual(['PORT']);
  });

  it('stops a process that ignores SIGTERM, when its time is over', async () => {
    const server = await supervise(`process.on('SIGTERM', () => {}); ${SERVER}`, { stopTimeoutMs: 200 });
    await server.untilHealthy(HEALTHY_WITHIN_MS);
    const pid = server.pid() ?? 0;
    await server.stop();
    expect(await isAlive(pid)).toBe(false);
    expect(crashes).toEqual([]);
  });

  it('starts nothing any more once it is stopped between a crash and the restart', async () => {
    const server = await supervise('process.exit(3)');
    await waitFor(() => crashes.length === 1);
    await server.stop();
    expect(server.pid()).toBeUndefined();
  });
});
