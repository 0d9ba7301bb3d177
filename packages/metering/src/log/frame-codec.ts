/**
 * Frames as bytes: length, checksum, sequence, JSON.
 *
 *   u32 payload bytes | u32 CRC-32 of sequence and payload | u64 sequence | payload (UTF-8 JSON)
 *
 * All little-endian. Not here: files and when they are written (log.ts), what frames mean (frame.ts).
 */
import { crc32 } from 'node:zlib';
import type { Frame } from '../frame.ts';
import { frameToJson } from './frame-json.ts';

export const FRAME_HEADER_BYTES = 16;
/** A frame that claims more is damage. */
export const MAX_PAYLOAD_BYTES = 1024 * 1024;

export interface LoggedFrame {
  readonly sequence: number;
  readonly frame: Frame;
  /** Of its JSON. */
  readonly bytes: number;
}

/** Frames that wait for one write. Grows as needed and shrinks back when it was emptied. */
export class FrameBuffer {
  #buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @returns The bytes of its JSON. @throws {RangeError} The frame is larger than any frame may be. */
  add(sequence: number, frame: Frame): number {
    const json = frameToJson(frame);
    // A UTF-16 unit takes at most three bytes of UTF-8.
    this.#reserve(FRAME_HEADER_BYTES + json.length * 3);
    const start = this.#length;
    const payloadBytes = this.#buffer.write(json, start + FRAME_HEADER_BYTES, 'utf8');
    if (payloadBytes > MAX_PAYLOAD_BYTES) {
      throw new RangeError(
        `Cannot log the frame: it must have at most ${MAX_PAYLOAD_BYTES} bytes, got ${payloadBytes}`,
      );
    }
    const end = start + FRAME_HEADER_BYTES + payloadBytes;
    this.#buffer.writeUInt32LE(payloadBytes, start);
    this.#buffer.writeUInt32LE(sequence % 0x1_0000_0000, start + 8);
    this.#buffer.writeUInt32LE(Math.floor(sequence / 0x1_0000_0000), start + 12);
    this.#buffer.writeUInt32LE(crc32(this.#buffer.subarray(start + 8, end)), start + 4);
    this.#length = end;
    return payloadBytes;
  }

  /** The bytes so far; valid until the next `add` or `clear`. */
  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
    if (this.#buffer.length > SHRINK_ABOVE_BYTES) this.#buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + bytes));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

const INITIAL_BYTES = 256 * 1024;
const SHRINK_ABOVE_BYTES = 4 * 1024 * 1024;

export interface Scan {
  readonly frames: readonly LoggedFrame[];
  /** How many bytes of the input are whole frames. */
  readonly consumedBytes: number;
  /** What follows: nothing, part of a frame, zeros that were only preallocated, or bytes that are no frame. */
  readonly rest: 'none' | 'partial' | 'zeros' | 'damaged';
}

/**
 * Reads whole frames from the start of `bytes` until they end or are no frames any more.
 *
 * @param afterSequence Every frame must have a larger sequence than the one before it, and than this.
 */
export function scanFrames(bytes: Buffer, afterSequence: number): Scan {
  const frames: LoggedFrame[] = [];
  let offset = 0;
  let previous = afterSequence;
  for (;;) {
    const result = readFrame(bytes, offset, previous);
    if (typeof result === 'string') return { frames, consumedBytes: offset, rest: result };
    frames.push(result.logged);
    previous = result.logged.sequence;
    offset = result.end;
  }
}

/**
 * The whole frames whose JSON holds `needle`, without reading the others.
 *
 * @param fromOffset Where a frame begins. Stops at what is no whole frame: the end of what is written so far.
 */
export function framesHolding(bytes: Buffer, fromOffset: number, needle: Buffer): Frame[] {
  const found: Frame[] = [];
  let hit = bytes.indexOf(needle, fromOffset);
  let offset = fromOffset;
  while (hit !== -1 && offset + FRAME_HEADER_BYTES <= bytes.length) {
    const end = offset + FRAME_HEADER_BYTES + bytes.readUInt32LE(offset);
    if (end > bytes.length || end === offset + FRAME_HEADER_BYTES) break;
    if (hit < end) {
      const result = readFrame(bytes, offset, 0);
      if (typeof result === 'string') break;
      found.push(result.logged.frame);
      hit = bytes.indexOf(needle, end);
    }
    offset = end;
  }
  return found;
}

/** Looks for the next frame behind damage, byte by byte. @returns Its offset, or -1. */
export function findNextFrame(bytes: Buffer, fromOffset: number, afterSequence: number): number {
  const last = bytes.length - FRAME_HEADER_BYTES;
  for (let offset = fromOffset; offset <= last; offset++) {
    // Frames are small and sequences dense: cheap tests first, the checksum decides.
    const length = bytes.readUInt32LE(offset);
    if (length < 2 || length > MAX_PAYLOAD_BYTES || offset + FRAME_HEADER_BYTES + length > bytes.length)
      continue;
    if (bytes[offset + FRAME_HEADER_BYTES] !== OPENING_BRACE) continue;
    if (typeof readFrame(bytes, offset, afterSequence) !== 'string') return offset;
  }
  return -1;
}

const OPENING_BRACE = 0x7b;

function readFrame(
  bytes: Buffer,
  offset: number,
  previous: number,
): { logged: LoggedFrame; end: number } | Scan['rest'] {
  if (offset === bytes.length) return 'none';
  if (offset + FRAME_HEADER_BYTES > bytes.length) {
    return isZero(bytes, offset) ? 'zeros' : 'partial';
  }
  const length = bytes.readUInt32LE(offset);
  if (length === 0) return isZero(bytes, offset) ? 'zeros' : 'damaged';
  if (length > MAX_PAYLOAD_BYTES) return 'damaged';
  const end = offset + FRAME_HEADER_BYTES + length;
  if (end > bytes.length) return 'partial';
  if (crc32(bytes.subarray(offset + 8, end)) !== bytes.readUInt32LE(offset + 4)) return 'damaged';
  const sequence = bytes.readUInt32LE(offset + 12) * 0x1_0000_0000 + bytes.readUInt32LE(offset + 8);
  if (sequence <= previous) return 'damaged';
  const frame = parseFrame(bytes.toString('utf8', offset + FRAME_HEADER_BYTES, end));
  if (frame === undefined) return 'damaged';
  return { logged: { sequence, frame, bytes: length }, end };
}

const KINDS: ReadonlySet<unknown> = new Set<Frame['kind']>(['dispatch', 'progress', 'settle', 'request']);

/** What our own process wrote and a checksum covers is trusted beyond its kind. */
function parseFrame(json: string): Frame | undefined {
  try {
    const value: unknown = JSON.parse(json);
    const known = typeof value === 'object' && value !== null && 'kind' in value && KINDS.has(value.kind);
    return known ? (value as Frame) : undefined;
  } catch {
    return undefined; // Reported as damage by the caller.
  }
}

function isZero(bytes: Buffer, from: number): boolean {
  for (let i = from; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}
