/** Child processes of a benchmark: started, measured by the kernel's own account, ended by their handle. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { endWithThisProcess } from '@tollgate/testing';
import { pinned } from './machine.ts';

const BACKGROUND_PRIORITY = 15;

export interface Child {
  readonly process: ChildProcess;
  readonly pid: number;
  stop(): Promise<void>;
}

export type Place = 'contender' | 'rest' | 'background';

export interface ChildOptions {
  /**
   * `contender`: has a core of its own where the machine has several; the rest share the others. `background`: is not
   * waited for, and takes only what client and simulator leave.
   */
  readonly place?: Place;
}

/** A module of ours, run by this process's own Node. */
export function startChild(
  file: string,
  args: readonly string[],
  environment: Record<string, string> = {},
  options: ChildOptions = {},
): Child {
  return startProgram(process.execPath, [...nodeArguments(environment), file, ...args], environment, options);
}

export function startProgram(
  command: string,
  args: readonly string[],
  environment: Record<string, string>,
  { place = 'rest' }: ChildOptions = {},
): Child {
  const [program = command, ...programArgs] = commandLine(place, command, args);
  const child = spawn(program, programArgs, { stdio: ['ignore', 'pipe', 'inherit'], env: environment });
  endWithThisProcess(child);
  return {
    process: child,
    pid: child.pid ?? 0,
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) {
          resolve();
          return;
        }
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

function commandLine(place: Place, command: string, args: readonly string[]): string[] {
  if (place === 'contender') return pinned(command, args);
  return place === 'background'
    ? ['nice', '-n', String(BACKGROUND_PRIORITY), command, ...args]
    : [command, ...args];
}

/**
 * Everything that this process has started so far, and whatever that will start. Databases and the worker beside a
 * gateway would otherwise slow down client and simulator, and be told as its latency.
 */
export function moveToBackground(): void {
  for (const pid of processTree(process.pid)) {
    if (pid !== process.pid) orNothing(() => setPriority(pid, BACKGROUND_PRIORITY));
  }
}

function nodeArguments(environment: Record<string, string>): string[] {
  return environment.BENCH_NODE_ARGUMENTS?.split(' ').filter((argument) => argument !== '') ?? [];
}

/** The first line of output from now on that is a JSON object holding `field`. */
export function firstLineWith<T>(child: Child, field: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: child.process.stdout! });
    lines.on('line', (line) => {
      if (!line.startsWith('{')) return;
      const value = JSON.parse(line) as Record<string, unknown>;
      if (value[field] !== undefined) resolve(value as T);
    });
    child.process.once('close', (code) =>
      reject(new Error(`Cannot go on with a child: it must print ${field}, got exit ${code}`)),
    );
  });
}

/** Clock ticks of the kernel are 10 ms on every Linux that Node runs on. */
const TICK_US = 10_000;

/** CPU time of the process and its children so far, user and system, in microseconds. Linux only. */
export function cpuTimeUs(pid: number): number {
  let totalUs = 0;
  for (const each of processTree(pid)) {
    const stat = readFileSync(`/proc/${each}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    totalUs += (Number(fields[11]) + Number(fields[12])) * TICK_US;
  }
  return totalUs;
}

/**
 * Memory of the process and its children in MiB, each with its part of what they share (the kernel's "proportional set
 * size"), so that the program's own pages do not count once per process. Linux only.
 */
export function residentMiB(pid: number): number {
  let kib = 0;
  for (const each of processTree(pid)) {
    kib += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${each}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
  }
  return Math.round(kib / 1024);
}

function processTree(pid: number): number[] {
  const children = orNothing(() => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')) ?? '';
  return [pid, ...children.split(' ').flatMap((child) => (child === '' ? [] : processTree(Number(child))))];
}

/** Processes come and go while they are looked at: Postgres starts and ends its own. */
function orNothing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    // A failed `setPriority` has the code of the system inside.
    const { code, info } = error as NodeJS.ErrnoException & { readonly info?: { readonly code: string } };
    if (code === 'ENOENT' || code === 'ESRCH' || info?.code === 'ESRCH') return undefined;
    throw error;
  }
}
