/**
 * Where the follower of an epoch gets its frames: the log of the living process, or the files of a dead one.
 */
import { unlinkSync } from 'node:fs';
import type { LoggedFrame } from '../log/frame-codec.ts';
import type { SegmentInfo, ShippableLog } from '../log/log-contract.ts';
import { describeSegments, FileCursor } from './frame-cursor.ts';

export interface FrameSource {
  readonly gatewayId: string;
  readonly epochId: string;
  /** No frame will follow `readableSequence`. */
  readonly closed: boolean;
  /** Up to here frames are safe on the disk and may be shipped. */
  readonly readableSequence: number;
  segments(): readonly SegmentInfo[];
  read(afterSequence: number, limit: number): readonly LoggedFrame[];
  /** The oldest one only. */
  removeSegment(segment: number): void;
  /** Asks for the dispatches of open attempts to be written again. */
  carryForward(attempts: Iterable<string>): void;
}

export function liveSource(log: ShippableLog): FrameSource {
  const cursor = new FileCursor();
  return {
    gatewayId: log.gatewayId,
    epochId: log.epochId,
    closed: false,
    get readableSequence() {
      return log.syncedSequence;
    },
    segments: () => log.segments(),
    read: (afterSequence, limit) => {
      const recent = log.readTail(afterSequence, limit);
      return recent ?? cursor.read(log.segments(), afterSequence, log.syncedSequence);
    },
    removeSegment: (segment) => log.removeSegment(segment),
    carryForward: (attempts) => log.carryForward(attempts),
  };
}

export interface ClosedEpoch {
  readonly gatewayId: string;
  readonly epochId: string;
  readonly path: string;
  readonly lastSequence: number;
}

export function closedSource(epoch: ClosedEpoch): FrameSource {
  const cursor = new FileCursor();
  const segments = describeSegments(epoch.path);
  return {
    gatewayId: epoch.gatewayId,
    epochId: epoch.epochId,
    closed: true,
    readableSequence: epoch.lastSequence,
    segments: () => segments,
    read: (afterSequence) => cursor.read(segments, afterSequence, epoch.lastSequence),
    removeSegment: (segment) => {
      if (segments[0]?.segment !== segment)
        throw new Error(`Cannot remove segment ${segment}: it must be the oldest`);
      unlinkSync(segments[0].path);
      segments.shift();
    },
    carryForward: () => undefined,
  };
}
