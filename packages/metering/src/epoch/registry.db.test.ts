/** How a gateway says that it lives, on hosts whose clocks are wrong. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, systemClock } from '@tollgate/clock';
import { type Database, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { createTestDatabase, type TestDatabase, waitFor } from '@tollgate/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { EpochRegistry } from './registry.ts';

let database: TestDatabase;
let gateway: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = openDatabase({ url: database.urls.gateway, applicationName: 'test' });
});
afterAll(async () => {
  await gateway?.close();
  await database?.drop();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Seconds since it was last seen, by Postgres: at its registration, and after some beats. */
async function silentSeconds(clock: Clock): Promise<number[]> {
  const epochId = newId('gatewayEpoch', 0);
  const errors: Error[] = [];
  const registry = new EpochRegistry({
    database: gateway,
    gatewayId: newId('gateway', 0),
    epochId,
    name: epochId.toLowerCase(),
    clock,
    intervalMs: 50,
    onError: (error) => errors.push(error),
  });
  registry.start();
  await waitFor(() => registry.registered, { description: 'registered' });
  const read = async (): Promise<number> => {
    const [row] = await gateway.platform(
      (tx) => tx.$queryRaw<{ silent: number }[]>`
        SELECT extract(epoch FROM clock_timestamp() - last_seen_at)::float8 AS silent
        FROM gateway_epochs WHERE id = ${epochId}`,
    );
    return row?.silent ?? Number.NaN;
  };
  const atFirst = await read();
  await delay(200);
  const later = await read();
  await registry.stop();
  expect(errors).toEqual([]);
  return [atFirst, later];
}

describe('EpochRegistry', () => {
  it.each([-3_600_000, -45_000, 45_000])(
    '[M1] is not taken for silent, or alive, by a host whose clock is %d ms off',
    async (offMs) => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + offMs });
      for (const seconds of await silentSeconds(systemClock)) expect(Math.abs(seconds)).toBeLessThan(10);
    },
  );

  it('follows a clock that tests move for all processes', async () => {
    const month: Clock = { ...systemClock, now: () => new Date(Date.now() + 30 * 86_400_000) };
    for (const seconds of await silentSeconds(month)) expect(seconds / 86_400).toBeCloseTo(-30, 1);
  });
});
