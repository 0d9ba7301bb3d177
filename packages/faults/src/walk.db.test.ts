import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAULTS, planWalk } from './plan.ts';
import { type System, startSystem } from './system.ts';
import { runWalk } from './walk.ts';
import { WALK_GRANT_TTL_MS, WALK_LIMITS } from './walk-limits.ts';

const SEED = 20_261_121;
const GATEWAY_COUNT = 2;
const WORKER_COUNT = 1;
const DURATION_MS = 30_000;
const CALL_COUNT = 600;
/** Of the walk's own pauses and of most faults; the long walk has them as they are planned. */
const LONGEST_PAUSE_MS = 300;
const LONGEST_HOLD_MS = 1_500;

let system: System;

beforeAll(async () => {
  system = await startSystem({
    gatewayCount: GATEWAY_COUNT,
    workerCount: WORKER_COUNT,
    throughProxies: true,
    smallDisks: true,
    limits: WALK_LIMITS,
    grantTtlMs: WALK_GRANT_TTL_MS,
  });
}, 120_000);

afterAll(() => system?.stop());

describe('every fault once, under streaming load with aborts', () => {
  it('[M1] [M2] [M3] [G1] [G2] leaves exact books, unbroken budgets and nobody refused', async () => {
    // Nobody but root may mount the small file systems that can be filled.
    const faults = FAULTS.filter((fault) => fault !== 'disk-full' || system.disks !== undefined);
    const steps = planWalk({
      faults,
      seed: SEED,
      durationMs: 2 * DURATION_MS,
      gatewayCount: GATEWAY_COUNT,
      workerCount: WORKER_COUNT,
      grantTtlMs: WALK_GRANT_TTL_MS,
    })
      .slice(0, faults.length)
      .map((step) => ({
        ...step,
        pauseMs: Math.min(step.pauseMs, LONGEST_PAUSE_MS),
        // A pause sleeps past the life of grants, or shows nothing.
        holdMs: step.fault === 'gateway-pause' ? step.holdMs : Math.min(step.holdMs, LONGEST_HOLD_MS),
      }));
    const report = await runWalk(system, {
      seed: SEED,
      steps,
      callCount: CALL_COUNT,
      durationMs: DURATION_MS,
    });
    const { verdict, problems, recoveries: _, ...figures } = report;
    console.log(
      `walk: ${JSON.stringify(figures)}, ${verdict.attemptCount} attempts, ${verdict.entryCount} entries, ${verdict.estimatedCount} estimated`,
    );
    expect(problems).toEqual([]);
    expect(verdict.attemptCount).toBeGreaterThan(CALL_COUNT / 2);
    expect(report.routedEntryCount).toBeGreaterThan(CALL_COUNT / 6);
    expect(report.fallOverCount).toBeGreaterThan(CALL_COUNT / 20);
    expect(report.budgetSampleCount).toBeGreaterThan(100);
  }, 300_000);
});
