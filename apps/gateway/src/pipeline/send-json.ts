import type { ServerResponse } from 'node:http';

/** A whole JSON answer. @param headers Names and values in turns. */
export function sendJson(
  response: ServerResponse,
  status: number,
  headers: readonly string[],
  body: unknown,
): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, [
    ...headers,
    'content-type',
    'application/json',
    'content-length',
    String(Buffer.byteLength(text)),
  ]);
  response.end(text);
}
