import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis as RedisClient } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRedis, startRedis } from './redis.ts';
import { isAlive, waitForExit } from './running-process.ts';
import { removeOutsideHomes } from './service-home.ts';

describe('startRedis()', () => {
  let stateDir: string;

  beforeEach(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'tollgate-redis-'));
  });
  afterEach(async () => {
    await (await findRedis({ stateDir }))?.stop();
    await removeOutsideHomes(stateDir);
    await rm(stateDir, { recursive: true, force: true });
  });

  async function withClient<T>(url: string, run: (client: RedisClient) => Promise<T>): Promise<T> {
    const client = new RedisClient(url, { retryStrategy: () => null });
    client.on('error', () => undefined);
    try {
      return await run(client);
    } finally {
      client.disconnect();
    }
  }

  it('keeps what it acknowledged over a clean stop', async () => {
    const first = await startRedis({ stateDir });
    await withClient(first.url, (client) => client.set('kept', 'yes'));
    await first.stop();
    const second = await startRedis({ stateDir });
    expect(await withClient(second.url, (client) => client.get('kept'))).toBe('yes');
  });

  it('starts again after kill -9', async () => {
    const first = await startRedis({ stateDir });
    if (first.pid === undefined) return;
    process.kill(first.pid, 'SIGKILL');
    await waitForExit(first.pid, 10_000);
    expect(await findRedis({ stateDir })).toBeUndefined();
    expect(await startRedis({ stateDir })).toMatchObject({ reused: false });
  });

  it('finds the running server instead of starting another', async () => {
    const first = await startRedis({ stateDir });
    expect(await startRedis({ stateDir })).toMatchObject({ reused: true, pid: first.pid, url: first.url });
  });

  it('never evicts, appends to a file, and asks for a password', async () => {
    const { url } = await startRedis({ stateDir });
    const settings = await withClient(url, (client) =>
      client.config('GET', 'maxmemory-policy', 'appendonly', 'bind'),
    );
    expect(Object.fromEntries(pairs(settings as string[]))).toEqual({
      'maxmemory-policy': 'noeviction',
      appendonly: 'yes',
      bind: '127.0.0.1',
    });
    const open = new URL(url);
    open.password = '';
    await expect(withClient(open.href, (client) => client.get('key'))).rejects.toThrow(/NOAUTH/);
  });

  it('is gone after stop()', async () => {
    const redis = await startRedis({ stateDir });
    await redis.stop();
    if (redis.pid !== undefined) expect(await isAlive(redis.pid)).toBe(false);
    expect(await findRedis({ stateDir })).toBeUndefined();
  });

  it('uses the server that a URL names, and leaves it running on stop()', async () => {
    const own = await startRedis({ stateDir });
    const named = await startRedis({ stateDir: join(stateDir, 'other'), url: own.url });
    expect(named).toMatchObject({ origin: 'url', url: own.url });
    await named.stop();
    expect(await findRedis({ stateDir })).toBeDefined();
  });

  it('names host but not password when the named server does not answer', async () => {
    const failure = startRedis({ stateDir, url: 'redis://:hunter2@127.0.0.1:1' });
    await expect(failure).rejects.toThrow(/REDIS_URL .* 127\.0\.0\.1:1/);
    await expect(failure).rejects.not.toThrow(/hunter2/);
  });
});

function pairs(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? '']] : []));
}
