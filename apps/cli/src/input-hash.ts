/**
 * Decides whether something built is older than what it was built from: by content, not by time, since a checkout
 * sets times as it likes.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

const IGNORED = new Set([
  'node_modules',
  '.next',
  '.turbo',
  'dist',
  'test-results',
  'playwright-report',
  'e2e',
  // Written by the build itself.
  'next-env.d.ts',
]);

/** Hash of all files under these paths, in a stable order. Absent paths count as such. */
export async function hashInputs(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of await listFiles(path)) {
      hash.update(`${file}\0`);
      hash.update(
        createHash('sha256')
          .update(await readFile(file))
          .digest(),
      );
    }
  }
  return hash.digest('hex');
}

async function listFiles(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return [];
  if (found.isFile()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const nested = await Promise.all(
    entries
      .filter((entry) => !IGNORED.has(entry.name) && !/\.test\.tsx?$/.test(basename(entry.name)))
      .filter((entry) => entry.isDirectory() || entry.isFile())
      .map((entry) => listFiles(join(path, entry.name))),
  );
  return nested.flat().sort();
}
