/**
 * What a living log still has of one request, read from its files.
 *
 * Asked for seldom, so nothing is kept for it while requests run: an index in memory cost every request 30 µs,
 * mostly of garbage collection. Segments that Postgres has confirmed may be gone; then the ledger has them.
 */
import { readFile } from 'node:fs/promises';
import type { Frame } from '../frame.ts';
import { framesHolding } from './frame-codec.ts';
import { decodeSegmentHeader } from './segment.ts';

/** Some seconds of full speed; further back the ledger answers. */
const MAX_BYTES = 64 * 1024 * 1024;

/** @param paths Of segments, oldest first. @returns In the order in which they were written. */
export async function framesOfRequest(paths: readonly string[], requestId: string): Promise<Frame[]> {
  const needle = Buffer.from(JSON.stringify(requestId));
  let frames: Frame[] = [];
  let readBytes = 0;
  for (const path of paths.toReversed()) {
    const bytes = await readSegmentBytes(path);
    if (bytes === undefined) break;
    const start = decodeSegmentHeader(bytes)?.headerBytes;
    if (start !== undefined) {
      // Other requests may hold the id in what their callers wrote: an end user, a tag.
      const own = framesHolding(bytes, start, needle).filter((frame) => requestIdOf(frame) === requestId);
      frames = [...own, ...frames];
    }
    readBytes += bytes.length;
    if (isWhole(frames) || readBytes >= MAX_BYTES) break;
  }
  return frames;
}

function requestIdOf(frame: Frame): string {
  return 'subject' in frame ? frame.subject.requestId : frame.requestId;
}

/** Undefined: it was cut meanwhile, and so was everything before it. */
async function readSegmentBytes(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether the request has ended, and nothing that belongs to it can lie further back. */
function isWhole(frames: readonly Frame[]): boolean {
  const last = frames.findLast((frame) => frame.kind === 'request');
  const dispatches = new Set<number>();
  for (const frame of frames) if (frame.kind === 'dispatch') dispatches.add(frame.target.attempt);
  return last !== undefined && dispatches.size >= last.attempts;
}
