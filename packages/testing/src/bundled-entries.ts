/** The product as its images run it: bundles, which also start in a third of the time that sources take. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');

/** Files that Node runs. */
export interface BundledEntries {
  readonly entries: { readonly simulator: string; readonly gateway: string; readonly worker: string };
  remove(): void;
}

/** Outside the workspace: a bundle that still needs its sources fails here as it would in an image. */
export function bundleEntries(): BundledEntries {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-bundles-'));
  const bundled = spawnSync(process.execPath, [join(ROOT, 'docker/bundle.ts'), '--out', folder], {
    encoding: 'utf8',
  });
  if (bundled.status !== 0) throw new Error(`Cannot bundle: ${bundled.stderr}`);
  const entry = (name: string): string => join(folder, name, 'main.mjs');
  return {
    entries: { simulator: entry('simulator'), gateway: entry('gateway'), worker: entry('worker') },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
