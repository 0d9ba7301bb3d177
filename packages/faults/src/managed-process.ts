/** A process of the product under test: started with an environment of its own, killed and started again at will. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { endWithThisProcess, waitFor } from '@tollgate/testing';

export interface ProcessPlan {
  readonly name: string;
  /** Of the workspace's own source, run by type stripping, or a bundle of it. */
  readonly entry: string;
  readonly args?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly healthUrl: string;
  /** Standard output and error are appended here. */
  readonly logPath: string;
}

/** Unix milliseconds: the signal was sent no earlier than the one, the process was gone no later than the other. */
export interface Kill {
  readonly fromMs: number;
  readonly toMs: number;
}

const START_TIMEOUT_MS = 60_000;

export class ManagedProcess {
  readonly plan: ProcessPlan;
  readonly kills: Kill[] = [];
  #child: ChildProcess | undefined;
  #isReady = false;
  #isPaused = false;

  constructor(plan: ProcessPlan) {
    this.plan = plan;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** It runs, is not paused, and has answered its health check since it was started. */
  get isReady(): boolean {
    return this.#isReady && !this.#isPaused && this.isRunning;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when it answers its health check. @throws {Error} with the tail of its log when it does not. */
  async start(): Promise<void> {
    const log = openSync(this.plan.logPath, 'a');
    this.#child = spawn(process.execPath, ['--no-warnings', this.plan.entry, ...(this.plan.args ?? [])], {
      env: { PATH: '/usr/bin:/bin', ...this.plan.environment },
      stdio: ['ignore', log, log],
      // A group of its own, so that a kill takes its children too, as the loss of a machine would.
      detached: true,
    });
    endWithThisProcess(this.#child);
    closeSync(log);
    try {
      await waitFor(() => !this.isRunning || this.#isHealthy(), { timeoutMs: START_TIMEOUT_MS });
      if (!this.isRunning) throw new Error(`${this.plan.name} ended`);
      this.#isReady = true;
    } catch (cause) {
      const tail = readFileSync(this.plan.logPath, 'utf8').slice(-4_000);
      throw new Error(
        `Cannot start ${this.plan.name}: it must answer ${this.plan.healthUrl}; its log ends:\n${tail}`,
        { cause },
      );
    }
  }

  /** SIGKILL to the whole group; resolves when it is gone. */
  async kill(): Promise<void> {
    const fromMs = Date.now();
    await this.#end('SIGKILL');
    this.kills.push({ fromMs, toMs: Date.now() });
  }

  /** SIGTERM to the process; resolves when it has ended by itself. */
  async terminate(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** SIGSTOP: it stands still, connections open, as a machine that swaps or sleeps. */
  pause(): void {
    this.#isPaused = true;
    this.#signal('SIGSTOP');
  }

  resume(): void {
    this.#signal('SIGCONT');
    this.#isPaused = false;
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#child?.pid !== undefined && this.isRunning) process.kill(-this.#child.pid, signal);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#isReady = false;
    this.#isPaused = false;
    if (child?.pid === undefined || !this.isRunning) return;
    const ended = once(child, 'exit');
    if (signal === 'SIGKILL') process.kill(-child.pid, signal);
    else child.kill(signal);
    await ended;
  }

  async #isHealthy(): Promise<boolean> {
    try {
      const response = await fetch(this.plan.healthUrl, { signal: AbortSignal.timeout(1_000) });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }
}
