/**
 * A Redis of one's own for a test file: a numbered database of the run's server.
 *
 * Pub/sub channels know no databases: tests that subscribe must use names that are theirs alone.
 */
import { Redis } from 'ioredis';
import { getProvidedServices } from './provided-services.ts';
import type { TestServices } from './test-services.ts';

export type TestRedis = {
  readonly url: string;
  /** Deletes everything in this database, as if Redis had lost it. */
  flush(): Promise<void>;
};

const NEXT_DATABASE = 'tollgate-test:next-database';
const LARGEST_DATABASE = 4_095;

/** Empty on return. @param services Where the test does not run under vitest. */
export async function createTestRedis(services?: TestServices): Promise<TestRedis> {
  const { redisUrl } = services ?? (await getProvidedServices());
  const database = await withClient(redisUrl, (client) => client.incr(NEXT_DATABASE));
  if (database > LARGEST_DATABASE) {
    throw new Error(`Cannot give a Redis: a run has ${LARGEST_DATABASE} databases, got asked for one more`);
  }
  const url = `${redisUrl}/${database}`;
  return { url, flush: () => withClient(url, async (client) => void (await client.flushdb())) };
}

async function withClient<T>(url: string, run: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { lazyConnect: true, connectTimeout: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await run(client);
  } finally {
    client.disconnect();
  }
}
