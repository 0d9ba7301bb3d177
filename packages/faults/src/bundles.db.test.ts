import { openRunBundles } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLoad } from './load.ts';
import { createRandom } from './random.ts';
import { type System, startSystem } from './system.ts';
import { compareWithTruth, readLedger } from './verify.ts';

const CALL_COUNT = 40;

let system: System;

beforeAll(async () => {
  system = await startSystem({
    gatewayCount: 1,
    workerCount: 1,
    entries: await openRunBundles(),
  });
}, 180_000);

afterAll(() => system?.stop());

describe('the bundles that images are made of', () => {
  it('serve, ship and record without the workspace around them', async () => {
    const random = createRandom(1);
    const calls = await runLoad({
      pickUrl: () => system.pickUrl(random),
      secret: system.tenant.secret,
      random,
      callCount: CALL_COUNT,
      concurrency: 8,
      abortShare: 0,
    });
    expect(calls.map(({ outcome }) => outcome)).toEqual(calls.map(() => 'finished'));
    await system.whenRecorded(CALL_COUNT, 60_000);
    const verdict = compareWithTruth(
      await readLedger(system.database, system.tenant.organizationId),
      await system.readTruth(),
    );
    expect(verdict).toMatchObject({
      attemptCount: CALL_COUNT,
      entryCount: CALL_COUNT,
      missing: [],
      twice: [],
      wrong: [],
    });
  });
});
