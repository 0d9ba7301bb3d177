/** A file system of a few megabytes for one gateway's state, to be filled and freed. Needs Linux and root. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface SmallDisk {
  /** To the last byte. */
  fill(): void;
  free(): void;
  unmount(): void;
}

/** Room for the log's reserve, a segment and what is on its way. */
const SIZE_MIB = 32;
const FILLING = 'filling';
const BLOCK = Buffer.alloc(65_536);

/** @returns Undefined where this machine does not let us. */
export function mountSmallDisk(path: string): SmallDisk | undefined {
  mkdirSync(path, { recursive: true });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MIB}m`, 'tmpfs', path]);
  if (mounted.status !== 0) return undefined;
  return {
    fill: () => fill(join(path, FILLING)),
    free: () => rmSync(join(path, FILLING), { force: true }),
    // Lazily: a process that was just killed may still be on its way out.
    unmount: () => void spawnSync('umount', ['-l', path]),
  };
}

function fill(path: string): void {
  const descriptor = openSync(path, 'a');
  try {
    for (let block = BLOCK; block.length > 0; ) {
      try {
        writeSync(descriptor, block);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        block = block.subarray(0, block.length >> 1);
      }
    }
  } finally {
    closeSync(descriptor);
  }
}
