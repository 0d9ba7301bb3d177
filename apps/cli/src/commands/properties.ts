/**
 * Runs the properties of the unit tests many times over: what one case in ten thousand breaks is seldom drawn by the
 * hundreds that `npm test` draws. Those over a database are left out: theirs is the same organization every time.
 */
import { glob, readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { testEnvironment } from '../browser-tests.ts';
import type { Command } from '../command.ts';
import { ensureGeneratedClient } from '../generated-client.ts';
import { runCommand } from '../run-command.ts';
import { UserError } from '../user-error.ts';
import { inRoot, ROOT } from '../workspace.ts';

const USUAL_TIMES = 30;
const LONGEST_MS = 60 * 60_000;

export const properties: Command = async (args, environment) => {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { times: { type: 'string', default: String(USUAL_TIMES) } },
    allowPositionals: true,
  });
  const times = Number(values.times);
  if (!Number.isSafeInteger(times) || times < 1)
    throw new UserError(`Cannot run: --times must be a whole number from 1, got ${values.times}.`);
  await ensureGeneratedClient(environment);
  const files = (await findFiles()).filter(
    (file) => positionals.length === 0 || positionals.some((part) => file.includes(part)),
  );
  if (files.length === 0)
    throw new UserError(`Cannot run: no property in a path with ${positionals.join(', ')}.`);
  const { code } = await runCommand(
    process.execPath,
    [
      inRoot('node_modules/vitest/vitest.mjs'),
      'run',
      '--project=unit',
      `--testTimeout=${LONGEST_MS}`,
      ...files,
    ],
    {
      cwd: ROOT,
      environment: { ...testEnvironment(environment), TOLLGATE_PROPERTY_TIMES: String(times) },
      onOutput: 'inherit',
    },
  );
  return code;
};

async function findFiles(): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const file of glob('{apps,packages}/*/src/**/*.test.ts', { cwd: ROOT })) {
    if (file.endsWith('.db.test.ts')) continue;
    if ((await readFile(inRoot(file), 'utf8')).includes("from 'fast-check'")) found.push(file);
  }
  return found.toSorted();
}
