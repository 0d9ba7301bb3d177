/**
 * One Redis for one state folder: the one that `url` names, else found running, else started.
 *
 * It holds queues, so it never evicts and writes an append-only file. It listens on 127.0.0.1 and asks for a
 * password. Like Postgres it outlives this process, until somebody stops it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis as RedisClient } from 'ioredis';
import { findFreePort } from './free-port.ts';
import { openLogFile, readLogTail } from './log-file.ts';
import { findDebianRedis, findRedisOnPath, type RedisBinary } from './redis-binary.ts';
import { startRedisContainer, stopRedisContainer } from './redis-container.ts';
import { findCommandLine, findWorkingDirectory, isAlive, signal, waitForExit } from './running-process.ts';
import { locateServiceHome, openServiceHome, type ServiceHome } from './service-home.ts';

export type Redis = {
  /** Holds the password: never log it. */
  readonly url: string;
  /** Undefined when it was named by a URL or runs in a container. */
  readonly pid: number | undefined;
  readonly logPath: string | undefined;
  readonly reused: boolean;
  /** Where it came from, for people. */
  readonly origin: 'url' | 'path' | 'docker' | 'debian';
  /** Shuts down, whoever started it; a Redis named by a URL is left alone. */
  stop(): Promise<void>;
};

export type RedisOptions = {
  readonly stateDir: string;
  /** Used when free; otherwise, or without it, the last port or any free one. */
  readonly port?: number;
  /** A Redis somebody else runs. */
  readonly url?: string;
  /** How many numbered databases; more than the usual 16 only for tests. */
  readonly databases?: number;
  readonly durable?: boolean;
};

type Running = {
  readonly port: number;
  readonly password: string;
  readonly pid?: number;
  readonly origin: 'path' | 'docker' | 'debian';
};

const READY_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 15_000;
const START_ATTEMPTS = 3;

/** Starts the state folder's Redis, or finds it running. Answers PING on return. */
export async function startRedis(options: RedisOptions): Promise<Redis> {
  if (options.url !== undefined) return getNamedRedis(options.url);
  const found = await findRedis(options);
  if (found !== undefined) return found;
  const home = await openServiceHome(options.stateDir, 'redis');
  const binary = await findRedisOnPath();
  if (binary !== undefined) return startServer(home, { ...binary, origin: 'path' }, options);
  const container = await startContainer(home, options);
  if (container !== undefined) return container;
  const debian = await findDebianRedis(home.path);
  if (debian !== undefined) return startServer(home, { ...debian, origin: 'debian' }, options);
  throw new Error(
    'Cannot start Redis: it must be named by REDIS_URL, installed (redis-server or valkey-server on the PATH), ' +
      'or obtainable through Docker or apt-get, got none of them. Install Redis or set REDIS_URL.',
  );
}

/** The running Redis of a state folder, if there is one. Starts nothing. */
export async function findRedis({ stateDir }: { readonly stateDir: string }): Promise<Redis | undefined> {
  const home = await locateServiceHome(stateDir, 'redis');
  const running = await readRunning(home);
  if (running === undefined || !(await isOurs(running))) return undefined;
  return describe(stateDir, home, running, true);
}

async function getNamedRedis(url: string): Promise<Redis> {
  if (!(await answers(url))) {
    throw new Error(
      `Cannot use Redis: the server in REDIS_URL must answer, got none at ${withoutSecrets(url)}`,
    );
  }
  return {
    url,
    pid: undefined,
    logPath: undefined,
    reused: true,
    origin: 'url',
    stop: async () => undefined,
  };
}

async function startServer(
  home: ServiceHome,
  binary: RedisBinary & { origin: 'path' | 'debian' },
  options: RedisOptions,
): Promise<Redis> {
  for (let attempt = 1; ; attempt++) {
    const port = await findFreePort(options.port ?? (await readRunning(home.path))?.port);
    const password = randomBytes(24).toString('base64url');
    await stopSilentServer(home.path);
    const child = await launch(home, binary, options, { port, password });
    if (child.pid !== undefined) {
      const running = { port, password, pid: child.pid, origin: binary.origin };
      // Noted before it is ready, so that a start cut short leaves no server that nobody knows.
      await writeRunning(home.path, running);
      if (await becomesReady(child, urlOf(running))) {
        return describe(options.stateDir, home.path, running, false);
      }
    }
    child.kill('SIGKILL');
    if (attempt === START_ATTEMPTS) {
      const logPath = join(home.path, 'redis.log');
      throw new Error(
        `Cannot start Redis: ${binary.path} must answer, got the end of ${logPath}:\n${await readLogTail(logPath)}`,
      );
    }
    await delay(300);
  }
}

async function launch(
  home: ServiceHome,
  binary: RedisBinary,
  options: RedisOptions,
  { port, password }: { port: number; password: string },
): Promise<ChildProcess> {
  const dataDir = join(home.path, 'data');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const configPath = join(home.path, 'redis.conf');
  await rm(configPath, { force: true });
  const config = serverConfig({ port, password, dataDir: await realpath(dataDir), options });
  await writeFile(configPath, config, { mode: 0o600 });
  if (home.owner !== undefined) {
    await chown(dataDir, home.owner.uid, home.owner.gid);
    await chown(configPath, home.owner.uid, home.owner.gid);
  }
  const log = await openLogFile(join(home.path, 'redis.log'));
  const libraries = binary.libraryPath === undefined ? {} : { LD_LIBRARY_PATH: binary.libraryPath };
  const child = spawn(binary.path, [configPath], {
    cwd: '/',
    // NODE_ENV, because Next's types, where the console is checked, ask every environment for it.
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', NODE_ENV: 'production', ...libraries },
    stdio: ['ignore', log.fd, log.fd],
    detached: true,
    ...home.owner,
  });
  child.once('error', () => undefined);
  await log.close();
  child.unref();
  return child;
}

function serverConfig(facts: {
  readonly port: number;
  readonly password: string;
  readonly dataDir: string;
  readonly options: RedisOptions;
}): string {
  const durable = facts.options.durable ?? true;
  return [
    'bind 127.0.0.1',
    `port ${facts.port}`,
    `requirepass ${facts.password}`,
    `dir "${facts.dataDir}"`,
    'daemonize no',
    `databases ${facts.options.databases ?? 16}`,
    'maxmemory-policy noeviction',
    `appendonly ${durable ? 'yes' : 'no'}`,
    // A last write cut short by a kill is dropped instead of refusing to start.
    'aof-load-truncated yes',
    'save ""',
    '',
  ].join('\n');
}

async function startContainer(home: ServiceHome, options: RedisOptions): Promise<Redis | undefined> {
  const port = await findFreePort(options.port ?? (await readRunning(home.path))?.port);
  const password = randomBytes(24).toString('base64url');
  const { stateDir, databases = 16 } = options;
  if (!(await startRedisContainer({ stateDir, port, password, databases }))) return undefined;
  const running = { port, password, origin: 'docker' } as const;
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (!(await answers(urlOf(running)))) {
    if (performance.now() > deadline) {
      await stopRedisContainer(stateDir);
      return undefined;
    }
    await delay(100);
  }
  await writeRunning(home.path, running);
  return describe(stateDir, home.path, running, false);
}

function describe(stateDir: string, home: string, running: Running, reused: boolean): Redis {
  return {
    url: urlOf(running),
    pid: running.pid,
    logPath: running.origin === 'docker' ? undefined : join(home, 'redis.log'),
    reused,
    origin: running.origin,
    stop: async () => {
      if (running.origin === 'docker') await stopRedisContainer(stateDir);
      else if (running.pid !== undefined && (await isOurs(running))) await stopServer(running.pid);
    },
  };
}

/** Redis does not lock its folder: two servers on one append-only file would ruin it. */
async function stopSilentServer(home: string): Promise<void> {
  const noted = await readRunning(home);
  if (noted?.pid === undefined || !(await isAlive(noted.pid))) return;
  const inOurFolder = (await findWorkingDirectory(noted.pid)) === join(home, 'data');
  // Where the system does not tell folders, the title of the process names its port.
  const commandLine = await findCommandLine(noted.pid);
  if (inOurFolder || /(redis|valkey)-server .*:(\d+)/.exec(commandLine)?.[2] === String(noted.port)) {
    await stopServer(noted.pid);
  }
}

async function stopServer(pid: number): Promise<void> {
  signal(pid, 'SIGTERM');
  if (await waitForExit(pid, STOP_TIMEOUT_MS)) return;
  signal(pid, 'SIGKILL');
  await waitForExit(pid, STOP_TIMEOUT_MS);
}

/** Only our own server knows the password that was made for this start, and its pid is the one we noted. */
async function isOurs(running: Running): Promise<boolean> {
  if (running.pid !== undefined && !(await isAlive(running.pid))) return false;
  const info = await findServerInfo(urlOf(running));
  if (info === undefined) return false;
  return running.pid === undefined || info.includes(`process_id:${running.pid}\r\n`);
}

async function becomesReady(child: ChildProcess, url: string): Promise<boolean> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) return false;
    if (await answers(url)) return true;
    await delay(25);
  }
  return false;
}

async function answers(url: string): Promise<boolean> {
  return (await findServerInfo(url)) !== undefined;
}

async function findServerInfo(url: string): Promise<string | undefined> {
  const client = new RedisClient(url, {
    lazyConnect: true,
    connectTimeout: 3_000,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: () => null,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await client.info('server');
  } catch {
    return undefined;
  } finally {
    client.disconnect();
  }
}

function urlOf({ port, password }: { port: number; password: string }): string {
  return `redis://:${password}@127.0.0.1:${port}`;
}

function withoutSecrets(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'an address that is no URL';
}

async function readRunning(home: string): Promise<Running | undefined> {
  const text = await readFile(join(home, 'running.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Running;
  } catch {
    return undefined;
  }
}

async function writeRunning(home: string, running: Running): Promise<void> {
  await writeFile(join(home, 'running.json'), JSON.stringify(running), { mode: 0o600 });
}
