import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OUTAGE_KEYS, runOutage } from './outage.ts';
import { type System, startSystem } from './system.ts';

const OUTAGE_MS = 9_000;
const CALM_MS = 1_500;

let system: System;

beforeAll(async () => {
  system = await startSystem({
    gatewayCount: 2,
    workerCount: 1,
    throughProxies: true,
    extraKeys: OUTAGE_KEYS,
  });
}, 120_000);

afterAll(() => system?.stop());

describe('without Postgres, Redis and workers, one by one and all at once', () => {
  it('[G1] [G2] gateways serve the keys they know, blame nobody, spend what was granted, and recover', async () => {
    const { problems, verdict, phases, ...figures } = await runOutage(system, {
      seed: 20_261_121,
      outageMs: OUTAGE_MS,
      callsPerSecond: 10,
      calmMs: CALM_MS,
    });
    console.log(
      `outage: ${JSON.stringify(phases)}, spent ${figures.spentPicoUsd} of ${figures.coveredPicoUsd} pico-USD, ledger complete in ${figures.shippedMs} ms`,
    );
    expect(problems).toEqual([]);
    expect(phases.map(({ name }) => name)).toEqual(['postgres', 'redis', 'workers', 'all']);
    expect(verdict.attemptCount).toBeGreaterThan(100);
    expect(figures.spentPicoUsd).toBeGreaterThan(0n);
  }, 240_000);
});
