/**
 * Stops what runs on this machine and deletes its data. A database that `DATABASE_URL` names, and a Redis that
 * `REDIS_URL` names, are somebody else's and stay as they are.
 */
import {
  findPostgres,
  findRedis,
  removeOutsideHomes,
  removeRedisVolume,
  signal,
  waitForExit,
} from '@tollgate/local-services';
import type { Command } from '../command.ts';
import { findRunningSupervisor, stopOrphans } from '../run-record.ts';
import { deleteStateDirectory } from '../state-directory.ts';
import { UserError } from '../user-error.ts';
import { stateDirectoryOf } from '../workspace.ts';

const STOP_TIMEOUT_MS = 60_000;

export const reset: Command = async (_args, environment) => {
  const stateDir = stateDirectoryOf(environment);
  const running = await findRunningSupervisor(stateDir);
  if (running !== undefined) {
    console.log('Stopping what runs');
    signal(running.pid, 'SIGTERM');
    if (!(await waitForExit(running.pid, STOP_TIMEOUT_MS))) {
      throw new UserError(
        `Cannot reset: the running system (pid ${running.pid}) must stop, got no end within a minute.`,
      );
    }
  }
  await stopOrphans(stateDir);
  await (await findRedis({ stateDir }))?.stop();
  await (await findPostgres({ stateDir }))?.stop();
  await removeRedisVolume(stateDir);
  await removeOutsideHomes(stateDir);
  console.log(
    (await deleteStateDirectory(stateDir)) ? `Deleted ${stateDir}` : `Nothing to delete at ${stateDir}`,
  );
  if (environment.DATABASE_URL) console.log('The database that DATABASE_URL names was left as it is.');
  return 0;
};
