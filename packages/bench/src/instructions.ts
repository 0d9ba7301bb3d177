/**
 * Instructions that a process executes, by `perf`: a figure that a busy machine moves less than CPU time.
 *
 * Beside the promise's unit, never instead of it: instructions say nothing of cache misses. All threads count,
 * garbage collection and compilation included, and so does what runs by the clock: at few requests a second that
 * weighs on each. Where `perf` is not installed or not allowed there is no figure.
 */
import { spawn, spawnSync } from 'node:child_process';

const EVENTS = 'instructions:u,instructions:k';

let isThere: boolean | undefined;

function canCount(): boolean {
  isThere ??= spawnSync('perf', ['stat', '-x', ';', '-e', EVENTS, 'true']).status === 0;
  return isThere;
}

/** Counts from now until the function that comes back is called. @returns Of that: undefined, no figure. */
export async function countInstructions(pid: number): Promise<() => Promise<number | undefined>> {
  if (!canCount()) return async () => undefined;
  const arguments_ = ['stat', '-x', ';', '-e', EVENTS, '-p', String(pid)];
  const child = spawn('perf', arguments_, { stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  await new Promise((resolve) => child.once('spawn', resolve).once('error', resolve));
  return async () => {
    child.kill('SIGINT');
    await ended;
    return parseCounts(output);
  };
}

/** @returns User and kernel together; undefined where either was not counted. */
function parseCounts(output: string): number | undefined {
  let sum = 0;
  for (const event of EVENTS.split(',')) {
    const line = output.split('\n').find((each) => each.split(';')[2] === event);
    const count = Number.parseInt(line ?? '', 10);
    if (Number.isNaN(count)) return undefined;
    sum += count;
  }
  return sum;
}
