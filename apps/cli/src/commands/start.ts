/**
 * Runs the whole product on this machine until it is told to stop: services, database, build, processes, in this
 * order; and the other way round at the end, so that nothing loses what it relies on.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  consoleConfig,
  type Environment,
  gatewayConfig,
  type PortsConfig,
  portsConfig,
  workerConfig,
} from '@tollgate/config';
import { findFreePort, startRedis, trimLogFile } from '@tollgate/local-services';
import type { Command } from '../command.ts';
import { ensureConsoleBuild } from '../console-build.ts';
import { openDatabaseServer, prepareDatabase } from '../database.ts';
import { ensureGeneratedClient } from '../generated-client.ts';
import { checkPorts, type NeededPort } from '../port-check.ts';
import {
  listPresentProcesses,
  type PlannedProcess,
  type ProcessName,
  planProcess,
  publicUrls,
  type SystemFacts,
} from '../process-plan.ts';
import { signalRunningCommands } from '../run-command.ts';
import {
  findRunningSupervisor,
  recordProcess,
  removeRunRecord,
  stopOrphans,
  writeRunRecord,
} from '../run-record.ts';
import { createScreen, prefersPlain, type Screen, secondsSince } from '../screen.ts';
import { openSecrets } from '../secrets.ts';
import { seedDatabase } from '../seed.ts';
import { openStateDirectory } from '../state-directory.ts';
import { createStopSwitch, type StopSwitch } from '../stop-switch.ts';
import { type SupervisedProcess, superviseProcess } from '../supervisor.ts';
import { UserError } from '../user-error.ts';
import { stateDirectoryOf } from '../workspace.ts';

const HEALTH_TIMEOUT_MS = 60_000;
const LOG_TRIM_INTERVAL_MS = 30_000;
const SMTP_PREFERRED_PORT = 1025;

/** What has to be undone, newest first. */
type Undo = { readonly title: string; readonly run: () => Promise<void> };

export const start: Command = async (args, environment) => {
  const { values } = parseArgs({ args: [...args], options: { ci: { type: 'boolean', default: false } } });
  const screen = createScreen(process.stdout, { plain: prefersPlain(process.stdout, values.ci) });
  const stop = createStopSwitch();
  // A build under way is of no use any more.
  void stop.requested.then(() => signalRunningCommands('SIGTERM'));
  const undo: Undo[] = [];
  try {
    await startSystem(environment, screen, stop, undo);
    await stop.requested;
    return 0;
  } catch (error) {
    if (stop.isRequested()) return 0;
    throw error;
  } finally {
    await stopSystem(screen, undo);
    stop.dispose();
  }
};

async function startSystem(
  environment: Environment,
  screen: Screen,
  stop: StopSwitch,
  undo: Undo[],
): Promise<void> {
  const startedAt = performance.now();
  const stateDir = await openStateDirectory(stateDirectoryOf(environment));
  const ports = portsConfig(environment);
  const { present, absent } = listPresentProcesses(environment);
  screen.line('Tollgate');
  await refuseSecondStart(stateDir);
  const orphans = await stopOrphans(stateDir);
  if (orphans.length > 0) screen.line(`Stopped what an earlier run left: ${orphans.join(', ')}`);
  await checkPorts(neededPorts(ports, present));
  const supervisor = await recordProcess('supervisor', process.pid);
  await writeRunRecord(stateDir, { supervisor, processes: [] });
  undo.push({ title: 'Run record', run: () => removeRunRecord(stateDir) });

  const services = await openServices(environment, stateDir, ports, screen, stop, undo);
  if (present.includes('console')) {
    const word = (built: boolean) => (built ? 'built' : 'up to date');
    await screen.step('Console', (report) => ensureConsoleBuild(environment, report), word);
  }
  stop.throwIfRequested();
  // Chosen last: a build takes long enough for another system to take a port that was free before it.
  const facts: SystemFacts = {
    ...services,
    smtpPort: await findFreePort(SMTP_PREFERRED_PORT),
    workerHealthPort: await findFreePort(),
  };
  checkConfiguration(present, facts);
  await startProcesses(
    present.map((name) => planProcess(name, facts)),
    { stateDir, supervisor, screen, stop, undo },
  );
  for (const name of absent) screen.line(`Not in this clone: ${name}`);
  showUrls(screen, facts, present, startedAt);
}

async function refuseSecondStart(stateDir: string): Promise<void> {
  const running = await findRunningSupervisor(stateDir);
  if (running === undefined) return;
  throw new UserError(
    `Tollgate already runs from ${stateDir} (pid ${running.pid}). Stop it with Ctrl-C there or "kill ${running.pid}".`,
  );
}

/** Postgres, Redis, the database in it; and the facts that processes are made from. */
async function openServices(
  environment: Environment,
  stateDir: string,
  ports: PortsConfig,
  screen: Screen,
  stop: StopSwitch,
  undo: Undo[],
): Promise<Omit<SystemFacts, 'smtpPort' | 'workerHealthPort'>> {
  const secrets = await openSecrets(stateDir, environment);
  const server = await screen.step(
    'Postgres',
    () => openDatabaseServer(environment, stateDir),
    ({ origin }) => origin,
  );
  undo.push({ title: 'Postgres', run: server.stop });
  stop.throwIfRequested();
  const redis = await screen.step(
    'Redis',
    () => startRedis({ stateDir, ...(environment.REDIS_URL ? { url: environment.REDIS_URL } : {}) }),
    ({ origin, reused }) =>
      origin === 'url' ? 'from REDIS_URL' : reused ? 'found running' : REDIS_ORIGIN[origin],
  );
  undo.push({ title: 'Redis', run: redis.stop });
  keepLogsBounded([server.logPath, redis.logPath], undo);
  stop.throwIfRequested();
  const { urls } = await screen.step(
    'Database',
    async (report) => {
      report('client');
      await ensureGeneratedClient(environment);
      report('roles and migrations');
      const prepared = await prepareDatabase(server, secrets);
      await seedDatabase({ environment, urls: prepared.urls, secrets }, report);
      return prepared;
    },
    ({ applied }) =>
      applied === 0 ? 'up to date' : `${applied} migration${applied === 1 ? '' : 's'} applied`,
  );
  stop.throwIfRequested();
  return {
    environment,
    stateDir,
    ports,
    secrets,
    databaseUrls: urls,
    redisUrl: redis.url,
  };
}

const REDIS_ORIGIN = {
  path: 'started, installed on this machine',
  docker: 'started in Docker',
  debian: "started, from Debian's packages",
} as const;

/** Says what is wrong before a process does it in its log. */
function checkConfiguration(present: readonly ProcessName[], facts: SystemFacts): void {
  const checks = { gateway: gatewayConfig, worker: workerConfig, console: consoleConfig } as const;
  for (const [name, parse] of Object.entries(checks) as [keyof typeof checks, (typeof checks)['gateway']][]) {
    if (present.includes(name)) parse(planProcess(name, facts).environment);
  }
}

async function startProcesses(
  plans: readonly PlannedProcess[],
  run: {
    readonly stateDir: string;
    readonly supervisor: Awaited<ReturnType<typeof recordProcess>>;
    readonly screen: Screen;
    readonly stop: StopSwitch;
    readonly undo: Undo[];
  },
): Promise<void> {
  const { stateDir, supervisor, screen, stop, undo } = run;
  await mkdir(join(stateDir, 'logs'), { recursive: true, mode: 0o700 });
  const started: SupervisedProcess[] = [];
  let writing = Promise.resolve();
  const record = () => {
    writing = writing.then(() => writeProcesses(stateDir, supervisor, started)).catch(() => undefined);
  };
  stop.onForce(() => {
    for (const supervised of started) supervised.kill();
  });
  undo.push({ title: 'Processes', run: () => stopInStages(plans, started).then(() => writing) });
  const events = {
    onChange: record,
    onCrash: (crash: { name: string; reason: string; restartInMs: number }) => {
      const path = join(stateDir, 'logs', `${crash.name}.log`);
      screen.line(
        `${crash.name} ended (${crash.reason}); starting it again in ${crash.restartInMs / 1_000} s. Log: ${path}`,
      );
    },
  };
  await screen.step('Processes', async (report) => {
    for (const plan of plans) {
      started.push(await superviseProcess(plan, events));
      record();
    }
    const waiting = new Set(plans.map(({ name }) => name));
    const show = () => report(waiting.size === 0 ? '' : `waiting for ${[...waiting].join(', ')}`);
    show();
    await Promise.race([
      stop.requested,
      Promise.all(
        started.map(async (supervised) => {
          await supervised.untilHealthy(HEALTH_TIMEOUT_MS);
          waiting.delete(supervised.spec.name);
          show();
        }),
      ),
    ]);
  });
  stop.throwIfRequested();
  keepLogsBounded(
    plans.map(({ logPath }) => logPath),
    undo,
  );
}

async function stopInStages(
  plans: readonly PlannedProcess[],
  started: readonly SupervisedProcess[],
): Promise<void> {
  const stages = [...new Set(plans.map(({ stopStage }) => stopStage))].sort();
  for (const stage of stages) {
    const names = new Set(plans.filter(({ stopStage }) => stopStage === stage).map(({ name }) => name));
    await Promise.all(
      started.filter(({ spec }) => names.has(spec.name)).map((supervised) => supervised.stop()),
    );
  }
}

async function writeProcesses(
  stateDir: string,
  supervisor: Awaited<ReturnType<typeof recordProcess>>,
  started: readonly SupervisedProcess[],
): Promise<void> {
  const running = started.flatMap(({ spec, pid }) => {
    const id = pid();
    return id === undefined ? [] : [recordProcess(spec.name, id)];
  });
  await writeRunRecord(stateDir, { supervisor, processes: await Promise.all(running) });
}

function keepLogsBounded(paths: readonly (string | undefined)[], undo: Undo[]): void {
  const timer = setInterval(() => {
    for (const path of paths) if (path !== undefined) trimLogFile(path).catch(() => undefined);
  }, LOG_TRIM_INTERVAL_MS);
  timer.unref();
  undo.push({ title: 'Logs', run: async () => clearInterval(timer) });
}

function neededPorts(ports: PortsConfig, present: readonly ProcessName[]): NeededPort[] {
  const needed: (NeededPort & { readonly by: ProcessName })[] = [
    { by: 'console', purpose: 'console', port: ports.console, variable: 'TOLLGATE_CONSOLE_PORT' },
    { by: 'gateway', purpose: 'gateway', port: ports.gateway, variable: 'TOLLGATE_GATEWAY_PORT' },
    { by: 'gateway', purpose: "gateway's metrics", port: ports.metrics, variable: 'TOLLGATE_METRICS_PORT' },
    { by: 'simulator', purpose: 'simulator', port: ports.simulator, variable: 'TOLLGATE_SIMULATOR_PORT' },
    { by: 'mailbox', purpose: 'mailbox', port: ports.mailbox, variable: 'TOLLGATE_MAILBOX_PORT' },
    {
      by: 'stripe',
      purpose: 'stand-in for Stripe',
      port: ports.stripe,
      variable: 'TOLLGATE_STRIPE_STAND_IN_PORT',
    },
  ];
  return needed.filter(({ by }) => present.includes(by));
}

function showUrls(
  screen: Screen,
  facts: SystemFacts,
  present: readonly ProcessName[],
  startedAt: number,
): void {
  const urls = publicUrls(facts);
  const rows = [
    ['console', 'Console', urls.console],
    ['gateway', 'Gateway', urls.gateway],
    ['simulator', 'Simulator', urls.simulator],
    ['mailbox', 'Mailbox', urls.mailbox],
    ['gateway', 'Metrics', urls.metrics],
    ['stripe', 'Payments', `${urls.stripe} (a stand-in: no money moves)`],
  ] as const;
  screen.line();
  screen.line(`Tollgate runs. Ready in ${secondsSince(startedAt)}; Ctrl-C stops it.`);
  screen.line();
  for (const [name, title, url] of rows)
    if (present.includes(name)) screen.line(`  ${title.padEnd(10)} ${url}`);
  screen.line(`  ${'Logs'.padEnd(10)} ${join(facts.stateDir, 'logs')}`);
  screen.line();
}

async function stopSystem(screen: Screen, undo: Undo[]): Promise<void> {
  if (undo.length === 0) return;
  await screen.step('Stopping', async (report) => {
    for (const { title, run } of undo.reverse()) {
      report(title);
      // One that cannot be stopped must not keep the rest running.
      await run().catch((error: Error) => screen.line(`Cannot stop ${title}: ${error.message}`));
    }
  });
}
