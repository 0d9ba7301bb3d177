/**
 * One Postgres for one state folder: created on first use, found again when it runs, started otherwise.
 *
 * The server outlives this process on purpose (detached), so that the caller decides what stops last. It listens on
 * 127.0.0.1 only, has no Unix socket, and asks every role for a password. After `kill -9` it recovers by itself.
 * Not here: roles, databases and migrations (packages/db).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { findFreePort } from './free-port.ts';
import { openLogFile, readLogTail } from './log-file.ts';
import { openPostgresBinaries, type PostgresBinaries } from './postgres-binaries.ts';
import { disownStrangersLock, findPostmaster } from './postgres-lock-file.ts';
import { signal, waitForExit } from './running-process.ts';
import { locateServiceHome, openServiceHome, type ServiceHome } from './service-home.ts';

export type Postgres = {
  /** Connects as `postgres` to the database `postgres`. Holds the password: never log it. */
  readonly superuserUrl: string;
  readonly port: number;
  readonly pid: number;
  readonly logPath: string;
  /** Whether it ran before it was asked for. */
  readonly reused: boolean;
  /** Ends sessions and shuts down, whoever started it. Does nothing when it has gone. */
  stop(): Promise<void>;
};

export type PostgresOptions = {
  readonly stateDir: string;
  /** Used when free; otherwise, or without it, the last port or any free one. A running server keeps its own. */
  readonly port?: number;
  /** false gives up durability for speed: only for tests. */
  readonly durable?: boolean;
  readonly maxConnections?: number;
};

// Recovery after a crash replays the log since the last checkpoint, which may take a while.
const READY_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 20_000;
const START_ATTEMPTS = 3;
// NODE_ENV, because Next's types, where the console is checked, ask every environment for it.
const SERVICE_ENVIRONMENT = {
  PATH: '/usr/bin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
  NODE_ENV: 'production',
} as const;

/** Starts the state folder's Postgres, or finds it running. Ready for connections on return. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const running = await findPostgres(options);
  if (running !== undefined) return running;
  const home = await openServiceHome(options.stateDir, 'postgres');
  const binaries = await openPostgresBinaries(home);
  const dataDir = await openDataFolder(home, binaries, options);
  for (let attempt = 1; ; attempt++) {
    const port = await findFreePort(options.port ?? (await findLastPort(home.path)));
    const outcome = await launch({ home, binaries, dataDir, port, options });
    if (outcome.ok) return describe(home.path, dataDir, { ...outcome, port }, false);
    if (attempt === START_ATTEMPTS) throw await startFailure(home.path);
    // Either the port was lost, or backends of a killed server have not noticed yet; both pass.
    await delay(500);
  }
}

/** The running Postgres of a state folder, if there is one. Starts and creates nothing. */
export async function findPostgres(options: { readonly stateDir: string }): Promise<Postgres | undefined> {
  const homePath = await locateServiceHome(options.stateDir, 'postgres');
  const dataDir = await realpath(join(homePath, 'data')).catch(() => undefined);
  if (dataDir === undefined) return undefined;
  const postmaster = await findPostmaster(dataDir);
  if (postmaster === undefined || !(postmaster.port > 0)) return undefined;
  const found = await describe(homePath, dataDir, postmaster, true);
  return (await answersSoon(found.superuserUrl)) ? found : undefined;
}

async function describe(
  homePath: string,
  dataDir: string,
  { pid, port }: { pid: number; port: number },
  reused: boolean,
): Promise<Postgres> {
  const password = (await readFile(join(homePath, 'superuser-password'), 'utf8')).trim();
  return {
    superuserUrl: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`,
    port,
    pid,
    logPath: join(homePath, 'postgres.log'),
    reused,
    stop: () => stopServer(dataDir),
  };
}

async function openDataFolder(
  home: ServiceHome,
  binaries: PostgresBinaries,
  { durable = true }: PostgresOptions,
): Promise<string> {
  const dataDir = join(home.path, 'data');
  if ((await stat(join(dataDir, 'PG_VERSION')).catch(() => undefined)) !== undefined) {
    const real = await realpath(dataDir);
    await disownStrangersLock(real);
    return real;
  }
  const password = await createPassword(home.path);
  // Made beside and renamed, so that an initdb cut short is never taken for a database.
  const partial = join(home.path, 'data.partial');
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { mode: 0o700 });
  const passwordFile = join(home.path, 'initdb-password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (home.owner !== undefined) {
    await chown(partial, home.owner.uid, home.owner.gid);
    await chown(passwordFile, home.owner.uid, home.owner.gid);
  }
  try {
    await initialize(home, binaries, partial, passwordFile, durable);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(partial, dataDir);
  return realpath(dataDir);
}

async function initialize(
  home: ServiceHome,
  binaries: PostgresBinaries,
  dataDir: string,
  passwordFile: string,
  durable: boolean,
): Promise<void> {
  const log = await openLogFile(join(home.path, 'postgres.log'));
  // The built-in locale sorts alike on every system, so that indexes survive a move.
  const child = spawn(
    binaries.initdb,
    [
      ...['-D', dataDir, '-U', 'postgres', '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
      ...[
        '--encoding',
        'UTF8',
        '--locale',
        'C',
        '--locale-provider',
        'builtin',
        '--builtin-locale',
        'C.UTF-8',
      ],
      ...(durable ? [] : ['--no-sync', '--no-data-checksums']),
    ],
    { cwd: '/', env: SERVICE_ENVIRONMENT, stdio: ['ignore', log.fd, log.fd], ...home.owner },
  );
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  }).finally(() => log.close());
  if (code !== 0) throw await startFailure(home.path);
}

type Launch = {
  readonly home: ServiceHome;
  readonly binaries: PostgresBinaries;
  readonly dataDir: string;
  readonly port: number;
  readonly options: PostgresOptions;
};

async function launch(start: Launch): Promise<{ ok: true; pid: number } | { ok: false }> {
  const { home, binaries, dataDir, port } = start;
  const log = await openLogFile(join(home.path, 'postgres.log'));
  const child = spawn(binaries.postgres, ['-D', dataDir, ...serverSettings(start)], {
    cwd: '/',
    env: SERVICE_ENVIRONMENT,
    stdio: ['ignore', log.fd, log.fd],
    detached: true,
    ...home.owner,
  });
  const failed = new Promise<Error>((resolve) => child.once('error', resolve));
  await log.close();
  child.unref();
  const { superuserUrl } = await describe(home.path, dataDir, { pid: 0, port }, false);
  if (child.pid === undefined) throw await failed;
  if (!(await becomesReady(child, superuserUrl))) return { ok: false };
  await writeFile(join(home.path, 'port'), String(port));
  return { ok: true, pid: child.pid };
}

function serverSettings({ port, options }: Launch): string[] {
  const durable = options.durable ?? true;
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: String(options.maxConnections ?? 200),
    password_encryption: 'scram-sha-256',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Statements hold tenants' data; the message alone must do.
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
    ...(durable
      ? {}
      : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_wal_size: '4GB' }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function becomesReady(child: ChildProcess, url: string): Promise<boolean> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) return false;
    if (await answers(url)) return true;
    await delay(25);
  }
  child.kill('SIGQUIT');
  return false;
}

async function answersSoon(url: string): Promise<boolean> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const refusal = await findRefusal(url);
    if (refusal === undefined) return true;
    // 57P03: it is starting or recovering, and will answer.
    if (refusal !== '57P03') return false;
    await delay(50);
  }
  return false;
}

async function answers(url: string): Promise<boolean> {
  return (await findRefusal(url)) === undefined;
}

async function findRefusal(url: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code ?? 'unknown';
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function stopServer(dataDir: string): Promise<void> {
  const postmaster = await findPostmaster(dataDir);
  if (postmaster === undefined) return;
  // SIGINT is the fast shutdown: sessions end, data is written. SIGQUIT leaves the rest to recovery.
  signal(postmaster.pid, 'SIGINT');
  if (await waitForExit(postmaster.pid, STOP_TIMEOUT_MS)) return;
  signal(postmaster.pid, 'SIGQUIT');
  await waitForExit(postmaster.pid, STOP_TIMEOUT_MS);
}

async function createPassword(homePath: string): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  const path = join(homePath, 'superuser-password');
  await rm(path, { force: true });
  const file = await open(path, 'wx', 0o600);
  await file.writeFile(password);
  await file.close();
  return password;
}

async function findLastPort(homePath: string): Promise<number | undefined> {
  const port = Number(await readFile(join(homePath, 'port'), 'utf8').catch(() => ''));
  return Number.isSafeInteger(port) && port > 0 ? port : undefined;
}

async function startFailure(homePath: string): Promise<Error> {
  const logPath = join(homePath, 'postgres.log');
  return new Error(
    `Cannot start Postgres: it must accept connections, got the end of ${logPath}:\n${await readLogTail(logPath)}`,
  );
}
