/**
 * Room on the disk that is already ours: when the disk is full, requests that are running settle into it.
 *
 * The file is written with zeros, because a sparse file reserves nothing; it becomes the next segment by its
 * name, so no space has to be found when there is none.
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RESERVE_NAME, sizeOf } from './segment.ts';

const CHUNK = Buffer.alloc(256 * 1024);
/** Space must be there for more than the reserve itself, or the log would go back and forth. */
const ROOMY_FACTOR = 4;

export class Reserve {
  readonly #path: string;
  readonly #bytes: number;
  #takenAs = '';

  constructor(directory: string, bytes: number) {
    this.#path = join(directory, RESERVE_NAME);
    this.#bytes = bytes;
  }

  /** @throws {Error} There is no room for it. */
  allocate(): void {
    if (this.#bytes === 0 || sizeOf(this.#path) === this.#bytes) return;
    const draft = `${this.#path}.draft`;
    const descriptor = openSync(draft, 'w');
    try {
      for (let done = 0; done < this.#bytes; ) {
        done += writeSync(descriptor, CHUNK, 0, Math.min(CHUNK.length, this.#bytes - done));
      }
      fsyncSync(descriptor);
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, this.#path);
  }

  isRoomy(): boolean {
    const { bavail, bsize } = statfsSync(dirname(this.#path));
    return bavail * bsize >= this.#bytes * ROOMY_FACTOR;
  }

  /** Gives the reserve a new name. @returns False when it is used up. */
  takeAs(path: string): boolean {
    if (sizeOf(this.#path) === 0) return false;
    renameSync(this.#path, path);
    this.#takenAs = path;
    return true;
  }

  isTakenAs(path: string): boolean {
    return this.#takenAs === path;
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }
}
