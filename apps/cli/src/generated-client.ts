/**
 * Makes the Prisma client when it is missing or older than the schema. It is not in git.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '@tollgate/config';
import { hashInputs } from './input-hash.ts';
import { sharedEnvironment } from './process-environment.ts';
import { runCommand } from './run-command.ts';
import { inRoot } from './workspace.ts';

const GENERATED = 'packages/db/src/generated';

/** @returns Whether it had to be made. */
export async function ensureGeneratedClient(environment: Environment): Promise<boolean> {
  const inputs = [
    'prisma/schema',
    'packages/db/package.json',
    'packages/db/prisma.config.ts',
    'packages/db/src/generate-client.ts',
  ];
  const hash = await hashInputs(inputs.map(inRoot));
  const stamp = join(inRoot(GENERATED), '.schema-hash');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === hash) return false;
  const { code, output } = await runCommand(process.execPath, ['src/generate-client.ts'], {
    cwd: inRoot('packages/db'),
    environment: sharedEnvironment(environment),
  });
  if (code !== 0)
    throw new Error(`Cannot make the database client: prisma generate must succeed, got:\n${output}`);
  await writeFile(stamp, hash);
  return true;
}
