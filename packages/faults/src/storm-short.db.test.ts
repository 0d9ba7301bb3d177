import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runBudgetStorm } from './budget-storm.ts';
import { STORM_KINDS } from './storm-kinds.ts';
import { type System, startSystem } from './system.ts';

const SEED = 20_261_121;

let system: System;
beforeAll(async () => {
  system = await startSystem({ gatewayCount: 2, workerCount: 1, grantTtlMs: 4_000 });
}, 120_000);
afterAll(() => system?.stop());

describe('calls of every kind at once over two gateway processes, room for some of each', () => {
  it('[M3] never spend more than there is, and afterwards exactly the rest', async () => {
    const lines: string[] = [];
    const { problems, sampleCount } = await runBudgetStorm(system, {
      seed: SEED,
      kinds: STORM_KINDS,
      callCount: 12,
      room: 4,
      abortShare: 0.1,
      onLine: (line) => lines.push(line),
    });
    console.log(lines.join('\n'));
    expect(problems).toEqual([]);
    expect(sampleCount).toBeGreaterThan(50);
  }, 180_000);
});
