import { setTimeout as delay } from 'node:timers/promises';
import { auditBudgets } from '@tollgate/limits';
import { waitFor } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watchBudgets, whenNothingIsStuck } from './budget-watch.ts';
import { runLoad } from './load.ts';
import type { ManagedProcess } from './managed-process.ts';
import { createRandom, type Random } from './random.ts';
import { type System, startSystem } from './system.ts';
import { compareWithTruth, readLedger } from './verify.ts';

const SEED = 20_261_121;
const ROOM = 137;
const CALL_COUNT = 500;
const FEE_PICO_USD = 1_000_000_000n;
const GRANT_TTL_MS = 4_000;
const END_USER = 'storm';

const limit = FEE_PICO_USD * BigInt(ROOM);
let system: System;

beforeAll(async () => {
  system = await startSystem({
    gatewayCount: 3,
    workerCount: 1,
    grantTtlMs: GRANT_TTL_MS,
    limits: {
      feePicoUsd: FEE_PICO_USD,
      budgets: [
        { scope: { type: 'organization', id: '' }, period: 'month', limitPicoUsd: limit * 4n },
        { scope: { type: 'team', id: '' }, period: 'lifetime', limitPicoUsd: limit * 2n },
        { scope: { type: 'key', id: '*' }, period: 'lifetime', limitPicoUsd: limit },
        { scope: { type: 'model', id: '*' }, period: 'month', limitPicoUsd: limit * 3n },
        { scope: { type: 'endUser', id: '*' }, period: 'lifetime', limitPicoUsd: limit + 1n },
      ],
    },
  });
}, 120_000);

afterAll(() => system?.stop());

/** One fault at each of these counts of ended calls, so that a slow machine has them at the same places. */
function planFaults(): { readonly run: (endedCount: number) => void; readonly done: () => Promise<void> } {
  const [first, second, paused] = system.gateways as [ManagedProcess, ManagedProcess, ManagedProcess];
  const restart = async (gateway: ManagedProcess): Promise<void> => {
    await gateway.kill();
    await gateway.start();
  };
  const faults: [endedCount: number, fault: () => Promise<void>][] = [
    [15, () => restart(first)],
    [
      25,
      async () => {
        paused.pause();
        await delay(GRANT_TTL_MS + 1_000);
        paused.resume();
      },
    ],
    [35, () => system.redis.flush()],
    [70, () => restart(second)],
  ];
  const running: Promise<void>[] = [];
  return {
    run: (endedCount) => {
      while (faults[0] !== undefined && endedCount >= faults[0][0]) running.push(faults.shift()![1]());
    },
    done: async () => {
      expect(faults).toEqual([]);
      await Promise.all(running);
    },
  };
}

/** One call after another, each as often as it is told to wait, until the budget is used up. */
async function spendTheRest(random: Random): Promise<number> {
  let succeeded = 0;
  for (;;) {
    const answer = await waitFor(() => askOnce(random), { timeoutMs: 30_000, intervalMs: 200 });
    if (answer.status !== 200) {
      expect(answer).toEqual({ status: 402, code: 'budget_exceeded' });
      return succeeded;
    }
    succeeded += 1;
  }
}

/** @returns False: told to come again. */
async function askOnce(random: Random): Promise<{ status: number; code: string } | false> {
  const response = await fetch(`${await system.pickUrl(random)}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${system.tenant.secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'sim-small',
      user: END_USER,
      messages: [{ role: 'user', content: '[[sim tokens=3 latency=0 interval=0]] The rest.' }],
    }),
  });
  const text = await response.text();
  const code = /"code":"(\w+)"/.exec(text)?.[1] ?? '';
  if (response.status === 503 || code === 'budget_in_flight') {
    expect(response.headers.get('retry-after')).not.toBeNull();
    return false;
  }
  return { status: response.status, code };
}

describe('five hundred calls at once over three gateway processes, room for some of them', () => {
  it('[M3] never spend more than there is, and afterwards exactly the rest', async () => {
    const { organizationId, secret } = system.tenant;
    const watch = watchBudgets(system.database, organizationId);
    const random = createRandom(SEED);
    const faults = planFaults();
    const calls = await runLoad({
      pickUrl: () => system.pickUrl(random),
      secret,
      random,
      model: 'sim-small',
      fields: { user: END_USER },
      callCount: CALL_COUNT,
      concurrency: CALL_COUNT,
      abortShare: 0.3,
      onProgress: faults.run,
    });
    await faults.done();
    const read = async () =>
      compareWithTruth(await readLedger(system.database, organizationId), await truth());
    const truth = () => system.readTruth();
    await waitFor(async () => (await read()).missing.length === 0, { timeoutMs: 30_000, intervalMs: 250 });
    await system.whenShipped(30_000);
    await whenNothingIsStuck(system.database, organizationId, 60_000);

    const admittedCount = (await truth()).length;
    const spent = await spentPicoUsd();
    const restCount = ROOM - Number(spent / FEE_PICO_USD);
    console.log(
      `budget storm: seed ${SEED}, ${admittedCount} of ${CALL_COUNT} calls reached the provider, ${ROOM - restCount} of ${ROOM} spent, ${calls.filter(({ outcome }) => outcome === 'finished').length} finished, ${watch.sampleCount} samples`,
    );
    expect(spent % FEE_PICO_USD).toBe(0n);
    expect(admittedCount).toBeLessThanOrEqual(ROOM);
    expect(restCount).toBeGreaterThanOrEqual(0);

    expect(await spendTheRest(random)).toBe(restCount);
    await Promise.all(system.gateways.map((gateway) => gateway.terminate()));
    await whenNothingIsStuck(system.database, organizationId, 30_000);
    await watch.stop();
    expect(watch.broken).toEqual([]);
    expect(watch.sampleCount).toBeGreaterThan(50);
    expect(await spentPicoUsd()).toBe(limit);
    expect(await auditBudgets(system.database, organizationId)).toEqual([]);
    expect(await read()).toMatchObject({ missing: [], twice: [], wrong: [], invented: [] });
  }, 180_000);
});

async function spentPicoUsd(): Promise<bigint> {
  const rows = await readLedger(system.database, system.tenant.organizationId);
  return rows.reduce((sum, row) => sum + (row.costPicoUsd ?? 0n), 0n);
}
