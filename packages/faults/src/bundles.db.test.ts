import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLoad } from './load.ts';
import { createRandom } from './random.ts';
import { type System, startSystem } from './system.ts';
import { compareWithTruth, readLedger } from './verify.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const CALL_COUNT = 40;

let folder: string;
let system: System;

beforeAll(async () => {
  // Outside the workspace: a bundle that still needs its sources fails here as it would in an image.
  folder = mkdtempSync(join(tmpdir(), 'tollgate-bundles-'));
  const bundled = spawnSync(process.execPath, [join(ROOT, 'docker/bundle.ts'), '--out', folder], {
    encoding: 'utf8',
  });
  if (bundled.status !== 0) throw new Error(`Cannot bundle: ${bundled.stderr}`);
  const entry = (name: string): string => join(folder, name, 'main.mjs');
  system = await startSystem({
    gatewayCount: 1,
    workerCount: 1,
    entries: { simulator: entry('simulator'), gateway: entry('gateway'), worker: entry('worker') },
  });
}, 180_000);

afterAll(async () => {
  await system?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

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
