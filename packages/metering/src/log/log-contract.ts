/** What a log is told, what it promises, and what the shipper needs besides. */
import type { DispatchFrame, Frame } from '../frame.ts';
import type { LoggedFrame } from './frame-codec.ts';

export interface LogOptions {
  /** Of this epoch; made when absent. Must hold no segments above `firstSegment`. */
  readonly directory: string;
  readonly gatewayId: string;
  readonly epochId: string;
  readonly segmentMaxBytes?: number;
  /** Room kept for requests that are running when the disk is full. */
  readonly reserveBytes?: number;
  /** Above this much in the epoch the log stops being writable until segments are removed. */
  readonly maxBytes?: number;
  /** How long a written frame may wait for the disk; bounds what a host crash can lose. */
  readonly fsyncIntervalMs?: number;
  /** Told once when the log stops being writable, and of everything that should not happen. */
  readonly onError: (error: Error) => void;
  readonly onRecovered?: () => void;
  /** Where a replay goes on. */
  readonly firstSegment?: number;
  readonly afterSequence?: number;
  readonly openDispatches?: Iterable<DispatchFrame>;
  /** How bytes reach the file; tests make it fail. */
  readonly write?: (
    descriptor: number,
    bytes: Buffer,
    offset: number,
    length: number,
    position: number,
  ) => number;
}

export interface SegmentInfo {
  readonly segment: number;
  readonly afterSequence: number;
  readonly path: string;
}

export interface Log {
  readonly gatewayId: string;
  readonly epochId: string;
  readonly directory: string;
  /** False: refuse what costs money (503). Requests that are running may still settle. */
  readonly writable: boolean;
  readonly lastSequence: number;
  readonly flushedSequence: number;
  readonly syncedSequence: number;
  /** Attempts with a dispatch and no settlement. */
  readonly openAttempts: number;
  /** When the oldest of them began; undefined: none is open. */
  readonly oldestOpenAtMs: number | undefined;
  readonly bytes: number;
  /**
   * Buffers a frame for the write of this turn.
   *
   * @returns Its sequence; 0 when it was not taken: a second dispatch or settlement of an attempt, a
   *   settlement without dispatch (both reported), or the record of a refusal while the disk is full.
   * @throws {RangeError} The frame is larger than 1 MiB. @throws {Error} The log is closed.
   */
  append(frame: Frame): number;
  /**
   * Runs `callback` once every frame appended so far is written, or has failed to be: with `false` a dispatch
   * must not go out (append its settlement with usage source `none`), and an answer may end, because the
   * dispatch that stands in the log will be settled by a replay if the process dies before the disk recovers.
   */
  afterFlush(callback: (written: boolean) => void): void;
  /** Writes now what waits, as at the end of the turn. */
  flush(): void;
  /** What is written of one request and not cut yet, in order; empty: nothing (any more). One at a time. */
  framesOf(requestId: string): Promise<readonly Frame[]>;
  /** Resolves when everything appended so far is on the disk. */
  sync(): Promise<void>;
  /** Writes, syncs, closes. Open attempts stay open: a replay settles them. */
  close(): Promise<void>;
}

/** What the shipper needs besides. */
export interface ShippableLog extends Log {
  segments(): readonly SegmentInfo[];
  /** Synced frames after `sequence`, at most `limit`; undefined: too old for memory, read the files. */
  readTail(sequence: number, limit: number): readonly LoggedFrame[] | undefined;
  removeSegment(segment: number): void;
  /** Writes the dispatches of these open attempts again, so that old segments need not be kept for them. */
  carryForward(attempts: Iterable<string>): void;
}
