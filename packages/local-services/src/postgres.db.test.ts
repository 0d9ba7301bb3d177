import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPostgres, type Postgres, startPostgres } from './postgres.ts';
import { isAlive, waitForExit } from './running-process.ts';
import { locateServiceHome, removeOutsideHomes } from './service-home.ts';

describe('startPostgres()', () => {
  // One data folder for all: making one takes longer than everything else here.
  let stateDir: string;

  beforeAll(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'tollgate-postgres-'));
  });
  afterAll(async () => {
    await (await findPostgres({ stateDir }))?.stop();
    await removeOutsideHomes(stateDir);
    await rm(stateDir, { recursive: true, force: true });
  });

  async function query(postgres: Postgres, sql: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: postgres.superuserUrl });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }

  const killBy = {
    'the postmaster alone': (pid: number) => process.kill(pid, 'SIGKILL'),
    'the postmaster with every backend': (pid: number) => process.kill(-pid, 'SIGKILL'),
  };

  it.each(Object.entries(killBy))('keeps what was committed when kill -9 hits %s', async (_name, kill) => {
    const first = await startPostgres({ stateDir });
    await query(first, 'DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 42 AS answer');
    kill(first.pid);
    await waitForExit(first.pid, 10_000);
    const second = await startPostgres({ stateDir });
    expect(second).toMatchObject({ reused: false, port: first.port });
    expect(await query(second, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('finds the running server instead of starting another', async () => {
    const first = await startPostgres({ stateDir });
    const [second, third] = await Promise.all([startPostgres({ stateDir }), findPostgres({ stateDir })]);
    expect(second).toMatchObject({ reused: true, pid: first.pid, superuserUrl: first.superuserUrl });
    expect(third?.pid).toBe(first.pid);
  });

  it('starts although the pid in its lock file now belongs to a stranger', async () => {
    const first = await startPostgres({ stateDir });
    const lockPath = join(await locateServiceHome(stateDir, 'postgres'), 'data/postmaster.pid');
    const lock = await readFile(lockPath, 'utf8');
    process.kill(first.pid, 'SIGKILL');
    await waitForExit(first.pid, 10_000);
    const stranger = spawn('sleep', ['600'], { stdio: 'ignore' });
    try {
      await writeFile(lockPath, lock.replace(/^\d+/, String(stranger.pid)));
      const second = await startPostgres({ stateDir });
      expect(second.reused).toBe(false);
      expect(stranger.exitCode).toBeNull();
    } finally {
      stranger.kill();
    }
  });

  it('listens on loopback only, asks for a password, and has no socket file', async () => {
    const postgres = await startPostgres({ stateDir });
    const rows = await query(
      postgres,
      `SELECT current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets,
        current_setting('fsync') AS fsync, (SELECT count(*)::int FROM pg_hba_file_rules
        WHERE auth_method <> 'scram-sha-256') AS open_doors`,
    );
    expect(rows).toEqual([{ addresses: '127.0.0.1', sockets: '', fsync: 'on', open_doors: 0 }]);
    const wrong = new URL(postgres.superuserUrl);
    wrong.password = 'wrong';
    await expect(query({ ...postgres, superuserUrl: wrong.href }, 'SELECT 1')).rejects.toMatchObject({
      code: '28P01',
    });
  });

  it('never runs as root', async () => {
    const { pid } = await startPostgres({ stateDir });
    const user = execFileSync('ps', ['-o', 'uid=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    expect(Number(user)).not.toBe(0);
  });

  it('is gone after stop(), whoever started it', async () => {
    const { pid } = await startPostgres({ stateDir });
    await (await findPostgres({ stateDir }))?.stop();
    expect(await isAlive(pid)).toBe(false);
    expect(await findPostgres({ stateDir })).toBeUndefined();
  });

  it('starts from a half-made data folder, as an interrupted first start leaves it', async () => {
    const first = await startPostgres({ stateDir });
    await first.stop();
    const home = await locateServiceHome(stateDir, 'postgres');
    await rm(join(home, 'data'), { recursive: true });
    await writeFile(join(home, 'data.partial'), 'rubbish');
    expect((await startPostgres({ stateDir })).reused).toBe(false);
  });
});
