import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashInputs } from './input-hash.ts';

describe('hashInputs()', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tollgate-hash-'));
    await mkdir(join(folder, 'src'));
    await writeFile(join(folder, 'src/page.tsx'), 'one');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('changes with content, a new file and a new name', async () => {
    const hashes = [await hashInputs([folder])];
    await writeFile(join(folder, 'src/page.tsx'), 'two');
    hashes.push(await hashInputs([folder]));
    await writeFile(join(folder, 'src/other.tsx'), '');
    hashes.push(await hashInputs([folder]));
    expect(new Set(hashes).size).toBe(3);
  });

  it('ignores times, tests, and what builds leave', async () => {
    const before = await hashInputs([folder, join(folder, 'absent')]);
    await utimes(join(folder, 'src/page.tsx'), 1, 1);
    await writeFile(join(folder, 'src/page.test.tsx'), 'test');
    await writeFile(join(folder, 'next-env.d.ts'), 'made by the build');
    await mkdir(join(folder, '.next'));
    await writeFile(join(folder, '.next/BUILD_ID'), 'x');
    expect(await hashInputs([folder, join(folder, 'absent')])).toBe(before);
  });
});
