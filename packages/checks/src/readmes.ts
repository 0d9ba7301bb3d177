/** Every package says what it is for: a README beside its manifest. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem, WorkspacePackage } from './workspace.ts';

export function checkReadmes(root: string, packages: readonly WorkspacePackage[]): Problem[] {
  return packages
    .filter((item) => !existsSync(join(root, item.folder, 'README.md')))
    .map((item) => ({ check: 'readmes', path: item.folder, message: 'has no README.md' }));
}
