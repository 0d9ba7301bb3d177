/**
 * Which processes make up a system on one machine, in which order they stop, and what each may know.
 *
 * Each gets the database role, secrets and settings of its own and nothing of the others: an environment can be
 * read by whoever breaks into that one process.
 */
import { join } from 'node:path';
import { type Environment, type PortsConfig, VARIABLES } from '@tollgate/config';
import { CONSOLE_SERVER_FOLDER } from './console-build.ts';
import type { RoleUrls } from './database.ts';
import { pickVariables, sharedEnvironment } from './process-environment.ts';
import type { Secrets } from './secrets.ts';
import type { ProcessSpec } from './supervisor.ts';
import { inRoot, isPresent } from './workspace.ts';

export type SystemFacts = {
  readonly environment: Environment;
  readonly stateDir: string;
  readonly ports: PortsConfig;
  /** Chosen freely; nobody needs to know them. */
  readonly smtpPort: number;
  readonly workerHealthPort: number;
  readonly secrets: Secrets;
  readonly databaseUrls: RoleUrls;
  readonly redisUrl: string;
};

export type PlannedProcess = ProcessSpec & {
  /** Stages stop one after the other: callers first, then those they rely on. */
  readonly stopStage: number;
};

/** File or folder whose absence means that this part of the product is not there. */
const SOURCES = {
  mailbox: 'packages/local-services/src/mailbox/main.ts',
  simulator: 'packages/simulator/src/main.ts',
  stripe: 'packages/stripe-stand-in/src/main.ts',
  gateway: 'apps/gateway/src/main.ts',
  worker: 'apps/worker/src/main.ts',
  console: 'apps/console/next.config.ts',
} as const;

export type ProcessName = keyof typeof SOURCES;

// Streams get this long to end when somebody presses Ctrl-C; a production gateway gives them a minute.
const DRAIN_TIMEOUT_MS = 5_000;
const STOP_TIMEOUT_MS = 10_000;

const COMMON_NAMES = ['TOLLGATE_LOG_LEVEL', 'TOLLGATE_CLOCK_OFFSET_FILE'];
/** Of one machine: who starts the processes says these, whatever the environment has. */
const DECIDED_HERE = new Set(['TOLLGATE_STATE_DIR', 'TOLLGATE_GATEWAY_SLOT', 'TOLLGATE_MAILBOX_URL']);

/**
 * Payments by a stand-in for Stripe, for whoever wants to see them: only on request, because what it calls paid was
 * paid by nobody, and never beside a real key.
 */
export function hasStripeStandIn({ TOLLGATE_STRIPE_STAND_IN, STRIPE_SECRET_KEY }: Environment): boolean {
  return ['1', 'true'].includes(TOLLGATE_STRIPE_STAND_IN ?? '') && !STRIPE_SECRET_KEY;
}

/** Parts of the product that this clone has, as far as they are wanted. */
export function listPresentProcesses(environment: Environment): {
  present: ProcessName[];
  absent: ProcessName[];
} {
  const names = (Object.keys(SOURCES) as ProcessName[]).filter(
    (name) => name !== 'stripe' || hasStripeStandIn(environment),
  );
  return {
    present: names.filter((name) => isPresent(SOURCES[name])),
    absent: names.filter((name) => !isPresent(SOURCES[name])),
  };
}

export function planProcess(name: ProcessName, facts: SystemFacts): PlannedProcess {
  return PLANS[name](facts);
}

/** Where people and programs reach the system. */
export function publicUrls({
  environment,
  ports,
}: Pick<SystemFacts, 'environment' | 'ports'>): Record<
  'console' | 'gateway' | 'simulator' | 'mailbox' | 'metrics' | 'stripe',
  string
> {
  return {
    console: environment.TOLLGATE_CONSOLE_URL || `http://localhost:${ports.console}`,
    gateway: environment.TOLLGATE_GATEWAY_URL || `http://localhost:${ports.gateway}`,
    simulator: `http://localhost:${ports.simulator}`,
    mailbox: `http://localhost:${ports.mailbox}`,
    metrics: `http://localhost:${ports.metrics}/metrics`,
    stripe: `http://127.0.0.1:${ports.stripe}`,
  };
}

const PLANS: Record<ProcessName, (facts: SystemFacts) => PlannedProcess> = {
  mailbox: (facts) => ({
    ...nodeProcess('mailbox', facts, [
      ...['--port', String(facts.ports.mailbox), '--smtp-port', String(facts.smtpPort)],
      ...['--state-dir', facts.stateDir, ...clockFlag(facts.environment)],
    ]),
    environment: base(facts),
    healthUrl: `http://127.0.0.1:${facts.ports.mailbox}/healthz`,
    stopStage: 2,
  }),
  simulator: (facts) => ({
    ...nodeProcess('simulator', facts, [
      ...['--port', String(facts.ports.simulator), '--api-key', facts.secrets.TOLLGATE_SIMULATOR_API_KEY],
      ...['--truth-file', join(facts.stateDir, 'simulator-truth.jsonl')],
    ]),
    environment: base(facts),
    healthUrl: `http://127.0.0.1:${facts.ports.simulator}/`,
    stopStage: 2,
  }),
  stripe: (facts) => ({
    ...nodeProcess('stripe', facts, [
      ...['--port', String(facts.ports.stripe), '--state-file', join(facts.stateDir, 'stripe-stand-in.json')],
      ...['--api-key', facts.secrets.TOLLGATE_STRIPE_STAND_IN_KEY],
      ...['--webhook-url', `http://127.0.0.1:${facts.ports.console}/api/v1/stripe/webhook`],
      ...['--webhook-secret', facts.secrets.TOLLGATE_STRIPE_STAND_IN_WEBHOOK_SECRET],
      ...clockFlag(facts.environment),
    ]),
    environment: base(facts),
    healthUrl: `http://127.0.0.1:${facts.ports.stripe}/healthz`,
    stopStage: 2,
  }),
  gateway: (facts) => ({
    ...nodeProcess('gateway', facts, []),
    environment: {
      ...base(facts),
      // A developer's machine serves itself; set TOLLGATE_GATEWAY_HOST to serve others.
      TOLLGATE_GATEWAY_HOST: '127.0.0.1',
      TOLLGATE_DRAIN_TIMEOUT_MS: String(DRAIN_TIMEOUT_MS),
      ...settingsOf('gateway', facts),
      DATABASE_URL: facts.databaseUrls.gateway,
      REDIS_URL: facts.redisUrl,
      ...secretsFor(facts, ['TOLLGATE_KEY_PEPPERS', 'TOLLGATE_ENCRYPTION_KEYS']),
      TOLLGATE_GATEWAY_PORT: String(facts.ports.gateway),
      TOLLGATE_METRICS_PORT: String(facts.ports.metrics),
      TOLLGATE_ALLOWED_PRIVATE_ORIGINS: allowedPrivateOrigins(facts),
    },
    healthUrl: `http://127.0.0.1:${facts.ports.gateway}/healthz`,
    stopTimeoutMs: drainTimeoutMs(facts.environment) + STOP_TIMEOUT_MS,
    stopStage: 0,
  }),
  worker: (facts) => ({
    ...nodeProcess('worker', facts, []),
    environment: {
      ...base(facts),
      SMTP_URL: `smtp://127.0.0.1:${facts.smtpPort}`,
      ...settingsOf('worker', facts),
      DATABASE_URL: facts.databaseUrls.worker,
      REDIS_URL: facts.redisUrl,
      ...secretsFor(facts, ['TOLLGATE_ENCRYPTION_KEYS']),
      ...stripeEnvironment(facts),
      TOLLGATE_CONSOLE_URL: publicUrls(facts).console,
      TOLLGATE_ALLOWED_PRIVATE_ORIGINS: allowedPrivateOrigins(facts),
      TOLLGATE_WORKER_HEALTH_PORT: String(facts.workerHealthPort),
    },
    healthUrl: `http://127.0.0.1:${facts.workerHealthPort}/healthz`,
    stopStage: 1,
  }),
  console: (facts) => ({
    ...nodeProcess('console', facts, []),
    args: ['server.js'],
    cwd: CONSOLE_SERVER_FOLDER,
    environment: {
      ...base(facts),
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      TOLLGATE_FIRST_USER_IS_OPERATOR: '1',
      ...settingsOf('console', facts),
      HOSTNAME: facts.environment.TOLLGATE_CONSOLE_HOST || '127.0.0.1',
      PORT: String(facts.ports.console),
      DATABASE_URL: facts.databaseUrls.console,
      REDIS_URL: facts.redisUrl,
      ...secretsFor(facts, [
        ...(['TOLLGATE_KEY_PEPPERS', 'TOLLGATE_ENCRYPTION_KEYS', 'TOLLGATE_SESSION_SECRET'] as const),
        'TOLLGATE_SIMULATOR_API_KEY',
      ]),
      ...stripeEnvironment(facts),
      TOLLGATE_CONSOLE_URL: publicUrls(facts).console,
      TOLLGATE_GATEWAY_URL: publicUrls(facts).gateway,
      TOLLGATE_SIMULATOR_URL: publicUrls(facts).simulator,
      // Where mail reaches people, addresses are worth verifying: then there is no mailbox to speak of.
      ...(facts.environment.SMTP_URL ? {} : { TOLLGATE_MAILBOX_URL: publicUrls(facts).mailbox }),
      TOLLGATE_ALLOWED_PRIVATE_ORIGINS: allowedPrivateOrigins(facts),
    },
    healthUrl: `http://127.0.0.1:${facts.ports.console}/`,
    stopStage: 0,
  }),
};

function nodeProcess(
  name: ProcessName,
  { stateDir }: SystemFacts,
  args: readonly string[],
): Pick<ProcessSpec, 'name' | 'command' | 'args' | 'cwd' | 'logPath' | 'stopTimeoutMs'> {
  return {
    name,
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', inRoot(SOURCES[name]), ...args],
    cwd: inRoot('.'),
    logPath: join(stateDir, 'logs', `${name}.log`),
    stopTimeoutMs: STOP_TIMEOUT_MS,
  };
}

function base({ environment, stateDir }: SystemFacts): Record<string, string> {
  return {
    ...sharedEnvironment(environment),
    ...pickVariables(environment, COMMON_NAMES),
    NODE_ENV: 'production',
    TOLLGATE_STATE_DIR: stateDir,
  };
}

/** What the environment has for this process. What is decided here comes behind it, and counts. */
function settingsOf(name: keyof typeof VARIABLES, { environment }: SystemFacts): Record<string, string> {
  return pickVariables(
    environment,
    VARIABLES[name].filter((variable) => !DECIDED_HERE.has(variable)),
  );
}

function secretsFor(facts: SystemFacts, names: readonly (keyof Secrets)[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, facts.secrets[name]]));
}

/** Both spellings of this machine's simulator, and what the operator allows besides. */
function allowedPrivateOrigins({ environment, ports }: SystemFacts): string {
  const simulator = ['127.0.0.1', 'localhost'].map((host) => `http://${host}:${ports.simulator}`);
  const more = environment.TOLLGATE_ALLOWED_PRIVATE_ORIGINS;
  return [...simulator, ...(more ? [more] : [])].join(',');
}

/** Real keys as they are given; the stand-in's where it runs. */
function stripeEnvironment(facts: SystemFacts): Record<string, string> {
  if (!hasStripeStandIn(facts.environment)) {
    return pickVariables(facts.environment, [
      'STRIPE_SECRET_KEY',
      'STRIPE_WEBHOOK_SECRETS',
      'STRIPE_API_URL',
    ]);
  }
  return {
    STRIPE_SECRET_KEY: facts.secrets.TOLLGATE_STRIPE_STAND_IN_KEY,
    STRIPE_WEBHOOK_SECRETS: facts.secrets.TOLLGATE_STRIPE_STAND_IN_WEBHOOK_SECRET,
    STRIPE_API_URL: publicUrls(facts).stripe,
  };
}

function clockFlag(environment: Environment): string[] {
  const file = environment.TOLLGATE_CLOCK_OFFSET_FILE;
  return file ? ['--clock-offset-file', file] : [];
}

function drainTimeoutMs(environment: Environment): number {
  return Number(environment.TOLLGATE_DRAIN_TIMEOUT_MS) || DRAIN_TIMEOUT_MS;
}
