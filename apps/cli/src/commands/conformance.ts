/**
 * Runs the conformance matrix of packages/conformance: every client against every provider wire.
 */
import type { Command } from '../command.ts';
import { sharedEnvironment } from '../process-environment.ts';
import { runCommand } from '../run-command.ts';
import { UserError } from '../user-error.ts';
import { inRoot, isPresent, ROOT } from '../workspace.ts';

const ENTRY = 'packages/conformance/src/main.ts';

export const conformance: Command = async (args, environment) => {
  if (!isPresent(ENTRY)) throw new UserError(`Cannot run the matrix: ${ENTRY} must be there, got nothing.`);
  const options = { cwd: ROOT, environment: sharedEnvironment(environment), onOutput: 'inherit' } as const;
  return (await runCommand(process.execPath, [inRoot(ENTRY), ...args], options)).code;
};
