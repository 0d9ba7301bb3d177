/**
 * Generates the Prisma client into src/generated (ignored by git).
 *
 * `prisma generate` insists on a schema engine although it does not use it; naming any existing file spares
 * the download, which many machines cannot make.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const packageFolder = join(import.meta.dirname, '..');
const { status } = spawnSync(join(packageFolder, 'node_modules/.bin/prisma'), ['generate', '--no-hints'], {
  cwd: packageFolder,
  stdio: ['ignore', 'inherit', 'inherit'],
  // biome-ignore lint/style/noProcessEnv: the child needs PATH and HOME as they are, plus one variable.
  env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1' },
});
process.exitCode = status ?? 1;
