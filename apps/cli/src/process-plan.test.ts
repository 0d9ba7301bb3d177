import { VARIABLES } from '@tollgate/config';
import { describe, expect, it } from 'vitest';
import { listPresentProcesses, type ProcessName, planProcess, type SystemFacts } from './process-plan.ts';

const SECRETS = {
  TOLLGATE_KEY_PEPPERS: 'secret-peppers',
  TOLLGATE_ENCRYPTION_KEYS: 'secret-encryption',
  TOLLGATE_SESSION_SECRET: 'secret-session',
  TOLLGATE_SIMULATOR_API_KEY: 'secret-simulator',
  TOLLGATE_STRIPE_STAND_IN_KEY: 'secret-stand-in-key',
  TOLLGATE_STRIPE_STAND_IN_WEBHOOK_SECRET: 'secret-stand-in-webhook',
  migratorPassword: 'secret-migrator',
  consolePassword: 'secret-console',
  gatewayPassword: 'secret-gateway',
  workerPassword: 'secret-worker',
};

const urlOf = (role: 'migrator' | 'console' | 'gateway' | 'worker') =>
  `postgresql://tollgate_${role}:${SECRETS[`${role}Password`]}@127.0.0.1/tollgate`;

const FACTS: SystemFacts = {
  environment: {
    PATH: '/usr/bin',
    DATABASE_URL: 'postgresql://administrator:secret-administrator@127.0.0.1/postgres',
    STRIPE_SECRET_KEY: 'secret-stripe',
    STRIPE_WEBHOOK_SECRETS: 'secret-webhook',
    TOLLGATE_METRICS_TOKEN: 'secret-metrics-token',
    AUTH_GITHUB_SECRET: 'secret-github',
  },
  stateDir: '/state',
  ports: { console: 3000, gateway: 4000, metrics: 4001, simulator: 4010, mailbox: 4020, stripe: 4030 },
  smtpPort: 1025,
  workerHealthPort: 4031,
  secrets: SECRETS,
  databaseUrls: {
    migrator: urlOf('migrator'),
    console: urlOf('console'),
    gateway: urlOf('gateway'),
    worker: urlOf('worker'),
  },
  redisUrl: 'redis://:secret-redis@127.0.0.1:6379',
};

const KNOWN: Record<ProcessName, readonly string[]> = {
  gateway: ['secret-peppers', 'secret-encryption', 'secret-gateway', 'secret-redis', 'secret-metrics-token'],
  worker: ['secret-encryption', 'secret-worker', 'secret-redis', 'secret-stripe', 'secret-webhook'],
  console: [
    ...['secret-peppers', 'secret-encryption', 'secret-session', 'secret-simulator', 'secret-console'],
    ...['secret-redis', 'secret-github', 'secret-stripe', 'secret-webhook'],
  ],
  simulator: [],
  stripe: [],
  mailbox: [],
};

describe('planProcess()', () => {
  it.each(Object.keys(KNOWN) as ProcessName[])(
    '[X2] gives the %s the secrets of its own work and no other',
    (name) => {
      const text = JSON.stringify(planProcess(name, FACTS).environment);
      const found = new Set(text.match(/secret-[a-z-]*[a-z]/g) ?? []);
      expect([...found].sort()).toEqual([...KNOWN[name]].sort());
    },
  );

  it.each(['console', 'gateway', 'worker'] as const)(
    'passes on to the %s what it reads and nobody else decides',
    (name) => {
      const decided = new Set([
        ...['DATABASE_URL', 'REDIS_URL', 'TOLLGATE_KEY_PEPPERS', 'TOLLGATE_ENCRYPTION_KEYS'],
        ...[
          'TOLLGATE_SESSION_SECRET',
          'TOLLGATE_STATE_DIR',
          'TOLLGATE_GATEWAY_PORT',
          'TOLLGATE_METRICS_PORT',
        ],
        ...['TOLLGATE_WORKER_HEALTH_PORT', 'TOLLGATE_GATEWAY_SLOT', 'TOLLGATE_MAILBOX_URL'],
      ]);
      const environment = Object.fromEntries(VARIABLES[name].map((variable) => [variable, `my ${variable}`]));
      const given = planProcess(name, { ...FACTS, environment }).environment;
      for (const variable of VARIABLES[name].filter((each) => !decided.has(each)))
        expect(given[variable], variable).toContain(`my ${variable}`);
    },
  );

  it('never runs the stand-in for Stripe unasked, or beside a real key', () => {
    const isPresent = (environment: SystemFacts['environment']) =>
      listPresentProcesses(environment).present.includes('stripe');
    expect(isPresent({})).toBe(false);
    expect(isPresent({ TOLLGATE_STRIPE_STAND_IN: '1' })).toBe(true);
    expect(isPresent({ TOLLGATE_STRIPE_STAND_IN: '1', STRIPE_SECRET_KEY: 'sk_live_x' })).toBe(false);
    const { environment } = planProcess('worker', {
      ...FACTS,
      environment: { TOLLGATE_STRIPE_STAND_IN: '1' },
    });
    expect(environment.STRIPE_API_URL).toBe('http://127.0.0.1:4030');
    expect(environment.STRIPE_SECRET_KEY).toBe('secret-stand-in-key');
  });

  it('stops callers before what they rely on', () => {
    const stageOf = (name: ProcessName) => planProcess(name, FACTS).stopStage;
    expect(stageOf('console')).toBeLessThan(stageOf('worker'));
    expect(stageOf('gateway')).toBeLessThan(stageOf('worker'));
    expect(stageOf('worker')).toBeLessThan(stageOf('mailbox'));
    expect(stageOf('gateway')).toBeLessThan(stageOf('simulator'));
  });

  it('[X3] tells the console of the mailbox only while mail ends there, so that real mail means verified addresses', () => {
    const mailboxUrl = (environment: SystemFacts['environment']) =>
      planProcess('console', { ...FACTS, environment }).environment.TOLLGATE_MAILBOX_URL;
    expect(mailboxUrl({})).toBe('http://localhost:4020');
    expect(mailboxUrl({ SMTP_URL: '' })).toBe('http://localhost:4020');
    expect(mailboxUrl({ SMTP_URL: 'smtp://mail.example.com' })).toBeUndefined();
  });

  it('[X4] allows provider calls to the simulator of this machine', () => {
    expect(planProcess('gateway', FACTS).environment.TOLLGATE_ALLOWED_PRIVATE_ORIGINS).toBe(
      'http://127.0.0.1:4010,http://localhost:4010',
    );
  });
});
