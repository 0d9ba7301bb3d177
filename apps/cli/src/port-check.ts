/**
 * Tells before anything starts when a port is taken: which, by whom, and which variable moves it.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { findCommandLine, isPortFree } from '@tollgate/local-services';
import { UserError } from './user-error.ts';

const run = promisify(execFile);

const LISTENING = '0A';

export type NeededPort = {
  /** Who needs it, as a person would say. */
  readonly purpose: string;
  readonly port: number;
  readonly variable: string;
};

/** @throws {UserError} One line for each port that is taken, or wanted twice. */
export async function checkPorts(needed: readonly NeededPort[]): Promise<void> {
  const problems: string[] = [];
  for (const [index, { purpose, port, variable }] of needed.entries()) {
    const twin = needed.slice(0, index).find((other) => other.port === port && port !== 0);
    if (twin !== undefined) {
      problems.push(`Port ${port} is wanted twice, by ${twin.variable} and ${variable}: change one of them.`);
    } else if (port !== 0 && !(await isPortFree(port))) {
      const holder = await findPortHolder(port);
      const by = holder === undefined ? 'another process' : `${holder.title} (pid ${holder.pid})`;
      problems.push(
        `Port ${port}, needed by the ${purpose}, is in use by ${by}. Stop that process, or set ${variable} to another port.`,
      );
    }
  }
  if (problems.length > 0) throw new UserError(problems.join('\n'));
}

async function findPortHolder(port: number): Promise<{ pid: number; title: string } | undefined> {
  const pid = process.platform === 'linux' ? await findHolderInProc(port) : await findHolderByLsof(port);
  if (pid === undefined) return undefined;
  return { pid, title: shortenCommandLine(await findCommandLine(pid)) || 'a process' };
}

/** Names of programs and files without their folders, and not too many of them. */
function shortenCommandLine(commandLine: string): string {
  const words = commandLine.split(' ').filter((word) => !word.startsWith('--disable-warning'));
  return words
    .slice(0, 4)
    .map((word) => basename(word))
    .join(' ')
    .slice(0, 60);
}

async function findHolderInProc(port: number): Promise<number | undefined> {
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const lines = (await readFile(table, 'utf8').catch(() => '')).split('\n').slice(1);
    for (const line of lines) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      const localPort = Number.parseInt(local?.split(':')[1] ?? '', 16);
      if (localPort === port && state === LISTENING && inode !== undefined) inodes.add(`socket:[${inode}]`);
    }
  }
  if (inodes.size === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const targets = await Promise.all(
      descriptors.map((descriptor) => readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')),
    );
    if (targets.some((target) => inodes.has(target))) return Number(pid);
  }
  return undefined;
}

async function findHolderByLsof(port: number): Promise<number | undefined> {
  const found = await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t']).catch(() => undefined);
  const pid = Number(found?.stdout.trim().split('\n')[0]);
  return pid > 0 ? pid : undefined;
}
