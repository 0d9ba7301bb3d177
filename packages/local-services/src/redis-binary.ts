/**
 * Finds a Redis server to run, since no npm package ships one: on the PATH, else Debian's packages unpacked into the
 * state folder (no root needed, no service registered).
 *
 * Docker, which comes between the two, is in redis-container.ts.
 */
import { execFile } from 'node:child_process';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type RedisBinary = {
  readonly path: string;
  /** Folder of shared libraries that were unpacked with it. */
  readonly libraryPath?: string;
};

const PACKAGES = ['redis-server', 'redis-tools', 'libatomic1', 'libjemalloc2', 'liblzf1'];
const DOWNLOAD_TIMEOUT_MS = 120_000;

/** `redis-server` or `valkey-server` on the PATH. */
export async function findRedisOnPath(): Promise<RedisBinary | undefined> {
  for (const name of ['redis-server', 'valkey-server']) {
    const found = await run('sh', ['-c', 'command -v -- "$1"', 'sh', name]).catch(() => undefined);
    const path = found?.stdout.trim();
    if (path?.startsWith('/')) return { path };
  }
  return undefined;
}

/** A server unpacked earlier, or unpacked now where this is a Debian that can download. */
export async function findDebianRedis(home: string): Promise<RedisBinary | undefined> {
  const folder = join(home, 'debian');
  if (!(await exists(folder)) && !(await unpackDebianPackages(folder))) return undefined;
  const path = join(folder, 'usr/bin/redis-server');
  if (!(await exists(path))) return undefined;
  const libraries = (await readdir(join(folder, 'usr/lib'))).filter((name) => name.endsWith('-linux-gnu'));
  return { path, libraryPath: libraries.map((name) => join(folder, 'usr/lib', name)).join(':') };
}

async function unpackDebianPackages(folder: string): Promise<boolean> {
  for (const tool of ['apt-get', 'dpkg']) {
    if ((await run('sh', ['-c', `command -v ${tool}`]).catch(() => undefined)) === undefined) return false;
  }
  const work = `${folder}.partial`;
  await rm(work, { recursive: true, force: true });
  await mkdir(join(work, 'packages'), { recursive: true });
  try {
    if (!(await downloadPackages(work))) return false;
    for (const file of await readdir(join(work, 'packages'))) {
      if (file.endsWith('.deb')) await run('dpkg', ['-x', join(work, 'packages', file), join(work, 'root')]);
    }
    await rename(join(work, 'root'), folder);
    return true;
  } catch {
    return false;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** First with the machine's own package lists; where those are absent, with private ones fetched now. */
async function downloadPackages(work: string): Promise<boolean> {
  const lists = join(work, 'lists');
  await mkdir(join(lists, 'partial'), { recursive: true });
  await mkdir(join(work, 'cache/archives/partial'), { recursive: true });
  const shared = ['-o', `Dir::Cache=${join(work, 'cache')}`, '-o', 'APT::Sandbox::User='];
  const own = [...shared, '-o', `Dir::State::lists=${lists}`, '-o', 'Debug::NoLocking=1'];
  const options = { cwd: join(work, 'packages'), timeout: DOWNLOAD_TIMEOUT_MS };
  const attempts = [
    () => run('apt-get', [...shared, '-qq', 'download', ...PACKAGES], options),
    async () => {
      await run('apt-get', [...own, '-qq', 'update'], options);
      await run('apt-get', [...own, '-qq', 'download', ...PACKAGES], options);
    },
  ];
  for (const attempt of attempts) {
    const succeeded = await attempt().then(
      () => true,
      () => false,
    );
    if (succeeded) return true;
  }
  return false;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
