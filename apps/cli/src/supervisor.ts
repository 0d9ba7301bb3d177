/**
 * Keeps one process running: starts it with its own environment, starts it again when it crashes, stops it.
 *
 * Its output goes straight to a file, so that nothing blocks or breaks when this process dies first. It leads its
 * own process group: Ctrl-C in the terminal reaches only the supervisor, which then stops things in order.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openLogFile, readLogTail, signal } from '@tollgate/local-services';

export type ProcessSpec = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** All it gets; nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  readonly logPath: string;
  /** Answers any HTTP status below 500 when the process is ready. */
  readonly healthUrl: string;
  readonly stopTimeoutMs: number;
};

export type SupervisedProcess = {
  readonly spec: ProcessSpec;
  /** Undefined between a crash and the next start. */
  pid(): number | undefined;
  /** @throws {Error} It ended, or did not answer in time; with the end of its log. */
  untilHealthy(timeoutMs: number): Promise<void>;
  /** Ends it and starts it no more. Idempotent. */
  stop(): Promise<void>;
  /** Without waiting for anything. */
  kill(): void;
};

export type SupervisorEvents = {
  /** After each start and each end, so that pids can be written down. */
  readonly onChange: () => void;
  readonly onCrash: (crash: {
    readonly name: string;
    readonly reason: string;
    readonly restartInMs: number;
  }) => void;
};

// Twice as long after each crash in a row; a minute without one starts over.
const FIRST_BACKOFF_MS = 500;
const LARGEST_BACKOFF_MS = 30_000;
const STEADY_AFTER_MS = 60_000;
const HEALTH_INTERVAL_MS = 100;

/** @returns Once the process is spawned, healthy or not. */
export async function superviseProcess(
  spec: ProcessSpec,
  events: SupervisorEvents,
): Promise<SupervisedProcess> {
  const state: State = { child: undefined, stopping: undefined, healthyOnce: false, crashes: 0 };
  await startChild(spec, state, events);
  return {
    spec,
    pid: () => state.child?.pid,
    untilHealthy: (timeoutMs) => untilHealthy(spec, state, timeoutMs),
    stop: () => {
      state.stopping ??= stopChild(spec, state);
      return state.stopping;
    },
    kill: () => {
      state.stopping ??= Promise.resolve();
      clearTimeout(state.restart);
      killGroup(state.child);
    },
  };
}

type State = {
  child: ChildProcess | undefined;
  stopping: Promise<void> | undefined;
  healthyOnce: boolean;
  crashes: number;
  restart?: NodeJS.Timeout;
};

async function startChild(spec: ProcessSpec, state: State, events: SupervisorEvents): Promise<void> {
  const log = await openLogFile(spec.logPath);
  const startedAt = performance.now();
  const child = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: { ...spec.environment },
    stdio: ['ignore', log.fd, log.fd],
    detached: true,
  });
  await log.close();
  state.child = child;
  let ended = false;
  const onEnd = (reason: string) => {
    if (ended) return;
    ended = true;
    state.child = undefined;
    events.onChange();
    if (state.stopping === undefined) scheduleRestart(spec, state, events, reason, startedAt);
  };
  child.once('error', (error) => onEnd(error.message));
  child.once('exit', (code, signalName) => onEnd(signalName === null ? `exit code ${code}` : signalName));
  events.onChange();
}

function scheduleRestart(
  spec: ProcessSpec,
  state: State,
  events: SupervisorEvents,
  reason: string,
  startedAt: number,
): void {
  if (performance.now() - startedAt > STEADY_AFTER_MS) state.crashes = 0;
  const restartInMs = Math.min(LARGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** state.crashes);
  state.crashes++;
  events.onCrash({ name: spec.name, reason, restartInMs });
  state.restart = setTimeout(() => {
    if (state.stopping !== undefined) return;
    startChild(spec, state, events).catch((error: Error) => {
      scheduleRestart(spec, state, events, error.message, performance.now());
    });
  }, restartInMs);
}

async function untilHealthy(spec: ProcessSpec, state: State, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    if (await answers(spec.healthUrl)) {
      state.healthyOnce = true;
      return;
    }
    // Before it was ever well a crash is a wrong setting, which starting again will not mend.
    const crashed = !state.healthyOnce && state.crashes > 0;
    if (crashed || performance.now() > deadline) {
      const what = crashed ? 'it ended' : `no answer at ${spec.healthUrl} within ${timeoutMs / 1_000} s`;
      const tail = await readLogTail(spec.logPath);
      throw new Error(`Cannot start the ${spec.name}: ${what}. The end of ${spec.logPath}:\n${tail}`);
    }
    await new Promise((resolve) => setTimeout(resolve, HEALTH_INTERVAL_MS));
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(5_000) });
    await answer.body?.cancel();
    return answer.status < 500;
  } catch {
    return false;
  }
}

async function stopChild(spec: ProcessSpec, state: State): Promise<void> {
  clearTimeout(state.restart);
  const { child } = state;
  if (child === undefined) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => killGroup(child), spec.stopTimeoutMs);
  await exit;
  clearTimeout(timer);
}

function killGroup(child: ChildProcess | undefined): void {
  if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null)
    signal(-child.pid, 'SIGKILL');
}
