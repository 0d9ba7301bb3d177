/**
 * One private Postgres and one private Redis for a whole test run, on free ports, in a temporary folder.
 *
 * Durability is off. Nothing stays behind: `stop()` ends both, and where the run itself is killed, a watcher that
 * holds the other end of a pipe does. Used by the vitest global setup and by browser tests.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locateServiceHome, removeOutsideHomes, startPostgres, startRedis } from '@tollgate/local-services';

/** Connection facts of a run; plain data, so that they can be handed to test processes. */
export type TestServices = {
  /** For this package alone: tests connect as the roles of the product. */
  readonly superuserUrl: string;
  readonly redisUrl: string;
  readonly rolePasswords: RolePasswords;
};

export type RolePasswords = {
  readonly migrator: string;
  readonly console: string;
  readonly gateway: string;
  readonly worker: string;
};

export type RunningTestServices = TestServices & {
  readonly stateDir: string;
  /** Of the servers that run on this machine itself. */
  readonly pids: readonly number[];
  stop(): Promise<void>;
};

const REDIS_DATABASES = 4_096;
const MAX_CONNECTIONS = 400;

/** Ready for connections on return. */
export async function startTestServices(): Promise<RunningTestServices> {
  const stateDir = await mkdtemp(join(tmpdir(), 'tollgate-test-'));
  const watcher = await startWatcher(stateDir);
  const [postgres, redis] = await Promise.all([
    startPostgres({ stateDir, durable: false, maxConnections: MAX_CONNECTIONS }),
    startRedis({ stateDir, durable: false, databases: REDIS_DATABASES }),
  ]);
  return {
    superuserUrl: postgres.superuserUrl,
    redisUrl: redis.url,
    rolePasswords: { migrator: secret(), console: secret(), gateway: secret(), worker: secret() },
    stateDir,
    pids: [postgres.pid, ...(redis.pid === undefined ? [] : [redis.pid])],
    stop: async () => {
      await Promise.all([redis.stop(), postgres.stop()]);
      await removeOutsideHomes(stateDir);
      await rm(stateDir, { recursive: true, force: true });
      watcher.stdin?.end();
    },
  };
}

function secret(): string {
  return randomBytes(18).toString('base64url');
}

// `cat` ends when the pipe closes, which the system sees to whatever ends this process.
const WATCHER_SCRIPT = `
cat > /dev/null
redis=$(sed -n 's/.*"pid":\\([0-9]*\\).*/\\1/p' "$2/running.json" 2>/dev/null)
postgres=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
[ -n "$redis" ] && kill -KILL "$redis" 2>/dev/null
if [ -n "$postgres" ]; then
  kill -INT "$postgres" 2>/dev/null
  for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$postgres" 2>/dev/null || break; sleep 0.5; done
fi
rm -rf "$3"
case "$1" in /var/lib/tollgate/?*) rm -rf "$(dirname "$1")" ;; esac
`;

async function startWatcher(stateDir: string): Promise<ChildProcess> {
  const homes = [await locateServiceHome(stateDir, 'postgres'), await locateServiceHome(stateDir, 'redis')];
  // Its own process group: Ctrl-C in the terminal must end the run, not the one who cleans up after it.
  const watcher = spawn('sh', ['-c', WATCHER_SCRIPT, 'tollgate-test-watcher', ...homes, stateDir], {
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watcher.once('error', () => undefined);
  watcher.stdin.on('error', () => undefined);
  watcher.unref();
  (watcher.stdin as unknown as { unref(): void }).unref();
  return watcher;
}
