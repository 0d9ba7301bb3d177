/**
 * The files of one epoch: `segment-00000001.log`, each with a header that says whose it is.
 *
 *   "TGWAL" 0 0 VERSION | u32 header bytes | u32 CRC-32 | JSON {gatewayId, epochId, segment, afterSequence}
 */
import { closeSync, fdatasync, fsyncSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { findNextFrame, type LoggedFrame, scanFrames } from './frame-codec.ts';

const MAGIC = Buffer.from([0x54, 0x47, 0x57, 0x41, 0x4c, 0, 0, 1]);
const PREFIX_BYTES = MAGIC.length + 8;
const MAX_HEADER_BYTES = 4096;
const NAME = /^segment-(\d{8})\.log$/;
export const RESERVE_NAME = 'reserve';

export interface SegmentHeader {
  readonly gatewayId: string;
  readonly epochId: string;
  readonly segment: number;
  /** The last sequence before this segment. */
  readonly afterSequence: number;
}

export function segmentPath(directory: string, segment: number): string {
  return join(directory, `segment-${String(segment).padStart(8, '0')}.log`);
}

/** In ascending order. */
export function listSegments(directory: string): number[] {
  return readdirSync(directory)
    .map((name) => NAME.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((left, right) => left - right);
}

export function encodeSegmentHeader(header: SegmentHeader): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const bytes = Buffer.alloc(PREFIX_BYTES + json.length);
  MAGIC.copy(bytes);
  bytes.writeUInt32LE(json.length, MAGIC.length);
  bytes.writeUInt32LE(crc32(json), MAGIC.length + 4);
  json.copy(bytes, PREFIX_BYTES);
  return bytes;
}

/** @returns Undefined when the bytes do not start with a whole header. */
export function decodeSegmentHeader(
  bytes: Buffer,
): { header: SegmentHeader; headerBytes: number } | undefined {
  if (bytes.length < PREFIX_BYTES || MAGIC.compare(bytes, 0, MAGIC.length) !== 0) return undefined;
  const length = bytes.readUInt32LE(MAGIC.length);
  const end = PREFIX_BYTES + length;
  if (length > MAX_HEADER_BYTES || end > bytes.length) return undefined;
  const json = bytes.subarray(PREFIX_BYTES, end);
  if (crc32(json) !== bytes.readUInt32LE(MAGIC.length + 4)) return undefined;
  return { header: JSON.parse(json.toString()) as SegmentHeader, headerBytes: end };
}

export interface Damage {
  readonly path: string;
  readonly offset: number;
  readonly bytes: number;
  /** `torn-tail` is what a crash leaves and loses nothing that was confirmed; the rest is damage to the disk. */
  readonly kind: 'torn-tail' | 'damaged-middle' | 'damaged-header' | 'missing-frames';
}

export interface SegmentContent {
  /** Undefined when it is damaged. */
  readonly header: SegmentHeader | undefined;
  readonly frames: readonly LoggedFrame[];
  readonly damages: readonly Damage[];
  /** Up to where the file is worth keeping. */
  readonly validBytes: number;
}

/**
 * Reads one segment whole; a segment is bounded, so this is too.
 *
 * @param isLast A partial frame at the end of the last segment is a torn tail; anywhere else it is damage.
 */
export function readSegment(path: string, isLast: boolean, afterSequence: number): SegmentContent {
  const bytes = readFileSync(path);
  const frames: LoggedFrame[] = [];
  const damages: Damage[] = [];
  const start = decodeSegmentHeader(bytes);
  let offset = start?.headerBytes ?? 0;
  let previous = Math.max(afterSequence, start?.header.afterSequence ?? 0);
  let damagedHeader = start === undefined;
  for (;;) {
    const scan = damagedHeader
      ? { frames: [], consumedBytes: 0, rest: 'damaged' as const }
      : scanFrames(bytes.subarray(offset), previous);
    for (const frame of scan.frames) frames.push(frame);
    previous = scan.frames.at(-1)?.sequence ?? previous;
    offset += scan.consumedBytes;
    if (scan.rest === 'none' || scan.rest === 'zeros') break;
    const next = findNextFrame(bytes, offset + 1, previous);
    const end = next === -1 ? bytes.length : next;
    const kind = next === -1 && isLast ? 'torn-tail' : damagedHeader ? 'damaged-header' : 'damaged-middle';
    damages.push({ path, offset, bytes: end - offset, kind });
    damagedHeader = false;
    if (next === -1) break;
    offset = next;
  }
  return { header: start?.header, frames, damages, validBytes: offset };
}

/** Makes names in a directory survive a crash of the host. */
export function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Each file after the one before it; stops at the first that cannot be synced. */
export function syncInOrder(descriptors: readonly number[], done: (error: Error | null) => void): void {
  const [first, ...rest] = descriptors;
  if (first === undefined) {
    done(null);
    return;
  }
  fdatasync(first, (error) => {
    if (error === null) syncInOrder(rest, done);
    else done(error);
  });
}
