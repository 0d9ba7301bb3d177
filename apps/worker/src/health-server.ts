/** On loopback: `GET /healthz`, 200 while every consumer takes jobs, else 503; `GET /metrics`. Nothing else. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WorkerHealth } from './worker-app.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** @param port 0 takes a free one. */
export async function startHealthServer(
  port: number,
  health: () => WorkerHealth,
  metrics: WorkerMetrics,
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    if (request.method === 'GET' && request.url === '/metrics') {
      response
        .writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
        .end(metrics.text());
      return;
    }
    if (request.method !== 'GET' || request.url !== '/healthz') {
      response.writeHead(404).end();
      return;
    }
    const report = health();
    response.writeHead(report.healthy ? 200 : 503, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
    });
    response.end(JSON.stringify(report));
  });
  server.requestTimeout = 5_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
