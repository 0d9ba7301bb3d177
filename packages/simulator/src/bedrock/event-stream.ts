/**
 * AWS event-stream frames: length, headers, payload and two checksums.
 *
 * https://docs.aws.amazon.com/transcribe/latest/dg/event-stream.html
 */
import { crc32 } from 'node:zlib';
import type { WireEvent } from '../wire/sse.ts';

const STRING_HEADER = 7;

/** One frame as text with one byte in each character. */
export function eventFrame({ event, data, isException = false }: WireEvent): string {
  const kind = isException ? 'exception' : 'event';
  const headers = Buffer.concat([
    header(`:${kind}-type`, event ?? 'chunk'),
    header(':content-type', 'application/json'),
    header(':message-type', kind),
  ]);
  return encodeFrame(headers, Buffer.from(data)).toString('latin1');
}

function header(name: string, value: string): Buffer {
  const text = Buffer.from(value);
  const head = Buffer.from([
    name.length,
    ...Buffer.from(name),
    STRING_HEADER,
    text.length >> 8,
    text.length & 0xff,
  ]);
  return Buffer.concat([head, text]);
}

export function encodeFrame(headers: Buffer, payload: Buffer): Buffer {
  const frame = Buffer.alloc(16 + headers.length + payload.length);
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt32BE(headers.length, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  headers.copy(frame, 12);
  payload.copy(frame, 12 + headers.length);
  frame.writeUInt32BE(crc32(frame.subarray(0, frame.length - 4)), frame.length - 4);
  return frame;
}
