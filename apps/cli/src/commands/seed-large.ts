/** Fills an organization of a size that few have and times its lists and queries (packages/scale). */
import type { Command } from '../command.ts';
import { sharedEnvironment } from '../process-environment.ts';
import { runCommand } from '../run-command.ts';
import { UserError } from '../user-error.ts';
import { inRoot, isPresent, ROOT } from '../workspace.ts';

const ENTRY = 'packages/scale/src/seed-large/main.ts';

export const seedLarge: Command = async (args, environment) => {
  if (!isPresent(ENTRY)) throw new UserError(`Cannot seed: ${ENTRY} must be there, got nothing.`);
  const options = { cwd: ROOT, environment: sharedEnvironment(environment), onOutput: 'inherit' } as const;
  return (await runCommand(process.execPath, [inRoot(ENTRY), ...args], options)).code;
};
