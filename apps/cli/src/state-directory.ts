/**
 * The folder that holds everything a system on one machine has made. Marked as such, so that `reset` never deletes
 * a folder that somebody named by mistake.
 */
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from './user-error.ts';

const MARK = 'TOLLGATE-STATE.txt';
const MARK_TEXT = 'Data of a Tollgate system on this machine. "npm run reset" deletes this folder.\n';

/** @returns The path. @throws {UserError} The folder holds something else. */
export async function openStateDirectory(path: string): Promise<string> {
  await mkdir(path, { recursive: true });
  if (await isMarked(path)) return path;
  const foreign = (await readdir(path)).filter((name) => !name.startsWith('.'));
  if (foreign.length > 0) {
    throw new UserError(
      `Cannot use ${path} as the state folder (TOLLGATE_STATE_DIR): it must be empty or made by Tollgate, got a folder with ${foreign[0]}.`,
    );
  }
  await writeFile(join(path, MARK), MARK_TEXT);
  return path;
}

/** @returns false when there is nothing to delete. @throws {UserError} Tollgate did not make this folder. */
export async function deleteStateDirectory(path: string): Promise<boolean> {
  if ((await stat(path).catch(() => undefined)) === undefined) return false;
  if (!(await isMarked(path))) {
    throw new UserError(
      `Cannot delete ${path}: it must hold ${MARK}, got a folder that Tollgate did not make.`,
    );
  }
  await rm(path, { recursive: true, force: true });
  return true;
}

async function isMarked(path: string): Promise<boolean> {
  return (await stat(join(path, MARK)).catch(() => undefined)) !== undefined;
}
