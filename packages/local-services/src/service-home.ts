/**
 * Chooses where a service keeps its files and as whom it runs.
 *
 * Postgres refuses to run as root, and an unprivileged user cannot pass a folder like /root (0700). So root gets
 * an unprivileged owner for the service, and a home outside the state folder where that owner could not reach it.
 * Everybody else runs services as themselves, inside the state folder.
 */
import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** An account that owns a service's files and process. */
export type Owner = { readonly uid: number; readonly gid: number };

export type ServiceHome = {
  /** Folder of this service alone. Exists. */
  readonly path: string;
  /** Undefined: the current user. */
  readonly owner: Owner | undefined;
};

const OUTSIDE_HOMES = '/var/lib/tollgate';

// Best first. initdb looks its user up by name, so an account must exist.
const UNPRIVILEGED_ACCOUNTS = ['postgres', 'nobody'];

/** Where `name` lives for this state folder, without creating anything. */
export async function locateServiceHome(stateDir: string, name: string): Promise<string> {
  const absolute = resolve(stateDir);
  if (!runsAsRoot() || (await isReachableByOthers(dirname(absolute)))) return join(absolute, name);
  const hash = createHash('sha256').update(absolute).digest('hex').slice(0, 16);
  return join(OUTSIDE_HOMES, hash, name);
}

/** Creates the home of a service, with modes that let its owner in. */
export async function openServiceHome(stateDir: string, name: string): Promise<ServiceHome> {
  const path = await locateServiceHome(stateDir, name);
  await mkdir(path, { recursive: true });
  if (!runsAsRoot()) return { path, owner: undefined };
  await chmod(path, 0o755);
  await chmod(dirname(path), 0o755);
  return { path, owner: await getUnprivilegedOwner() };
}

/** Deletes the homes that lie outside the state folder; the folder itself is its owner's to delete. */
export async function removeOutsideHomes(stateDir: string): Promise<void> {
  const home = dirname(await locateServiceHome(stateDir, 'any'));
  if (home.startsWith(`${OUTSIDE_HOMES}/`)) await rm(home, { recursive: true, force: true });
}

/** Whether any user may pass through this folder and all above it. */
export async function isReachableByOthers(folder: string): Promise<boolean> {
  for (let path = resolve(folder); ; path = dirname(path)) {
    const found = await stat(path).catch(() => undefined);
    // A folder that does not exist yet will be made by us, reachable.
    if (found !== undefined && (found.mode & 0o001) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

function runsAsRoot(): boolean {
  return process.getuid?.() === 0;
}

async function getUnprivilegedOwner(): Promise<Owner> {
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of UNPRIVILEGED_ACCOUNTS) {
    const account = accounts.find((fields) => fields[0] === name);
    const uid = Number(account?.[2]);
    const gid = Number(account?.[3]);
    if (account !== undefined && uid > 0 && gid > 0) return { uid, gid };
  }
  throw new Error(
    `Cannot run services as root: /etc/passwd must list one of ${UNPRIVILEGED_ACCOUNTS.join(', ')}, got neither`,
  );
}
