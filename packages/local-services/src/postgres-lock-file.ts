/**
 * Reads `postmaster.pid`, by which a data folder says who serves it.
 *
 * After `kill -9` the file stays. Postgres itself takes over when the pid in it is gone, and then also makes sure,
 * by the shared memory named in the file, that no orphaned backend still writes. So the file is never deleted here.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findCommandLine, findWorkingDirectory, isAlive, pidIsTaken } from './running-process.ts';

export type Postmaster = { readonly pid: number; readonly port: number };

// Above every system's largest pid, so that nothing can have it.
const PID_OF_NOBODY = 1_999_999_999;

/** The running server of this data folder, if there is one. */
export async function findPostmaster(dataDir: string): Promise<Postmaster | undefined> {
  const lines = await readLockFile(dataDir);
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isSafeInteger(pid) || pid <= 0 || !(await servesFolder(pid, dataDir))) return undefined;
  return { pid, port };
}

/**
 * Makes a lock file whose pid now belongs to a stranger, or to a zombie nobody reaps, stale in Postgres's eyes
 * too: it would otherwise refuse to start. Only the pid is changed, so the shared-memory check keeps its facts.
 */
export async function disownStrangersLock(dataDir: string): Promise<void> {
  const lines = await readLockFile(dataDir);
  const pid = Number(lines[0]);
  if (!(pid > 0) || !pidIsTaken(pid) || (await servesFolder(pid, dataDir))) return;
  await writeFile(join(dataDir, 'postmaster.pid'), [String(PID_OF_NOBODY), ...lines.slice(1)].join('\n'));
}

async function servesFolder(pid: number, dataDir: string): Promise<boolean> {
  if (!(await isAlive(pid))) return false;
  if ((await findWorkingDirectory(pid)) === dataDir) return true;
  const commandLine = await findCommandLine(pid);
  return commandLine.includes('postgres') && commandLine.includes(dataDir);
}

async function readLockFile(dataDir: string): Promise<string[]> {
  const text = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '');
  return text.split('\n');
}
