import type { Environment } from '@tollgate/config';

/** @returns The exit code. @throws {UserError} With a message for the person at the keyboard. */
export type Command = (args: readonly string[], environment: Environment) => Promise<number>;
