/**
 * Measures organizations of any size (packages/scale) with the arguments given.
 */
import type { Command } from '../command.ts';
import { sharedEnvironment } from '../process-environment.ts';
import { runCommand } from '../run-command.ts';
import { UserError } from '../user-error.ts';
import { inRoot, isPresent, ROOT } from '../workspace.ts';

const ENTRY = 'packages/scale/src/main.ts';

export const scale: Command = async (args, environment) => {
  if (!isPresent(ENTRY)) throw new UserError(`Cannot measure: ${ENTRY} must be there, got nothing.`);
  const options = { cwd: ROOT, environment: sharedEnvironment(environment), onOutput: 'inherit' } as const;
  return (await runCommand(process.execPath, [inRoot(ENTRY), ...args], options)).code;
};
