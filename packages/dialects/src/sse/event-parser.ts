/**
 * Server-sent events, read incrementally from chunks that may be cut at any byte.
 *
 * Works on bytes held in Latin-1 strings (one character per byte), so that event data leaves as it came, valid
 * UTF-8 or not, and a character cut in two needs no care. Line ends are CRLF, LF or CR (WHATWG, 9.2.5). An
 * event that the stream's end leaves open is delivered: some providers omit the last blank line.
 */

/** One event. `data` and `event` hold bytes as Latin-1; decode with `decodeBytes` before reading text. */
export interface ServerSentEvent {
  /** Empty when the stream did not name it. */
  readonly event: string;
  readonly data: string;
}

/** The provider sent one event larger than allowed; the stream cannot be followed any further. */
export class EventTooLargeError extends RangeError {
  override readonly name = 'EventTooLargeError';
}

export interface EventParser {
  /** @throws {EventTooLargeError} */
  feed(chunk: Uint8Array): void;
  /** The stream has ended: delivers what is still open. */
  end(): void;
}

const LF = 10;
const CR = 13;
const SPACE = 32;
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';

/** @param maxEventBytes Bound on one event, its unfinished line included. */
export function createEventParser(
  onEvent: (event: ServerSentEvent) => void,
  maxEventBytes = 8 * 1024 * 1024,
): EventParser {
  /** Pieces of a line whose end has not arrived; joined once, so that tiny chunks cost no copying. */
  let linePieces: string[] = [];
  let lineBytes = 0;
  let skipLineFeed = false;
  let firstLine = true;
  let eventName = '';
  let data = '';
  let hasData = false;

  const deliver = (): void => {
    if (hasData) onEvent({ event: eventName, data });
    eventName = '';
    data = '';
    hasData = false;
  };

  const takeLine = (rawLine: string): void => {
    const line = firstLine && rawLine.startsWith(BYTE_ORDER_MARK) ? rawLine.slice(3) : rawLine;
    firstLine = false;
    if (line === '') {
      deliver();
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon === -1 ? line : line.slice(0, colon);
    if (field !== 'data' && field !== 'event') return;
    const value =
      colon === -1 ? '' : line.slice(line.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1);
    if (field === 'event') {
      eventName = value;
      return;
    }
    data = hasData ? `${data}\n${value}` : value;
    hasData = true;
  };

  const checkSize = (): void => {
    if (lineBytes + data.length > maxEventBytes) {
      throw new EventTooLargeError(`Cannot read an event: at most ${maxEventBytes} bytes, got more`);
    }
  };

  return {
    feed(chunk) {
      const text = latin1(chunk);
      let start = 0;
      if (skipLineFeed && text.length > 0) {
        skipLineFeed = false;
        if (text.charCodeAt(0) === LF) start = 1;
      }
      let nextLf = text.indexOf('\n', start);
      let nextCr = text.indexOf('\r', start);
      while (nextLf !== -1 || nextCr !== -1) {
        const end = nextCr === -1 || (nextLf !== -1 && nextLf < nextCr) ? nextLf : nextCr;
        const piece = text.slice(start, end);
        lineBytes += piece.length;
        checkSize();
        const line = linePieces.length === 0 ? piece : linePieces.join('') + piece;
        linePieces = [];
        lineBytes = 0;
        start = end + 1;
        if (text.charCodeAt(end) === CR) {
          if (start === text.length) skipLineFeed = true;
          else if (text.charCodeAt(start) === LF) start += 1;
        }
        takeLine(line);
        if (nextLf !== -1 && nextLf < start) nextLf = text.indexOf('\n', start);
        if (nextCr !== -1 && nextCr < start) nextCr = text.indexOf('\r', start);
      }
      if (start < text.length) {
        linePieces.push(start === 0 ? text : text.slice(start));
        lineBytes += text.length - start;
        checkSize();
      }
    },
    end() {
      if (linePieces.length > 0) takeLine(linePieces.join(''));
      linePieces = [];
      deliver();
    },
  };
}

/** The event in our own framing; every line break inside the data gets its own field. */
export function serializeEvent(event: ServerSentEvent): string {
  const name = event.event === '' ? '' : `event: ${event.event}\n`;
  const data = event.data.includes('\n') ? event.data.replaceAll('\n', '\ndata: ') : event.data;
  return `${name}data: ${data}\n\n`;
}

/** Bytes held as Latin-1, as the UTF-8 text they are. */
export function decodeBytes(latin1Text: string): string {
  return Buffer.from(latin1Text, 'latin1').toString('utf8');
}

/** Text as UTF-8 bytes held as Latin-1. */
export function encodeBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function latin1(chunk: Uint8Array): string {
  const bytes = Buffer.isBuffer(chunk)
    ? chunk
    : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  return bytes.toString('latin1');
}
