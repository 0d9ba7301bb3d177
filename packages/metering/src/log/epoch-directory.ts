/**
 * Whose log is whose: several processes may live in one slot at once (a graceful restart), and none may touch
 * the log of a living one.
 *
 * A living process listens on a Unix socket inside its directory; the kernel ends that with the process, so
 * there is no stale lock and no reused pid. A dead epoch is claimed by renaming its directory to
 * `EPOCH~CLAIMER`, which exactly one process can do; a claim is void when the claimer is dead.
 */
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { syncDirectory } from './segment.ts';

const SOCKET_NAME = 'alive';
const DRAFT_PREFIX = '.new-';
const DONE_PREFIX = '.done-';
/** macOS allows 103 bytes, Linux 107. */
const MAX_SOCKET_PATH_BYTES = 100;
const DRAFT_LIFETIME_MS = 60_000;

export interface EpochDirectory {
  readonly path: string;
  /** From now on others may claim what is left. */
  release(): Promise<void>;
}

export interface ClaimedEpoch {
  readonly epochId: string;
  readonly path: string;
}

/** Makes the directory of a new epoch; it becomes visible only when it is already known to live. */
export async function createEpochDirectory(slotDirectory: string, epochId: string): Promise<EpochDirectory> {
  mkdirSync(slotDirectory, { recursive: true });
  const draft = join(slotDirectory, `${DRAFT_PREFIX}${epochId}`);
  const path = join(slotDirectory, epochId);
  mkdirSync(draft);
  const server = await listen(draft, epochId);
  renameSync(draft, path);
  syncDirectory(slotDirectory);
  return { path, release: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Claims every epoch of the slot whose process and claimer are dead. */
export async function claimDeadEpochs(slotDirectory: string, ownEpochId: string): Promise<ClaimedEpoch[]> {
  const claimed: ClaimedEpoch[] = [];
  for (const name of readdirSync(slotDirectory).sort()) {
    if (name.startsWith(DONE_PREFIX)) rmSync(join(slotDirectory, name), { recursive: true, force: true });
    if (name.startsWith(DRAFT_PREFIX)) removeOldDraft(join(slotDirectory, name));
    if (!name.startsWith('gwe_') || name === ownEpochId) continue;
    const [epochId = '', claimer] = name.split('~');
    if (claimer === ownEpochId || !(await isUnowned(slotDirectory, name))) continue;
    const path = join(slotDirectory, `${epochId}~${ownEpochId}`);
    if (renameIfThere(join(slotDirectory, name), path)) claimed.push({ epochId, path });
  }
  return claimed;
}

/** Epochs of a slot that nobody ships: neither their process nor a claimer lives. Claims nothing. */
export async function listUnownedEpochs(slotDirectory: string): Promise<string[]> {
  const unowned: string[] = [];
  for (const name of readdirSync(slotDirectory).sort()) {
    if (name.startsWith('gwe_') && (await isUnowned(slotDirectory, name))) unowned.push(name.split('~')[0]!);
  }
  return unowned;
}

async function isUnowned(slotDirectory: string, name: string): Promise<boolean> {
  const [epochId = '', claimer] = name.split('~');
  if (await isAlive(slotDirectory, epochId, name)) return false;
  return claimer === undefined || !(await isAlive(slotDirectory, claimer, claimer));
}

/** Removes an epoch that is in Postgres to its last frame; killed in between, the next start goes on. */
export function removeEpochDirectory(slotDirectory: string, path: string, epochId: string): void {
  const done = join(slotDirectory, `${DONE_PREFIX}${epochId}`);
  renameSync(path, done);
  syncDirectory(slotDirectory);
  rmSync(done, { recursive: true, force: true });
}

function renameIfThere(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false; // Another process was faster.
    throw error;
  }
}

function removeOldDraft(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat !== undefined && Date.now() - stat.mtimeMs > DRAFT_LIFETIME_MS) {
    rmSync(path, { recursive: true, force: true });
  }
}

/** @param name The directory's present name; its socket moved along when it was claimed. */
async function isAlive(slotDirectory: string, epochId: string, name: string): Promise<boolean> {
  const directory = join(slotDirectory, name);
  if (statSync(directory, { throwIfNoEntry: false }) === undefined) return false;
  const { path, close } = socketPathFor(directory, epochId);
  try {
    return await accepts(path);
  } finally {
    close();
  }
}

function accepts(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    // Only these two say that nobody listens; anything else leaves the log alone.
    socket.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT');
    });
  });
}

async function listen(directory: string, epochId: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.unref();
  const { path, close } = socketPathFor(directory, epochId);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      // Among cluster workers their parent would listen for them: elsewhere than here, and after their death.
      server.listen({ path, exclusive: true }, resolve);
    });
  } finally {
    close();
  }
  // An accept that fails later (too many files) does not make the process dead.
  server.removeAllListeners('error').on('error', () => undefined);
  return server;
}

/** A path short enough for the system, valid until `close`; the socket itself outlives it. */
function socketPathFor(directory: string, epochId: string): { path: string; close: () => void } {
  const direct = join(directory, SOCKET_NAME);
  if (Buffer.byteLength(direct) <= MAX_SOCKET_PATH_BYTES) return { path: direct, close: () => undefined };
  if (process.platform === 'linux') {
    const descriptor = openSync(directory, 'r');
    const path = join(`/proc/self/fd/${descriptor}`, SOCKET_NAME);
    return { path, close: () => closeSync(descriptor) };
  }
  const hash = createHash('sha256').update(epochId).digest('hex').slice(0, 24);
  return { path: join(tmpdir(), `tollgate-${hash}`), close: () => undefined };
}
