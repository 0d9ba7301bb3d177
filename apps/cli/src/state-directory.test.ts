import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deleteStateDirectory, openStateDirectory } from './state-directory.ts';

describe('the state folder', () => {
  let parent: string;
  let path: string;
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'tollgate-state-'));
    path = join(parent, 'state');
  });
  afterEach(() => rm(parent, { recursive: true }));

  it('is made, found again and deleted', async () => {
    await openStateDirectory(path);
    await openStateDirectory(path);
    expect(await deleteStateDirectory(path)).toBe(true);
    expect(await readdir(parent)).toEqual([]);
    expect(await deleteStateDirectory(path)).toBe(false);
  });

  it('is never a folder that holds something else', async () => {
    await mkdir(path);
    await writeFile(join(path, 'thesis.tex'), 'years of work');
    await expect(openStateDirectory(path)).rejects.toThrow(/thesis\.tex/);
    await expect(deleteStateDirectory(path)).rejects.toThrow(/Cannot delete/);
    expect(await readdir(path)).toEqual(['thesis.tex']);
  });
});
