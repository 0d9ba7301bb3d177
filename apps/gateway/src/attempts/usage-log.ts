/**
 * What the pipeline needs of the write-ahead log; @tollgate/metering's `Log` is one.
 */
import type { Frame } from '@tollgate/metering';

export interface UsageLog {
  /** False: the disk is full or broken, so nothing new that costs money may begin. */
  readonly writable: boolean;
  /** Takes a frame in order; it is written with the others of this turn of the event loop. */
  append(frame: Frame): number;
  /**
   * Runs `callback` once everything appended so far is written (true), or has failed to be (false): then a
   * dispatch must not go out, but an answer may end, because its dispatch is in the log and will be settled.
   */
  afterFlush(callback: (written: boolean) => void): void;
  /** What is written of one request and not cut yet, in order. */
  framesOf(requestId: string): Promise<readonly Frame[]>;
}

/** Waits until everything appended so far is written. @returns Whether it is. */
export function flushed(log: UsageLog): Promise<boolean> {
  return new Promise((resolve) => log.afterFlush(resolve));
}
