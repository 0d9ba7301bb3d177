/**
 * The id of one process slot of one gateway: stable over restarts, kept beside its logs.
 */
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { isId, newId } from '@tollgate/ids';
import { syncDirectory } from '../log/segment.ts';

const SLOT = /^[a-z0-9][a-z0-9-]{0,79}$/;

/**
 * Mints the id on the first start of the slot.
 *
 * @param slot For example `gateway-0`: the gateway's name and the number of the process.
 * @throws {Error} The file holds something else than a gateway id, or the state directory cannot be written.
 */
export function loadGatewayId(stateDirectory: string, slot: string, nowMs: number): string {
  if (!SLOT.test(slot))
    throw new Error(`Cannot load the gateway id: a slot is lower-case words and numbers, got "${slot}"`);
  const folder = join(stateDirectory, 'wal');
  const path = join(folder, `${slot}.id`);
  mkdirSync(folder, { recursive: true });
  const id = readIfThere(path) ?? create(folder, path, newId('gateway', nowMs));
  if (!isId('gateway', id))
    throw new Error(`Cannot load the gateway id: ${path} must hold one, got something else`);
  return id;
}

/** Whole or not at all, and the first of two processes wins. */
function create(folder: string, path: string, id: string): string {
  const draft = `${path}.${process.pid}.${id}`;
  const descriptor = openSync(draft, 'wx');
  try {
    writeSync(descriptor, id);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  try {
    linkSync(draft, path);
    syncDirectory(folder);
    return id;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readFileSync(path, 'utf8').trim();
  } finally {
    rmSync(draft, { force: true });
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
