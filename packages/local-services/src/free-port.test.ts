import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { findFreePort, isPortFree } from './free-port.ts';

async function listen(host: string) {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Cannot listen');
  return { port: address.port, [Symbol.dispose]: () => void server.close() };
}

describe('findFreePort()', () => {
  it.each(['127.0.0.1', '0.0.0.0'])('does not return the preferred port when %s has it', async (host) => {
    using taken = await listen(host);
    expect(await isPortFree(taken.port)).toBe(false);
    expect(await findFreePort(taken.port)).not.toBe(taken.port);
  });

  it('returns the preferred port when it is free', async () => {
    const port = await findFreePort();
    expect(await findFreePort(port)).toBe(port);
  });
});
