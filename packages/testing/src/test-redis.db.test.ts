import { Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { createTestRedis } from './test-redis.ts';

describe('createTestRedis()', () => {
  const clients: Redis[] = [];
  afterAll(() => {
    for (const client of clients) client.disconnect();
  });

  async function openTestRedis() {
    const redis = await createTestRedis();
    const client = new Redis(redis.url);
    clients.push(client);
    return { redis, client };
  }

  it('gives every caller a Redis that sees nothing of the others', async () => {
    const [first, second] = await Promise.all([openTestRedis(), openTestRedis()]);
    await first.client.set('key', 'first');
    expect(await second.client.get('key')).toBeNull();
    await second.redis.flush();
    expect(await first.client.get('key')).toBe('first');
  });

  it('loses everything on flush', async () => {
    const { redis, client } = await openTestRedis();
    await client.set('key', 'value');
    await redis.flush();
    expect(await client.dbsize()).toBe(0);
  });

  it('never evicts, as queues need it', async () => {
    const { client } = await openTestRedis();
    expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
  });
});
