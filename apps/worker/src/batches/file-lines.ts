/**
 * The lines of a batch's files while they arrive from a server that an organization has named: no line, file or pace of
 * its makes the worker hold more, or wait longer, than is bounded here. The same process settles everybody's money.
 */
import { LineSplitter, LineTooLongError } from '@tollgate/providers';
import { UnaskableError } from './unaskable-error.ts';

export interface FileBounds {
  readonly maxBytes: number;
  readonly maxLines: number;
  readonly lineMaxBytes: number;
}

const MIB = 1024 * 1024;
const LINE_MAX_BYTES = 8 * MIB;

/** Those of the gateway (`batchFileMaxBytes` and its like), which has read the file before the batch was made. */
export const INPUT_FILE: FileBounds = {
  maxBytes: 200 * MIB,
  maxLines: 50_000,
  lineMaxBytes: LINE_MAX_BYTES,
};
/** Answers may be larger than what was asked: some pictures, or embeddings of many texts. */
export const OUTPUT_FILE: FileBounds = {
  maxBytes: 2048 * MIB,
  maxLines: Number.POSITIVE_INFINITY,
  lineMaxBytes: 32 * MIB,
};

/** So many at once, and no queue: who finds none comes again. */
export class Places {
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  /** @returns Gives the place back, however often it is called; undefined: none is free. */
  take(): (() => void) | undefined {
    if (this.#free === 0) return undefined;
    this.#free -= 1;
    let isHeld = true;
    return () => {
      if (isHeld) this.#free += 1;
      isHeld = false;
    };
  }
}

/** Of lines above what a gateway takes, in the whole process. */
export const LARGE_LINES = new Places(4);

/** @throws {UnaskableError} */
export async function readFileLines(
  body: AsyncIterable<Buffer>,
  bounds: FileBounds,
  largeLines: Places,
  onLine: (line: Buffer) => void,
): Promise<void> {
  const splitter = new LineSplitter(bounds.lineMaxBytes);
  let [bytes, lines, begun] = [0, 0, 0];
  let leave: (() => void) | undefined;
  const take = (found: readonly Buffer[]): void => {
    lines += found.length;
    if (lines > bounds.maxLines) throw new UnaskableError('a file of the batch has too many lines');
    for (const line of found) onLine(line);
  };
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > bounds.maxBytes) throw new UnaskableError('a file of the batch is too large');
      take(splitter.feed(chunk));
      begun = lengthAfterLastEnd(begun, chunk);
      if (begun <= LINE_MAX_BYTES) {
        leave?.();
        leave = undefined;
        continue;
      }
      leave ??= largeLines.take();
      if (leave === undefined) throw new UnaskableError('too many large lines are read at once');
    }
    take(splitter.end());
  } catch (error) {
    if (!(error instanceof LineTooLongError)) throw error;
    throw new UnaskableError('a line of a file of the batch is too large', { cause: error });
  } finally {
    leave?.();
  }
}

const NEW_LINE = 10;

/** Of the line that has not ended yet. */
function lengthAfterLastEnd(before: number, chunk: Buffer): number {
  const end = chunk.lastIndexOf(NEW_LINE);
  return end === -1 ? before + chunk.length : chunk.length - end - 1;
}

/** What a body must bring in each window. */
export interface LeastRate {
  readonly bytesPerSecond: number;
  readonly windowMs: number;
}

/** Far below what the largest files need to be read in time. */
export const LEAST_RATE: LeastRate = { bytesPerSecond: 64 * 1024, windowMs: 30_000 };

/** Passes a body on. @param onTooSlow Ends it. */
export async function* atLeastRate(
  body: AsyncIterable<Buffer>,
  { bytesPerSecond, windowMs }: LeastRate,
  onTooSlow: () => void,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  const timer = setInterval(() => {
    if (bytes < (bytesPerSecond * windowMs) / 1000) onTooSlow();
    bytes = 0;
  }, windowMs);
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      yield chunk;
    }
  } finally {
    clearInterval(timer);
  }
}
