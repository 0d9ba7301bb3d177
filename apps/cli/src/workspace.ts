/**
 * Where things lie in this clone, and which parts of the product are there.
 */
import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { Environment } from '@tollgate/config';

/** The folder of package.json, pnpm-workspace.yaml and prisma. */
export const ROOT = resolve(import.meta.dirname, '../../..');

/** Path inside the clone. */
export function inRoot(path: string): string {
  return join(ROOT, path);
}

export function isPresent(path: string): boolean {
  return existsSync(inRoot(path));
}

/** Absolute; a relative `TOLLGATE_STATE_DIR` counts from the clone. */
export function stateDirectoryOf(environment: Environment): string {
  const value = environment.TOLLGATE_STATE_DIR || '.tollgate';
  return isAbsolute(value) ? value : join(ROOT, value);
}
