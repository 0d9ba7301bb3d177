/**
 * What the benchmark runs on: told beside its figures, because they mean nothing without it; and how it is shared
 * out. Whoever is measured has the first core to itself, everything else (load, simulator, databases, worker) the
 * others, where there are at least two and `taskset` is installed.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';

const CONTENDER_CORE = '0';

let isPinning = false;

/** Moves this process, and with it all children that are not contenders, off the contenders' core. */
export function leaveContendersAlone(): void {
  const cores = cpus().length;
  if (cores < 2) return;
  const { status } = spawnSync('taskset', ['-a', '-c', '-p', `1-${cores - 1}`, String(process.pid)]);
  isPinning = status === 0;
}

/** The command line that runs a contender on its core. */
export function pinned(command: string, args: readonly string[]): string[] {
  return isPinning ? ['taskset', '-c', CONTENDER_CORE, command, ...args] : [command, ...args];
}

export function describeMachine(startedAt: Date): string[] {
  const [first] = cpus();
  const pinning = isPinning
    ? 'whoever is measured alone on one core, everything else on the others'
    : 'nothing pinned (one core only, or no `taskset`)';
  return [
    `${first?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ` +
      `${type()} ${release()}, Node ${process.versions.node}; ${pinning}.`,
    `${startedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC, load average at the start ${loadavg()[0]?.toFixed(1)}.` +
      (sharesBySession() ? ` ${SHARES_BY_SESSION}` : ''),
  ];
}

/**
 * Each backend of Postgres is a session of its own: where the kernel shares time by session, those of the background
 * get as much as client and simulator whatever their priority, which may be told as latency.
 */
const SHARES_BY_SESSION =
  'The kernel shares time by session, so that the databases do not stand back: `sysctl kernel.sched_autogroup_enabled=0`.';

function sharesBySession(): boolean {
  try {
    return readFileSync('/proc/sys/kernel/sched_autogroup_enabled', 'utf8').trim() === '1';
  } catch {
    return false;
  }
}

/**
 * How many files a process may open, after trying to have it raised to `wanted` (which takes a privilege where the
 * hard limit is lower). Children inherit it.
 */
export function raiseOpenFiles(wanted: number): number {
  if (openFilesLimit() < wanted) {
    spawnSync('prlimit', ['--pid', String(process.pid), `--nofile=${wanted}:${wanted}`]);
  }
  return openFilesLimit();
}

/** The hard one: Node raises its own soft limit to it at the start. */
function openFilesLimit(): number {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard ?? 1_024);
}
