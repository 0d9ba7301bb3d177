/** Prometheus on a port of its own, which never faces clients; with a token where one is configured. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';

export interface MetricsServerOptions {
  /** The text to answer with. */
  readonly collect: () => Promise<string>;
  readonly contentType: string;
  readonly token: string | undefined;
}

export function createMetricsServer({ collect, contentType, token }: MetricsServerOptions): Server {
  const expected = token === undefined ? undefined : digest(`Bearer ${token}`);
  return createServer((request, response) => {
    if (expected !== undefined && !timingSafeEqual(expected, digest(request.headers.authorization ?? ''))) {
      response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
      return;
    }
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    collect().then(
      (text) => response.writeHead(200, { 'content-type': contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
