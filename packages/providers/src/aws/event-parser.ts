/**
 * AWS event streams (`application/vnd.amazon.eventstream`), read incrementally from chunks cut at any byte.
 *
 * Frames are decoded and their checksums verified by AWS's own codec; here they are only put together. What Bedrock's
 * invoke wraps (`chunk` events with base64 inside) is delivered as the model's own event, so that a reader of the
 * model's format sees what its own provider would have sent. Failures are events named `…Exception`.
 */
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { EventTooLargeError } from '@tollgate/dialects';

/** @param data Bytes as Latin-1. */
export type OnAwsEvent = (event: string, data: string) => void;

export interface AwsEventParser {
  /** @throws {EventTooLargeError} */
  feed(chunk: Uint8Array): void;
  /** The stream has ended; a frame that is cut off is not delivered. */
  end(): void;
}

/** A damaged frame; nothing behind it can be read. */
export const BROKEN_FRAME = 'brokenFrameException';

const PRELUDE_BYTES = 12;
const LEAST_FRAME_BYTES = 16;
const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8')),
  (text) => Buffer.from(text, 'utf8'),
);

/** @param maxEventBytes Bound on one frame. */
export function createAwsEventParser(onEvent: OnAwsEvent, maxEventBytes = 8 * 1024 * 1024): AwsEventParser {
  /** Joined only when a frame is complete, so that tiny chunks cost no copying. */
  let pieces: Buffer[] = [];
  let held = 0;
  /** Of the frame at hand; 0: its prelude has not arrived. */
  let frameBytes = 0;
  let broken = false;

  const giveUp = (): void => {
    broken = true;
    pieces = [];
    held = 0;
    onEvent(BROKEN_FRAME, '{"message":"The event stream is damaged."}');
  };

  const join = (): Buffer => {
    const [only] = pieces;
    const all = pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
    pieces = [all];
    return all;
  };

  const readLength = (): boolean => {
    if (frameBytes === 0 && held >= PRELUDE_BYTES) {
      frameBytes = join().readUInt32BE(0);
      if (frameBytes > maxEventBytes) {
        throw new EventTooLargeError(
          `Cannot read an event: at most ${maxEventBytes} bytes, got ${frameBytes}`,
        );
      }
      if (frameBytes < LEAST_FRAME_BYTES) giveUp();
    }
    return !broken && frameBytes > 0 && held >= frameBytes;
  };

  return {
    feed(chunk) {
      if (broken || chunk.length === 0) return;
      pieces.push(
        Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength),
      );
      held += chunk.length;
      while (readLength()) {
        const all = join();
        const frame = all.subarray(0, frameBytes);
        pieces = all.length === frameBytes ? [] : [all.subarray(frameBytes)];
        held -= frameBytes;
        frameBytes = 0;
        const decoded = decodeFrame(frame);
        if (decoded === undefined) giveUp();
        else onEvent(decoded.event, decoded.data);
      }
    },
    end() {
      pieces = [];
      held = 0;
    },
  };
}

interface DecodedFrame {
  readonly event: string;
  readonly data: string;
}

function decodeFrame(frame: Buffer): DecodedFrame | undefined {
  let message: ReturnType<EventStreamCodec['decode']>;
  try {
    message = codec.decode(frame);
  } catch {
    // The codec says only by throwing that a checksum or a header is wrong.
    return undefined;
  }
  const header = (name: string): string => {
    const value = message.headers[name]?.value;
    return typeof value === 'string' ? value : '';
  };
  const data = Buffer.from(message.body).toString('latin1');
  switch (header(':message-type')) {
    case 'exception':
      return { event: asFailure(header(':exception-type')), data: data === '' ? '{}' : data };
    case 'error':
      return {
        event: asFailure(header(':error-code')),
        data: JSON.stringify({ message: header(':error-message') }),
      };
    default: {
      const event = header(':event-type');
      return event === 'chunk' ? (unwrap(data) ?? { event, data }) : { event, data };
    }
  }
}

/** Readers know failures by the end of their name. */
function asFailure(name: string): string {
  return /(?:Exception|Error)$/.test(name) ? name.replace(/Error$/, 'Exception') : `${name}Exception`;
}

const TYPE_FIRST = /^\{"type":"(\w{1,64})"/;

/** @returns Undefined where it is not what invoke wraps. */
function unwrap(data: string): DecodedFrame | undefined {
  const { bytes } = (parse(data) ?? {}) as { bytes?: unknown };
  if (typeof bytes !== 'string') return undefined;
  const inner = Buffer.from(bytes, 'base64').toString('latin1');
  const type = TYPE_FIRST.exec(inner)?.[1] ?? (parse(inner) as { type?: unknown } | undefined)?.type;
  return { event: typeof type === 'string' ? type : '', data: inner };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}
