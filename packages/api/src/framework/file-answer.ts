/** Files as answers: named, never cached, never sniffed. */
import { Readable } from 'node:stream';

export interface FileToSend {
  readonly stream: Readable;
  /** Free of quotes and line breaks. */
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes?: number;
  readonly sha256?: string;
}

/** Read no faster than the client takes it; a client that leaves ends the reading. */
export function fileAnswer({ stream, fileName, contentType, bytes, sha256 }: FileToSend): Response {
  return new Response(Readable.toWeb(stream) as ReadableStream<Uint8Array>, {
    headers: {
      'content-type': contentType,
      'content-disposition': `attachment; filename="${fileName}"`,
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
      ...(bytes === undefined ? {} : { 'content-length': String(bytes) }),
      ...(sha256 === undefined ? {} : { etag: `"${sha256}"` }),
    },
  });
}
