/** Everything that conformance is shown on: a simulator, a database, and a gateway process between them and clients. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SimulatedModel, type Simulator, startSimulator } from '@tollgate/simulator';
import { createTestDatabase, createTestRedis, type TestServices, waitFor } from '@tollgate/testing';
import { startGatewayProcess } from './gateway-process.ts';
import { createTenant, type Guise } from './tenant.ts';

export interface World {
  /** Of the gateway. */
  readonly origin: string;
  /** A virtual key that may use everything. */
  readonly apiKey: string;
  readonly simulator: Simulator;
  close(): Promise<void>;
}

/** @param options Services where it does not run under vitest; the simulator's models where not its own. */
export async function startWorld(
  guisesOf: (simulator: Simulator) => Promise<readonly Guise[]> | readonly Guise[],
  { services, models }: { services?: TestServices; models?: readonly SimulatedModel[] } = {},
): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-conformance-'));
  const [database, redis] = await Promise.all([createTestDatabase(services), createTestRedis(services)]);
  const simulator = await startSimulator({
    pacing: 'instant',
    truthFile: null,
    ...(models === undefined ? {} : { models }),
  });
  const tenant = await createTenant(database, await guisesOf(simulator));
  const gateway = await startGatewayProcess({
    DATABASE_URL: database.urls.gateway,
    REDIS_URL: redis.url,
    TOLLGATE_KEY_PEPPERS: tenant.peppers,
    TOLLGATE_ENCRYPTION_KEYS: tenant.encryptionKeys,
    TOLLGATE_STATE_DIR: folder,
    TOLLGATE_ALLOWED_PRIVATE_ORIGINS: simulator.url,
  });
  // Clients ask once, and the first look-up of a key may take too long.
  const headers = { authorization: `Bearer ${tenant.secret}` };
  await waitFor(async () => (await fetch(`${gateway.origin}/v1/models`, { headers })).ok, {
    description: 'a key that is known',
  });
  return {
    origin: gateway.origin,
    apiKey: tenant.secret,
    simulator,
    async close() {
      await gateway.stop();
      await simulator.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
