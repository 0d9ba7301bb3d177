import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLoad } from './load.ts';
import { createRandom } from './random.ts';
import { type System, startSystem } from './system.ts';
import { compareWithTruth, readLedger } from './verify.ts';

const CALL_COUNT = 1_000;
const SEED = 20_261_121;

let system: System;

beforeAll(async () => {
  system = await startSystem({ gatewayCount: 2, workerCount: 1 });
}, 120_000);

afterAll(() => system?.stop());

describe('a gateway and a worker that are killed again and again', () => {
  it('[M1, M2] leave exactly one entry for each attempt, exact wherever it is not marked estimated', async () => {
    const random = createRandom(SEED);
    let nextKillAt = random.integer(60, 140);
    let restarting: Promise<void> = Promise.resolve();
    let killCount = 0;
    const killSomething = async (): Promise<void> => {
      const victim = random.pick([...system.gateways, ...system.gateways, ...system.workers]);
      killCount += 1;
      await victim.kill();
      await victim.start();
    };
    const calls = await runLoad({
      pickUrl: () => system.pickUrl(random),
      secret: system.tenant.secret,
      random,
      callCount: CALL_COUNT,
      concurrency: 60,
      abortShare: 0.1,
      onProgress: (endedCount) => {
        if (endedCount < nextKillAt) return;
        nextKillAt = endedCount + random.integer(60, 140);
        // One at a time: a process that is starting has nothing to lose.
        restarting = restarting.then(killSomething);
      },
    });
    await restarting;
    await system.whenShipped(60_000);

    const truth = await system.readTruth();
    const verdict = compareWithTruth(await readLedger(system.database, system.tenant.organizationId), truth);
    const outcomes = Object.fromEntries(
      Map.groupBy(calls, (call) => `${call.outcome}${call.code === undefined ? '' : ` ${call.code}`}`)
        .entries()
        .map(([outcome, group]) => [outcome, group.length]),
    );
    console.log(
      `kill walk: seed ${SEED}, ${killCount} kills, calls ${JSON.stringify(outcomes)}, ${verdict.attemptCount} attempts, ${verdict.entryCount} entries, ${verdict.estimatedCount} estimated`,
    );
    expect(killCount).toBeGreaterThan(4);
    expect(verdict.attemptCount).toBeGreaterThan(CALL_COUNT / 2);
    expect(verdict).toMatchObject({
      missing: [],
      twice: [],
      wrong: [],
      invented: [],
      needlesslyEstimated: [],
    });
  }, 300_000);
});
