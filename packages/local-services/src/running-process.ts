/**
 * Questions about processes that this one may not have started: is it alive, is it the one we mean, has it gone.
 *
 * A pid alone proves nothing: it is reused, after a reboot at once. Callers compare the command line too.
 * A zombie counts as gone, because where no init reaps (plain containers) it stays for ever.
 */
import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

const BOOT_ID_FILE = '/proc/sys/kernel/random/boot_id';

/** Whether signals to this pid would reach something, zombies included. */
export function pidIsTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether the process exists and is not a zombie. */
export async function isAlive(pid: number): Promise<boolean> {
  if (!pidIsTaken(pid)) return false;
  if (process.platform === 'linux') {
    const stat = await readTextOrEmpty(`/proc/${pid}/stat`);
    // The name before the state is in brackets and may itself hold brackets and blanks.
    return stat !== '' && !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  }
  const state = await ps(pid, 'state=');
  return state !== '' && !state.startsWith('Z');
}

/** Command line of a process, arguments parted by blanks; empty when there is no such process. */
export async function findCommandLine(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    return (await readTextOrEmpty(`/proc/${pid}/cmdline`)).replaceAll('\0', ' ').trim();
  }
  return ps(pid, 'command=');
}

/**
 * When a process started, in the system's own words; empty when there is no such process. Together with the pid it
 * names one process for ever, also one that changes its title.
 */
export async function findStartTime(pid: number): Promise<string> {
  if (process.platform !== 'linux') return ps(pid, 'lstart=');
  const stat = await readTextOrEmpty(`/proc/${pid}/stat`);
  // Field 22 (proc_pid_stat(5)): ticks since boot. The second field is in brackets and may hold blanks.
  const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return ticks === undefined ? '' : `${(await readTextOrEmpty(BOOT_ID_FILE)).trim()}:${ticks}`;
}

/** Working directory of a process, where the system tells (Linux); otherwise undefined. */
export async function findWorkingDirectory(pid: number): Promise<string | undefined> {
  try {
    return await readlink(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

/** Waits until the process has gone. @returns false when it is still there after `timeoutMs`. */
export async function waitForExit(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (await isAlive(pid)) {
    if (performance.now() >= deadline) return false;
    await delay(20);
  }
  return true;
}

/** Sends a signal; a process that has gone already is no error. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function readTextOrEmpty(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return '';
  }
}

async function ps(pid: number, column: string): Promise<string> {
  try {
    return (await run('ps', ['-o', column, '-p', String(pid)])).stdout.trim();
  } catch {
    return '';
  }
}
