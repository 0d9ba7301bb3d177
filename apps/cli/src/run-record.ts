/**
 * What a start wrote down about itself: its own pid and those of its processes.
 *
 * It makes a second start refuse while the first runs, and lets a start after `kill -9` find and stop what was left.
 * A pid counts only together with its start time, because pids are reused.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findStartTime, isAlive, signal, waitForExit } from '@tollgate/local-services';

export type RecordedProcess = { readonly name: string; readonly pid: number; readonly startTime: string };

export type RunRecord = {
  readonly supervisor: RecordedProcess;
  readonly processes: readonly RecordedProcess[];
};

const ORPHAN_TIMEOUT_MS = 8_000;

export async function recordProcess(name: string, pid: number): Promise<RecordedProcess> {
  return { name, pid, startTime: await findStartTime(pid) };
}

/** Whether it is this very process that still runs. */
export async function isStillRunning({ pid, startTime }: RecordedProcess): Promise<boolean> {
  return startTime !== '' && (await isAlive(pid)) && (await findStartTime(pid)) === startTime;
}

export async function readRunRecord(stateDir: string): Promise<RunRecord | undefined> {
  try {
    return JSON.parse(await readFile(pathIn(stateDir), 'utf8')) as RunRecord;
  } catch {
    // Absent, or cut short by a crash: either way nothing is known.
    return undefined;
  }
}

export async function writeRunRecord(stateDir: string, record: RunRecord): Promise<void> {
  const path = pathIn(stateDir);
  await writeFile(`${path}.partial`, JSON.stringify(record));
  await rename(`${path}.partial`, path);
}

export async function removeRunRecord(stateDir: string): Promise<void> {
  await rm(pathIn(stateDir), { force: true });
}

/** The supervisor of this state folder, when it runs. */
export async function findRunningSupervisor(stateDir: string): Promise<RecordedProcess | undefined> {
  const record = await readRunRecord(stateDir);
  if (record === undefined || !(await isStillRunning(record.supervisor))) return undefined;
  return record.supervisor;
}

/** Ends what a killed start left behind. @returns Names of what it stopped. */
export async function stopOrphans(stateDir: string): Promise<string[]> {
  const record = await readRunRecord(stateDir);
  if (record === undefined || (await isStillRunning(record.supervisor))) return [];
  const stopped = await Promise.all(record.processes.map(stopOrphan));
  await removeRunRecord(stateDir);
  return record.processes.filter((_, index) => stopped[index]).map(({ name }) => name);
}

async function stopOrphan(orphan: RecordedProcess): Promise<boolean> {
  if (!(await isStillRunning(orphan))) return false;
  signal(orphan.pid, 'SIGTERM');
  if (!(await waitForExit(orphan.pid, ORPHAN_TIMEOUT_MS))) {
    // Processes lead their own groups: the minus takes what they spawned along.
    signal(-orphan.pid, 'SIGKILL');
    await waitForExit(orphan.pid, ORPHAN_TIMEOUT_MS);
  }
  return true;
}

function pathIn(stateDir: string): string {
  return join(stateDir, 'run.json');
}
