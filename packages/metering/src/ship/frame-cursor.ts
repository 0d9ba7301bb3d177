/**
 * Reads the frames of one epoch in order, from the files, a bounded piece at a time.
 *
 * Damage is stepped over; replay has reported it. Not here: what frames mean for a batch (epoch-follower.ts).
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { findNextFrame, type LoggedFrame, MAX_PAYLOAD_BYTES, scanFrames } from '../log/frame-codec.ts';
import type { SegmentInfo } from '../log/log-contract.ts';
import { decodeSegmentHeader, listSegments, segmentPath } from '../log/segment.ts';

const PIECE_BYTES = 512 * 1024;
/** Always holds one whole frame of any size. */
const LARGEST_PIECE_BYTES = 2 * MAX_PAYLOAD_BYTES;

/** Of a closed epoch. A segment without a readable header begins where its predecessor ends. */
export function describeSegments(directory: string): SegmentInfo[] {
  let afterSequence = 0;
  return listSegments(directory).map((segment) => {
    const path = segmentPath(directory, segment);
    const start = decodeSegmentHeader(readPiece(path, 0, 8192));
    afterSequence = start?.header.afterSequence ?? afterSequence;
    return { segment, path, afterSequence };
  });
}

export class FileCursor {
  #segment = 0;
  #offset = 0;
  /** The last sequence that was returned: only there is `#offset` the right place. */
  #returned = -1;

  /**
   * Frames after `sequence` and up to `upTo`; empty when there are none. Goes on where the last call ended if
   * the sequence did.
   */
  read(segments: readonly SegmentInfo[], sequence: number, upTo: number): readonly LoggedFrame[] {
    if (sequence >= upTo) return [];
    let index =
      sequence === this.#returned ? segments.findIndex((each) => each.segment === this.#segment) : -1;
    if (index === -1) {
      index = Math.max(
        0,
        segments.findLastIndex((each) => each.afterSequence <= sequence),
      );
      this.#enter(segments[index]);
    }
    for (; index < segments.length; this.#enter(segments[++index])) {
      for (;;) {
        const frames = this.#readPiece(segments[index]!.path, sequence, upTo);
        if (frames === 'end') break;
        if (frames.length === 0) continue;
        this.#returned = frames.at(-1)!.sequence;
        return frames;
      }
      if (index === segments.length - 1) return [];
    }
    return [];
  }

  #enter(segment: SegmentInfo | undefined): void {
    if (segment === undefined) return;
    this.#segment = segment.segment;
    this.#offset = decodeSegmentHeader(readPiece(segment.path, 0, 8192))?.headerBytes ?? 0;
  }

  /** One piece without anything new is an empty list; the end of the segment is `end`. */
  #readPiece(path: string, sequence: number, upTo: number): readonly LoggedFrame[] | 'end' {
    let bytes = readPiece(path, this.#offset, PIECE_BYTES);
    let scan = scanFrames(bytes, 0);
    if (scan.consumedBytes === 0 && bytes.length === PIECE_BYTES) {
      bytes = readPiece(path, this.#offset, LARGEST_PIECE_BYTES);
      scan = scanFrames(bytes, 0);
    }
    const last = scan.frames.at(-1);
    if (last !== undefined && last.sequence > upTo) {
      // Not all of it may be shown yet: the same piece is read again.
      const frames = scan.frames.filter((each) => each.sequence > sequence && each.sequence <= upTo);
      return frames.length === 0 ? 'end' : frames;
    }
    this.#offset += scan.consumedBytes;
    if (scan.consumedBytes === 0 && !this.#stepOverDamage(bytes, scan.rest)) return 'end';
    return scan.frames.filter((each) => each.sequence > sequence);
  }

  #stepOverDamage(bytes: Buffer, rest: string): boolean {
    if (rest === 'none' || rest === 'zeros' || bytes.length === 0) return false;
    const next = findNextFrame(bytes, 1, 0);
    if (next !== -1) {
      this.#offset += next;
      return true;
    }
    if (bytes.length < LARGEST_PIECE_BYTES) return false;
    this.#offset += bytes.length - MAX_PAYLOAD_BYTES;
    return true;
  }
}

function readPiece(path: string, offset: number, length: number): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, fstatSync(descriptor).size - offset)));
    const read = bytes.length === 0 ? 0 : readSync(descriptor, bytes, 0, bytes.length, offset);
    return bytes.subarray(0, read);
  } finally {
    closeSync(descriptor);
  }
}
