import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runRevocations } from './revocations.ts';
import { type System, startSystem } from './system.ts';

const REVOCATION_COUNT = 30;
const POLLING_COUNT = 5;

let system: System;

beforeAll(async () => {
  system = await startSystem({ gatewayCount: 3, workerCount: 1, throughProxies: true });
}, 120_000);

afterAll(() => system?.stop());

describe('a key that is revoked through the admin API while three gateways use it', () => {
  it('[G3] is refused by all of them within a second and for good, and its open stream ends', async () => {
    const { problems, ...figures } = await runRevocations(system, {
      seed: 20_261_121,
      revocationCount: REVOCATION_COUNT,
      pollingCount: POLLING_COUNT,
      callsPerSecond: 5,
    });
    console.log(`revocations: ${JSON.stringify(figures)}`);
    expect(problems).toEqual([]);
    expect(figures.refused.count).toBe(3 * REVOCATION_COUNT);
    expect(figures.cut.count).toBe(REVOCATION_COUNT);
    expect(figures.refusedByPolling.count).toBe(3 * POLLING_COUNT);
  }, 180_000);
});
