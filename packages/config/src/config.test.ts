import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { consoleConfig } from './console-config.ts';
import { ConfigurationError } from './environment.ts';
import { gatewayConfig } from './gateway-config.ts';
import { parseKeyRing } from './key-ring.ts';
import { workerConfig } from './worker-config.ts';

const ring = (version = 1) => `${version}:${randomBytes(32).toString('base64url')}`;
const complete = {
  DATABASE_URL: 'postgres://u:p@127.0.0.1/x',
  REDIS_URL: 'redis://127.0.0.1:6379',
  TOLLGATE_KEY_PEPPERS: ring(),
  TOLLGATE_ENCRYPTION_KEYS: ring(),
  TOLLGATE_SESSION_SECRET: randomBytes(32).toString('base64url'),
  TOLLGATE_CONSOLE_URL: 'http://localhost:3000',
  TOLLGATE_GATEWAY_URL: 'http://localhost:4000',
};

describe.each([
  [
    'gateway',
    gatewayConfig,
    ['DATABASE_URL', 'REDIS_URL', 'TOLLGATE_KEY_PEPPERS', 'TOLLGATE_ENCRYPTION_KEYS'],
  ],
  ['worker', workerConfig, ['DATABASE_URL', 'REDIS_URL', 'TOLLGATE_ENCRYPTION_KEYS']],
  ['console', consoleConfig, Object.keys(complete)],
] as const)('the %s', (_, parse, required) => {
  it('starts with a complete environment', () => {
    expect(() => parse(complete)).not.toThrow();
  });

  it.each(required)('[X2] does not start without %s, and says so', (name) => {
    expect(() => parse({ ...complete, [name]: '' })).toThrow(ConfigurationError);
    expect(() => parse({ ...complete, [name]: undefined })).toThrow(name);
  });
});

describe('how late a gateway may come before it sheds load', () => {
  const lagOf = (text: string) => gatewayConfig({ ...complete, TOLLGATE_MAX_LOOP_LAG_MS: text }).maxLoopLagMs;

  it('is 200 ms unless told', () => {
    expect([lagOf(''), lagOf('10'), lagOf('60000')]).toEqual([200, 10, 60_000]);
  });

  it.each(['0', '9', '60001', '1.5', 'off'])('is never %j: it would shed always, or never', (text) => {
    expect(() => lagOf(text)).toThrow(/TOLLGATE_MAX_LOOP_LAG_MS/);
  });
});

describe('secrets', () => {
  it.each([
    'changeme-changeme-changeme-changeme',
    'secretsecretsecretsecretsecretsecret',
    '00000000000000000000000000000000',
  ])('[X2] refuses the example value %j', (value) =>
    expect(() => consoleConfig({ ...complete, TOLLGATE_SESSION_SECRET: value })).toThrow(
      /TOLLGATE_SESSION_SECRET/,
    ),
  );

  it.each(['a', 'A', '0', '1'])('takes a random value that begins with %j', (first) => {
    const value = first + randomBytes(32).toString('base64url');
    expect(() => consoleConfig({ ...complete, TOLLGATE_SESSION_SECRET: value })).not.toThrow();
  });

  it('[X2] never shows a value in its message', () => {
    expect(() => consoleConfig({ ...complete, TOLLGATE_SESSION_SECRET: 'hunter2' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });
});

describe('sign-up for some domains', () => {
  it('[X3] needs mail, because without it nobody can show which domain is theirs', () => {
    const domains = { ...complete, TOLLGATE_SIGN_UP: 'domains', TOLLGATE_SIGN_UP_DOMAINS: 'example.com' };
    expect(() => consoleConfig(domains)).toThrow(/SMTP_URL/);
    expect(() => consoleConfig({ ...domains, SMTP_URL: 'smtp://127.0.0.1:25' })).not.toThrow();
  });
});

describe('name servers', () => {
  const serversOf = (text: string) => consoleConfig({ ...complete, TOLLGATE_DNS_SERVERS: text }).dnsServers;

  it('are those of the system unless addresses are told, with a port where it is not 53', () => {
    expect(serversOf('')).toEqual([]);
    const told = ['10.0.0.2', '127.0.0.1:5353', 'fd00::53', '[::1]:5353'];
    expect(serversOf(told.join(', '))).toEqual(told);
  });

  it.each(['dns.example', '10.0.0.2:', '10.0.0.2:70000', '10.0.0', '[::1', 'https://1.1.1.1'])(
    'are never %j, which would have to be looked up itself, or is none',
    (text) => {
      expect(() => serversOf(text)).toThrow(/TOLLGATE_DNS_SERVERS/);
    },
  );
});

describe('parseKeyRing()', () => {
  it('uses the highest version for new work', () => {
    const parsed = parseKeyRing(`${ring(1)},${ring(3)},${ring(2)}`);
    expect(parsed.currentVersion).toBe(3);
    expect(parsed.keys.size).toBe(3);
  });

  it.each([
    '',
    '1',
    '1:abc',
    'x:abc',
    `${ring(1)},${ring(1)}`,
    `1:${Buffer.alloc(32).toString('base64url')}`,
    `1:${Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64url')}`,
  ])('refuses %j', (text) => expect(() => parseKeyRing(text)).toThrow());
});

describe('Stripe', () => {
  const key = { ...complete, STRIPE_SECRET_KEY: 'sk_test_x', STRIPE_WEBHOOK_SECRETS: 'whsec_new, whsec_old' };

  it('is off without a key, and several webhook secrets count while one is replaced', () => {
    expect(consoleConfig(complete).stripe).toBeUndefined();
    expect(consoleConfig(key).stripe?.webhookSecrets).toEqual(['whsec_new', 'whsec_old']);
    expect(() => consoleConfig({ ...key, STRIPE_WEBHOOK_SECRETS: '' })).toThrow(/STRIPE_WEBHOOK_SECRETS/);
  });

  it('[X4] is reached at its own host, or on this machine, nowhere else', () => {
    expect(workerConfig({ ...key, STRIPE_API_URL: 'http://127.0.0.1:4030' }).stripe?.apiUrl).toBeDefined();
    for (const STRIPE_API_URL of [
      'http://10.0.0.1',
      'https://api.stripe.com.example',
      'http://169.254.169.254',
    ])
      expect(() => workerConfig({ ...key, STRIPE_API_URL })).toThrow(/STRIPE_API_URL/);
  });
});

describe('the README', () => {
  it('names every variable that a process reads, and no other', () => {
    const here = new URL('./', import.meta.url);
    const sources = readdirSync(here).filter((name) => /^(environment|.*-config)\.ts$/.test(name));
    const read = sources.flatMap((name) =>
      [...readFileSync(new URL(name, here), 'utf8').matchAll(/^ {2,4}([A-Z][A-Z_]{4,}): /gm)].map(
        ([, variable]) => variable,
      ),
    );
    const table = readFileSync(new URL('../README.md', here), 'utf8').matchAll(/^\|.*$/gm);
    const told = [...table]
      .flatMap(([row]) => row.match(/`[A-Z][A-Z_]{4,}`/g) ?? [])
      .map((name) => name.slice(1, -1));
    expect(new Set(told)).toEqual(new Set(read));
  });
});
