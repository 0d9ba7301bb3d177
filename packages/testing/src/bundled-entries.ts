/** The product as its images run it: bundles, which also start in a third of the time that sources take. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { getBundleFolder } from './provided-services.ts';
import { waitFor } from './wait-for.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const BUNDLE_TIMEOUT_MS = 120_000;

/** Files that Node runs. */
export type Entries = { readonly simulator: string; readonly gateway: string; readonly worker: string };

export interface BundledEntries {
  readonly entries: Entries;
  remove(): void;
}

/** Outside the workspace: a bundle that still needs its sources fails here as it would in an image. */
export function bundleEntries(): BundledEntries {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-bundles-'));
  const bundled = spawnSync(process.execPath, bundling(folder), { encoding: 'utf8' });
  if (bundled.status !== 0) throw new Error(`Cannot bundle: ${bundled.stderr}`);
  return { entries: entriesIn(folder), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Those of this run of vitest, outside the workspace too: made by the first file that asks, gone with the run. */
export async function openRunBundles(): Promise<Entries> {
  const folder = await getBundleFolder();
  const mark = join(folder, 'made');
  if (isFirst(folder)) {
    try {
      // Whatever else is being set up goes on meanwhile.
      await promisify(execFile)(process.execPath, bundling(folder));
      writeFileSync(mark, '');
    } catch (error) {
      // Whoever asks next may have more luck.
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }
  await waitFor(() => existsSync(mark), {
    timeoutMs: BUNDLE_TIMEOUT_MS,
    description: 'the bundles of this run',
  });
  return entriesIn(folder);
}

function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

function bundling(folder: string): string[] {
  return [join(ROOT, 'docker/bundle.ts'), '--out', folder];
}

function entriesIn(folder: string): Entries {
  const entry = (name: string): string => join(folder, name, 'main.mjs');
  return { simulator: entry('simulator'), gateway: entry('gateway'), worker: entry('worker') };
}
