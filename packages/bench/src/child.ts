/** Child processes of a benchmark: started, measured by the kernel's own account, ended by their handle. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export interface Child {
  readonly process: ChildProcess;
  readonly pid: number;
  stop(): Promise<void>;
}

export function startChild(
  file: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Child {
  const child = spawn(process.execPath, [...nodeArguments(environment), file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: environment,
  });
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

/** The first line of output that is a JSON object holding `field`. */
export function firstLineWith<T>(child: Child, field: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: child.process.stdout! });
    lines.on('line', (line) => {
      if (!line.startsWith('{')) return;
      const value = JSON.parse(line) as Record<string, unknown>;
      if (value[field] !== undefined) resolve(value as T);
    });
    child.process.once('exit', (code) =>
      reject(new Error(`Cannot start a child: it must print ${field}, got exit ${code}`)),
    );
  });
}

/** Clock ticks of the kernel are 10 ms on every Linux that Node runs on. */
const TICK_US = 10_000;

/** CPU time of the process so far, user and system, in microseconds. Linux only. */
export function cpuTimeUs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

/** Resident memory in MiB. Linux only. */
export function residentMiB(pid: number): number {
  const line = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round(Number(line?.[1] ?? 0) / 1024);
}
