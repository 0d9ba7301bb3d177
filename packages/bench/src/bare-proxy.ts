/**
 * The yardstick: a proxy that does nothing but pass bytes, with `node:http` and undici's dispatch. Runs as a
 * process of its own; prints its port.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';

const [upstream = '', apiKey = ''] = process.argv.slice(2);
const pool = new Pool(upstream, { pipelining: 1, allowH2: false, headersTimeout: 0, bodyTimeout: 0 });

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    pool.dispatch(
      {
        path: request.url ?? '/',
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
        body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks),
      },
      {
        onRequestStart() {},
        onResponseStart(_controller, status, headers) {
          const passed: Record<string, string | string[]> = { 'content-type': headers['content-type'] ?? '' };
          if (headers['content-length'] !== undefined) passed['content-length'] = headers['content-length'];
          response.writeHead(status, passed);
        },
        onResponseData(_controller, chunk) {
          response.write(chunk);
        },
        onResponseEnd() {
          response.end();
        },
        onResponseError() {
          response.destroy();
        },
      },
    );
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
