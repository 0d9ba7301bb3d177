/**
 * The bytes of a request: bounded by what arrives, not by what is announced, and in time. Whoever sends slowly keeps
 * memory and a place here busy for as long as they please.
 */
import { ApiProblem } from './problem.ts';

/** For a body of the usual size. */
export const BODY_WITHIN_MS = 30_000;
/** Large ones may take longer: as long as a line of 2 Mbit/s needs. */
const SLOWEST_BYTES_PER_MS = 256;

export interface BytesLimit {
  readonly maxBytes: number;
  /** What is read: “body”, “file”. */
  readonly what: string;
  readonly withinMs?: number | undefined;
}

/** @throws {ApiProblem} `request_too_large`, `request_timeout`. */
export async function readBytes(
  request: Request,
  { maxBytes, what, withinMs = BODY_WITHIN_MS }: BytesLimit,
): Promise<Buffer> {
  if (request.body === null) return Buffer.alloc(0);
  const reader = request.body.getReader();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () =>
      late.reject(new ApiProblem('request_timeout', `Cannot read the ${what}: it did not arrive in time`)),
    Math.max(withinMs, maxBytes / SLOWEST_BYTES_PER_MS),
  );
  try {
    return await collect(() => Promise.race([reader.read(), late.promise]), maxBytes, what);
  } catch (error) {
    // Not waited for: whoever sends nothing may not answer this either.
    reader.cancel(error).catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function collect(
  read: () => Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>,
  maxBytes: number,
  what: string,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await read();
    if (done || value === undefined) return Buffer.concat(chunks);
    length += value.byteLength;
    if (length > maxBytes) {
      throw new ApiProblem('request_too_large', `Cannot read the ${what}: at most ${maxBytes} bytes`);
    }
    chunks.push(value);
  }
}
