/** What one request said and what it got, as far as it is kept. */

/** Of each side; what is longer is cut there. */
export const MAX_BODY_BYTES = 256 * 1024;
export const MAX_RETENTION_DAYS = 30;

export interface PayloadBody {
  readonly contentType: string;
  /** The first `MAX_BODY_BYTES` bytes of it. */
  readonly text: string;
  /** As it was sent. */
  readonly bytes: number;
  readonly isCut: boolean;
}

export interface Payload {
  /** Null: no text, such as an upload. */
  readonly request: PayloadBody | null;
  /** Null: no text, such as speech; or nothing was answered. */
  readonly response: PayloadBody | null;
}

const TEXT = /^(?:application\/(?:[\w.+-]*\+)?json|application\/x-ndjson|text\/[\w.+-]+)\s*(?:;|$)/i;

/** Whether bodies of that type can be kept: JSON, streams of events, plain text. */
export function isText(contentType: string): boolean {
  return TEXT.test(contentType);
}

/**
 * @param head Its beginning; what is beyond `MAX_BODY_BYTES` is not looked at. @param bytes How long all of it is.
 * @returns Null: no text.
 */
export function bodyOf(contentType: string, head: Buffer, bytes = head.length): PayloadBody | null {
  if (!isText(contentType)) return null;
  const isCut = bytes > Math.min(head.length, MAX_BODY_BYTES);
  // A stream's decoder holds back a character that has not ended: what is cut there is left out.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const text = decoder.decode(head.subarray(0, MAX_BODY_BYTES), { stream: isCut });
  return { contentType, text, bytes, isCut };
}
