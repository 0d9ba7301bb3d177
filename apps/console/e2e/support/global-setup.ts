/** Starts everything once for each worker, with a state folder and ports of its own, and stops it after the last test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FullConfig } from '@playwright/test';
import { readEnvironment } from '@tollgate/config';
import { isPortFree } from '@tollgate/local-services';
import { setNewResoldSpend } from './operator.ts';
import { type System, systemFileOf } from './system.ts';

const CLI = path.resolve(import.meta.dirname, '../../../cli/src/main.ts');
const READY = 'Tollgate runs.';
const START_TIMEOUT_MS = 600_000;
const STOP_TIMEOUT_MS = 60_000;
const KEPT_OUTPUT = 20_000;
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;

export default async function globalSetup({ workers }: FullConfig): Promise<() => Promise<void>> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    await Promise.all(stops.map((stopOne) => stopOne()));
  };
  // Playwright stops what was set up when it is interrupted, not when it is terminated as `npm test` does.
  process.once('SIGTERM', () => process.kill(process.pid, 'SIGINT'));
  try {
    // One after the other: each takes ports that are free, the first builds the console if that has to be.
    for (let index = 0; index < workers; index++) stops.push(await startSystem(index));
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

/** @param workerIndex Whose it is. @param more Settings besides those of this run. @returns Stops it. */
export async function startSystem(
  workerIndex: number,
  more: Readonly<Record<string, string>> = {},
): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tollgate-e2e-'));
  // A folder of its own: the product refuses one that holds anything it did not make.
  const stateDirectory = path.join(folder, 'state');
  const ports = await findFreePorts(8);
  const [console_, gateway, metrics, simulator, mailbox, stripe, dnsPort = 0, issuerPort = 0] = ports;
  const { TOLLGATE_ALLOWED_PRIVATE_ORIGINS: allowed } = { ...readEnvironment(), ...more };
  const clockOffsetFile = path.join(folder, 'clock-offset');
  await writeFile(clockOffsetFile, '0');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CLI, 'start', '--ci'], {
    env: {
      NODE_ENV: 'production',
      ...readEnvironment(),
      ...more,
      TOLLGATE_STATE_DIR: stateDirectory,
      // Nobody listens there until a test of single sign-on does.
      TOLLGATE_DNS_SERVERS: `127.0.0.1:${dnsPort}`,
      TOLLGATE_ALLOWED_PRIVATE_ORIGINS: [allowed, `http://127.0.0.1:${issuerPort}`].filter(Boolean).join(','),
      TOLLGATE_CLOCK_OFFSET_FILE: clockOffsetFile,
      // Networks may sign up fifty times an hour: those who do so by the API say which one is theirs.
      TOLLGATE_TRUST_PROXY: '1',
      // Browser, console and gateway share a few cores: one that is starved for a moment is not to refuse anything.
      TOLLGATE_MAX_LOOP_LAG_MS: '10000',
      TOLLGATE_CONSOLE_PORT: String(console_),
      TOLLGATE_GATEWAY_PORT: String(gateway),
      TOLLGATE_METRICS_PORT: String(metrics),
      TOLLGATE_SIMULATOR_PORT: String(simulator),
      TOLLGATE_MAILBOX_PORT: String(mailbox),
      TOLLGATE_STRIPE_STAND_IN: '1',
      TOLLGATE_STRIPE_STAND_IN_PORT: String(stripe),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = async () => {
    await stopChild(child);
    await rm(folder, { recursive: true, force: true });
  };
  const stopEarly = () => child.kill('SIGTERM');
  process.once('SIGTERM', stopEarly);
  try {
    await untilReady(child);
  } catch (error) {
    await stop();
    throw error;
  } finally {
    process.off('SIGTERM', stopEarly);
  }
  const system: System = {
    consoleUrl: `http://localhost:${console_}`,
    gatewayUrl: `http://localhost:${gateway}`,
    simulatorUrl: `http://localhost:${simulator}`,
    mailboxUrl: `http://localhost:${mailbox}`,
    stripeUrl: `http://127.0.0.1:${stripe}`,
    dnsPort,
    issuerPort,
    stateDirectory,
    clockOffsetFile,
  };
  try {
    // The simulator is resold: each new organization would begin with a budget, where tests begin with none.
    await setNewResoldSpend(system, null);
    const file = systemFileOf(workerIndex);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, JSON.stringify(system));
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

/** They are bound a while later: below those that a system hands to whoever connects, so that hardly anybody takes one. */
async function findFreePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    if (await isPortFree(port)) ports.add(port);
  }
  return [...ports];
}

function untilReady(child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let output = '';
  const fail = (reason: string) =>
    reject(new Error(`Cannot start the system for browser tests: ${reason}\n${output}`));
  const timer = setTimeout(() => fail(`it took over ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
  const read = (chunk: Buffer) => {
    output = `${output}${chunk}`.slice(-KEPT_OUTPUT);
    if (output.includes(READY)) resolve();
  };
  child.stdout?.on('data', read);
  child.stderr?.on('data', read);
  child.once('error', (error) => fail(error.message));
  child.once('exit', (code) => fail(`it ended with ${code}`));
  return promise.finally(() => clearTimeout(timer));
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}
