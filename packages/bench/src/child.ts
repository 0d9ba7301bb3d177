/** Child processes of a benchmark: started, measured by the kernel's own account, ended by their handle. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { endWithThisProcess } from '@tollgate/testing';
import { pinned } from './machine.ts';

export interface Child {
  readonly process: ChildProcess;
  readonly pid: number;
  stop(): Promise<void>;
}

export interface ChildOptions {
  /** `contender`: has a core of its own where the machine has several; the rest share the others. */
  readonly place?: 'contender' | 'rest';
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
  const [program = command, ...programArgs] =
    place === 'contender' ? pinned(command, args) : [command, ...args];
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

/** Resident memory of the process and its children in MiB; what they share counts for each. Linux only. */
export function residentMiB(pid: number): number {
  let kib = 0;
  for (const each of processTree(pid)) {
    kib += Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${each}/status`, 'utf8'))?.[1] ?? 0);
  }
  return Math.round(kib / 1024);
}

function processTree(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  return [pid, ...children.flatMap((child) => processTree(Number(child)))];
}
