/**
 * Prepares a database that somebody else runs: roles with the given passwords, migrations, price book. For images
 * and managed servers; `start` does the same on a developer's machine. Safe to repeat before every upgrade.
 *
 * `DATABASE_URL` is the administrator's, and this is the only command of a production system that sees it.
 */

import type { Command } from '../command.ts';
import { openDatabaseServer, prepareDatabase } from '../database.ts';
import { seedPrices } from '../seed.ts';
import { UserError } from '../user-error.ts';

const PASSWORD_NAMES = {
  migratorPassword: 'TOLLGATE_MIGRATOR_PASSWORD',
  consolePassword: 'TOLLGATE_CONSOLE_PASSWORD',
  gatewayPassword: 'TOLLGATE_GATEWAY_PASSWORD',
  workerPassword: 'TOLLGATE_WORKER_PASSWORD',
} as const;

export const migrate: Command = async (_args, environment) => {
  const missing = ['DATABASE_URL', ...Object.values(PASSWORD_NAMES)].filter((name) => !environment[name]);
  if (missing.length > 0) throw new UserError(`Cannot migrate: these must be set: ${missing.join(', ')}.`);
  const passwords = Object.fromEntries(
    Object.entries(PASSWORD_NAMES).map(([key, name]) => [key, environment[name] ?? '']),
  ) as Record<keyof typeof PASSWORD_NAMES, string>;
  // Never our own server: DATABASE_URL is set.
  const server = await openDatabaseServer(environment, '');
  const { urls, applied } = await prepareDatabase(server, passwords);
  await seedPrices(urls);
  console.log(`Database ${server.databaseName}: ${applied} migrations applied, prices are current.`);
  return 0;
};
