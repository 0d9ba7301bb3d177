/**
 * Everything that is measured or needed for it, started once: databases, simulator, worker, the gateway, the bare
 * proxy, and others' gateways. All stand in front of the same simulator.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type BundledEntries,
  bundleEntries,
  createTestDatabase,
  type RunningTestServices,
  startTestServices,
  waitFor,
} from '@tollgate/testing';
import {
  type Child,
  firstLineWith,
  moveToBackground,
  type Place,
  startChild,
  startProgram,
} from './child.ts';
import { installLiteLlm } from './litellm.ts';
import { installPortkey, PORTKEY_VERSION } from './portkey.ts';
import { type BenchTenant, createTenant, VARIANTS, type Variant } from './tenant.ts';

const API_KEY = 'sk-simulator';
const LITELLM_MASTER_KEY = 'sk-bench-master';
const SLOW_START_MS = 180_000;
const BARE = fileURLToPath(new URL('./bare-proxy.ts', import.meta.url));

/** What requests are sent to: a proxy, or the simulator itself. */
export interface Contender {
  readonly name: string;
  /** As the table calls it. */
  readonly label: string;
  readonly pid: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface GatewayOptions {
  readonly name: string;
  /** Several share the port. */
  readonly processes: number;
}

const VARIANT_LABELS: Readonly<Record<Variant, string>> = {
  everything: 'Tollgate, everything on',
  'no-budgets': 'Tollgate without budgets',
  'no-rate-limits': 'Tollgate without rate limits',
  'no-limits': 'Tollgate without either',
  'with-route': 'Tollgate with a route, the model asked for',
};

export class Arena {
  readonly #services: RunningTestServices;
  readonly #folder: string;
  readonly #isProfiled: boolean;
  /** As images run them: sources would carry the compiler that strips their types. */
  readonly #bundles: BundledEntries = bundleEntries();
  readonly #children: Child[] = [];
  #upstream = '';
  #simulatorPid = 0;
  #tenant: BenchTenant | undefined;
  #gatewayUrl = '';

  private constructor(services: RunningTestServices, isProfiled: boolean) {
    this.#services = services;
    this.#isProfiled = isProfiled;
    this.#folder = mkdtempSync(join(tmpdir(), 'tollgate-bench-'));
  }

  /** With simulator, database and worker; whoever is measured is started by name. */
  static async open({ isProfiled }: { readonly isProfiled: boolean }): Promise<Arena> {
    const services = await startTestServices();
    moveToBackground();
    const arena = new Arena(services, isProfiled);
    try {
      await arena.#prepare();
      return arena;
    } catch (error) {
      await arena.close();
      throw error;
    }
  }

  async #prepare(): Promise<void> {
    const simulator = this.#start(this.#bundles.entries.simulator, [
      '--port',
      '0',
      '--pacing',
      'instant',
      '--api-key',
      API_KEY,
    ]);
    this.#upstream = (await firstLineWith<{ url: string }>(simulator, 'url')).url;
    this.#simulatorPid = simulator.pid;
    const database = await createTestDatabase(this.#services);
    this.#tenant = await createTenant(database, this.#upstream, API_KEY);
    this.#gatewayUrl = database.urls.gateway;
    // Records what the gateway ships, so that batches are confirmed as in an installation. Not measured.
    const environment = {
      ...this.#shared(),
      DATABASE_URL: database.urls.worker,
      TOLLGATE_STATE_DIR: this.#folder,
    };
    this.#start(this.#bundles.entries.worker, [], environment, 'background');
  }

  /** The simulator without anything in front of it. */
  get direct(): Contender {
    const headers = { authorization: `Bearer ${API_KEY}` };
    return { name: 'direct', label: 'no proxy', pid: this.#simulatorPid, url: this.#upstream, headers };
  }

  async startBare(): Promise<Contender> {
    const child = this.#start(BARE, [this.#upstream, API_KEY], {}, 'contender');
    const { port } = await firstLineWith<{ port: number }>(child, 'port');
    return {
      name: 'bare',
      label: 'bare proxy',
      pid: child.pid,
      url: `http://127.0.0.1:${port}`,
      headers: {},
    };
  }

  /** One gateway; contenders are its keys, by what they leave out. */
  async startGateway({ name, processes }: GatewayOptions): Promise<Readonly<Record<Variant, Contender>>> {
    const port = await freePort();
    const stateDirectory = join(this.#folder, name);
    mkdirSync(stateDirectory, { recursive: true });
    const child = this.#start(
      this.#bundles.entries.gateway,
      [],
      {
        ...(this.#isProfiled ? { BENCH_NODE_ARGUMENTS: `--cpu-prof --cpu-prof-dir=${this.#folder}` } : {}),
        ...this.#shared(),
        DATABASE_URL: this.#gatewayUrl,
        TOLLGATE_KEY_PEPPERS: this.#tenant!.peppers,
        TOLLGATE_STATE_DIR: stateDirectory,
        TOLLGATE_GATEWAY_NAME: name,
        TOLLGATE_GATEWAY_PORT: String(port),
        TOLLGATE_GATEWAY_HOST: '127.0.0.1',
        TOLLGATE_GATEWAY_PROCESSES: String(processes),
        TOLLGATE_METRICS_PORT: String(await freePort()),
        TOLLGATE_ALLOWED_PRIVATE_ORIGINS: this.#upstream,
        TOLLGATE_DRAIN_TIMEOUT_MS: '1000',
      },
      'contender',
    );
    const url = `http://127.0.0.1:${port}`;
    await isUp(`${url}/readyz`, 'the gateway', ({ ok }) => ok);
    const contenderOf = (variant: Variant): Contender => ({
      name: variant === 'everything' ? 'tollgate' : variant,
      label: VARIANT_LABELS[variant],
      pid: child.pid,
      url,
      headers: { authorization: `Bearer ${this.#tenant!.secrets[variant]}` },
    });
    const variants = Object.keys(VARIANTS) as Variant[];
    return Object.fromEntries(variants.map((each) => [each, contenderOf(each)])) as Record<
      Variant,
      Contender
    >;
  }

  /** Does no keys, limits or metering: what it is asked for is the least that it can do. */
  async startPortkey(): Promise<Contender> {
    const port = await freePort();
    const args = [`--port=${port}`, '--headless'];
    const child = this.#start(installPortkey(), args, { NODE_ENV: 'production' }, 'contender');
    child.process.stdout?.resume();
    const url = `http://127.0.0.1:${port}`;
    await isUp(url, 'Portkey', ({ status }) => status > 0);
    return {
      name: 'portkey',
      label: `Portkey ${PORTKEY_VERSION} (no keys, limits, metering)`,
      pid: child.pid,
      url,
      headers: {
        authorization: `Bearer ${API_KEY}`,
        'x-portkey-provider': 'openai',
        'x-portkey-custom-host': `${this.#upstream}/v1`,
      },
    };
  }

  /** @throws {Error} It cannot be installed here, and why. */
  async startLiteLlm(say: (line: string) => void): Promise<Contender> {
    const installed = installLiteLlm({
      upstream: this.#upstream,
      apiKey: API_KEY,
      masterKey: LITELLM_MASTER_KEY,
    });
    const { hasDatabase, version, whyNoDatabase } = installed;
    if (!hasDatabase) say(`LiteLLM runs without virtual keys: ${whyNoDatabase}`);
    const port = await freePort();
    const child = startProgram(
      installed.command,
      ['--config', installed.configFile, '--host', '127.0.0.1', '--port', String(port), '--num_workers', '1'],
      {
        LITELLM_LOCAL_MODEL_COST_MAP: 'True',
        LITELLM_LOG: 'ERROR',
        PATH: `${installed.binFolder}:/usr/local/bin:/usr/bin:/bin`,
        HOME: installed.folder,
        ...(hasDatabase ? { DATABASE_URL: databaseNamed(this.#services.superuserUrl, 'litellm') } : {}),
      },
      { place: 'contender' },
    );
    child.process.stdout?.resume();
    this.#children.push(child);
    const url = `http://127.0.0.1:${port}`;
    await isUp(`${url}/health/liveliness`, 'LiteLLM', ({ ok }) => ok);
    const key = hasDatabase ? await mintLiteLlmKey(url) : LITELLM_MASTER_KEY;
    const manner = hasDatabase ? 'Postgres, virtual key' : 'master key only, no database';
    return {
      name: 'litellm',
      label: `LiteLLM ${version} (${manner})`,
      pid: child.pid,
      url,
      headers: { authorization: `Bearer ${key}` },
    };
  }

  async close(): Promise<void> {
    for (const child of this.#children.toReversed()) await child.stop();
    await this.#services.stop();
    this.#bundles.remove();
    if (!this.#isProfiled) rmSync(this.#folder, { recursive: true, force: true });
    else process.stdout.write(`CPU profile in ${this.#folder}\n`);
  }

  #shared(): Record<string, string> {
    return {
      REDIS_URL: this.#services.redisUrl,
      TOLLGATE_ENCRYPTION_KEYS: this.#tenant!.encryptionKeys,
      TOLLGATE_LOG_LEVEL: 'warn',
    };
  }

  #start(
    file: string,
    args: readonly string[],
    environment: Record<string, string> = {},
    place: Place = 'rest',
  ): Child {
    const child = startChild(file, args, environment, { place });
    this.#children.push(child);
    return child;
  }
}

async function isUp(
  url: string,
  description: string,
  accepts: (response: Response) => boolean,
): Promise<void> {
  await waitFor(async () => accepts(await fetch(url)), { timeoutMs: SLOW_START_MS, description });
}

async function mintLiteLlmKey(url: string): Promise<string> {
  const response = await fetch(`${url}/key/generate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${LITELLM_MASTER_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ models: ['sim-small'] }),
  });
  const { key } = (await response.json()) as { key?: string };
  if (key === undefined)
    throw new Error(`Cannot mint a key of LiteLLM: it must answer one, got ${response.status}`);
  return key;
}

function databaseNamed(url: string, name: string): string {
  const named = new URL(url);
  named.pathname = `/${name}`;
  return named.href;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
