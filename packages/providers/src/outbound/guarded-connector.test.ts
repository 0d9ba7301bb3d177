import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guardedConnector } from './guarded-connector.ts';

const server = createServer((socket) => {
  connections += 1;
  socket.destroy();
});
let connections = 0;
let port = 0;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as { port: number }).port;
});
afterAll(() => server.close());

/** @returns The code of the refusal; `connected` without one. */
function connect(hostname: string, atPort: number, allowed: readonly string[] = []): Promise<string> {
  const origin = `http://${hostname}:${atPort}`;
  const connector = guardedConnector(origin, {
    connectTimeoutMs: 2_000,
    allowedPrivateOrigins: new Set(allowed),
  });
  return new Promise((resolve) => {
    connector({ hostname, host: hostname, protocol: 'http:', port: String(atPort) }, (error, socket) => {
      socket?.destroy();
      resolve(error === null ? 'connected' : String((error as { code?: unknown }).code));
    });
  });
}

describe('guardedConnector()', () => {
  it.each(['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]'])(
    '[X4] does not even knock at %s, so that nobody learns which ports are open inside',
    async (hostname) => {
      const before = connections;
      const closedPort = 1;
      expect(await connect(hostname, port)).toBe('TOLLGATE_PRIVATE_ADDRESS');
      expect(await connect(hostname, closedPort)).toBe('TOLLGATE_PRIVATE_ADDRESS');
      expect(connections).toBe(before);
    },
  );

  it('connects to a private origin that the operator allowed, and to no other port of it', async () => {
    const allowed = [`http://127.0.0.1:${port}`];
    expect(await connect('127.0.0.1', port, allowed)).toBe('connected');
    expect(await connect('127.0.0.1', port + 1, allowed)).toBe('TOLLGATE_PRIVATE_ADDRESS');
  });
});
