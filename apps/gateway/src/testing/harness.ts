/** Database, simulator, seeded tenant and gateway for one test file. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SIMULATED_MODELS, type SimulatedModel, type Simulator, startSimulator } from '@tollgate/simulator';
import { createTestDatabase, type TestDatabase } from '@tollgate/testing';
import { Seed, type SeededKey } from './seed.ts';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from './start-test-gateway.ts';

export interface Harness {
  readonly database: TestDatabase;
  readonly simulator: Simulator;
  readonly seed: Seed;
  readonly key: SeededKey;
  readonly gateway: TestGateway;
  /** A raw request with the seeded key. */
  ask(content: string, extra?: Record<string, unknown>, headers?: Record<string, string>): Promise<Response>;
  close(): Promise<void>;
}

export interface HarnessOptions {
  readonly gateway?: Partial<TestGatewayOptions>;
  /** Besides the simulator's. */
  readonly allowedOrigins?: readonly string[];
  /** Besides the simulator's usual ones. */
  readonly simulatedModels?: readonly SimulatedModel[];
  /** Before the gateway starts and reads the catalogue. */
  readonly prepare?: (seed: Seed) => Promise<void>;
  /** The URL that the gateway reaches its database by, from the real one. */
  readonly databaseUrl?: (url: string) => Promise<string> | string;
}

export async function startHarness(options: HarnessOptions = {}): Promise<Harness> {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-gateway-'));
  const database = await createTestDatabase();
  const simulator = await startSimulator({
    pacing: 'instant',
    truthFile: join(folder, 'truth.jsonl'),
    models: [...SIMULATED_MODELS, ...(options.simulatedModels ?? [])],
  });
  const seed = new Seed(database);
  await seed.platform(`${simulator.url}/v1`);
  const key = await seed.key({ organizationId: await seed.organization() });
  await options.prepare?.(seed);
  const gateway = await startTestGateway({
    databaseUrl: (await options.databaseUrl?.(database.urls.gateway)) ?? database.urls.gateway,
    allowedPrivateOrigins: [simulator.url, ...(options.allowedOrigins ?? [])],
    ...options.gateway,
  });
  return {
    database,
    simulator,
    seed,
    key,
    gateway,
    ask: (content, extra = {}, headers = {}) =>
      fetch(`${gateway.baseUrl}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key.secret}`, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ model: 'sim-small', messages: [{ role: 'user', content }], ...extra }),
      }),
    async close() {
      await gateway.close();
      await seed.close();
      await simulator.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
