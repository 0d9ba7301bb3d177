import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { testFolder } from '../testing/folder.ts';
import { claimDeadEpochs, createEpochDirectory, removeEpochDirectory } from './epoch-directory.ts';

async function living(slot: string, epochId: string) {
  const directory = await createEpochDirectory(slot, epochId);
  onTestFinished(() => directory.release());
  return directory;
}

describe.each([
  ['a short path', ''],
  ['a path too long for a socket', 'a-folder-with-a-very-long-name/'.repeat(4)],
])('claimDeadEpochs(), with %s', (_name, deep) => {
  const slotIn = (folder: string) => join(folder, deep, 'gw_slot');

  it('[M1] leaves the log of a living process alone, and claims it when the process is gone', async () => {
    const slot = slotIn(testFolder());
    const old = await living(slot, 'gwe_old');
    await living(slot, 'gwe_new');
    expect(await claimDeadEpochs(slot, 'gwe_new')).toEqual([]);
    await old.release();
    expect(await claimDeadEpochs(slot, 'gwe_new')).toEqual([
      { epochId: 'gwe_old', path: join(slot, 'gwe_old~gwe_new') },
    ]);
    expect(await claimDeadEpochs(slot, 'gwe_new')).toEqual([]);
  });

  it('[M1] gives a dead epoch to exactly one of several processes', async () => {
    const slot = slotIn(testFolder());
    mkdirSync(join(slot, 'gwe_dead'), { recursive: true });
    const names = ['gwe_a', 'gwe_b', 'gwe_c'];
    for (const name of names) await living(slot, name);
    const claims = await Promise.all(names.map((name) => claimDeadEpochs(slot, name)));
    expect(claims.flat().map(({ epochId }) => epochId)).toEqual(['gwe_dead']);
  });

  it('takes over what a claimer left when it died', async () => {
    const slot = slotIn(testFolder());
    const claimer = await living(slot, 'gwe_first');
    mkdirSync(join(slot, 'gwe_dead~gwe_first'));
    await living(slot, 'gwe_second');
    expect(await claimDeadEpochs(slot, 'gwe_second')).toEqual([]);
    await claimer.release();
    const claimed = await claimDeadEpochs(slot, 'gwe_second');
    expect(claimed.map(({ epochId }) => epochId).sort()).toEqual(['gwe_dead', 'gwe_first']);
  });
});

describe('removeEpochDirectory()', () => {
  it('is finished by the next start when it was interrupted', async () => {
    const slot = join(testFolder(), 'gw_slot');
    mkdirSync(join(slot, '.done-gwe_old'), { recursive: true });
    writeFileSync(join(slot, '.done-gwe_old', 'segment-00000002.log'), '');
    await living(slot, 'gwe_new');
    mkdirSync(join(slot, 'gwe_x~gwe_new'));
    removeEpochDirectory(slot, join(slot, 'gwe_x~gwe_new'), 'gwe_x');
    expect(existsSync(join(slot, 'gwe_x~gwe_new'))).toBe(false);
    await claimDeadEpochs(slot, 'gwe_new');
    expect(readdirSync(slot)).toEqual(['gwe_new']);
  });
});
