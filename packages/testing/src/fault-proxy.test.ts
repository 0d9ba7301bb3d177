import { connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { waitFor } from './wait-for.ts';

/** Answers every chunk with itself, and remembers how connections ended. */
async function startEcho() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Cannot listen');
  return {
    target: `127.0.0.1:${address.port}`,
    sockets,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function openClient(port: number) {
  const state = { received: Buffer.alloc(0), closed: false, errorCode: undefined as string | undefined };
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('data', (chunk: Buffer) => {
    state.received = Buffer.concat([state.received, chunk]);
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    state.errorCode = error.code;
  });
  socket.on('close', () => {
    state.closed = true;
  });
  return { socket, state };
}

describe('startFaultProxy()', () => {
  let echo: Awaited<ReturnType<typeof startEcho>>;
  let proxy: FaultProxy;

  beforeEach(async () => {
    echo = await startEcho();
    proxy = await startFaultProxy({ target: echo.target });
  });
  afterEach(async () => {
    await proxy.stop();
    echo.stop();
  });

  it('passes bytes in both directions and the end of a stream', async () => {
    const { socket, state } = openClient(proxy.port);
    const sent = Buffer.alloc(3_000_000, 'x');
    socket.end(sent);
    await waitFor(() => state.closed);
    expect(state.received.equals(sent)).toBe(true);
    expect(state.errorCode).toBeUndefined();
    await waitFor(() => proxy.openConnections() === 0);
    expect(proxy.totalConnections()).toBe(1);
  });

  it('delays bytes without lowering throughput', async () => {
    proxy.setMode({ kind: 'delay', delayMs: 100, direction: 'to-client' });
    const { socket, state } = openClient(proxy.port);
    const startedAt = performance.now();
    for (let index = 0; index < 100; index++) socket.write('0123456789');
    await waitFor(() => state.received.length === 1_000);
    const elapsedMs = performance.now() - startedAt;
    expect(elapsedMs).toBeGreaterThanOrEqual(98);
    // One after the other it is ten seconds.
    expect(elapsedMs).toBeLessThan(8_000);
    socket.destroy();
  });

  it('delivers nothing while it is a black hole, and everything afterwards', async () => {
    const { socket, state } = openClient(proxy.port);
    socket.write('before ');
    await waitFor(() => state.received.toString() === 'before ');
    proxy.setMode({ kind: 'blackhole' });
    socket.write('within');
    const other = openClient(proxy.port);
    await waitFor(() => proxy.openConnections() === 2);
    expect(state).toMatchObject({ closed: false, errorCode: undefined });
    expect(state.received.toString()).toBe('before ');
    proxy.setMode({ kind: 'pass' });
    await waitFor(() => state.received.toString() === 'before within');
    socket.destroy();
    other.socket.destroy();
  });

  it('hides the death of the target while it is a black hole', async () => {
    const { socket, state } = openClient(proxy.port);
    socket.write('x');
    await waitFor(() => state.received.length === 1);
    proxy.setMode({ kind: 'blackhole' });
    const [upstream] = echo.sockets;
    upstream?.destroy();
    await waitFor(() => upstream?.closed);
    expect(state.closed).toBe(false);
    proxy.setMode({ kind: 'pass' });
    await waitFor(() => state.closed);
    socket.destroy();
  });

  it('resets open and new connections', async () => {
    const { socket, state } = openClient(proxy.port);
    socket.write('x');
    await waitFor(() => state.received.length === 1);
    proxy.setMode({ kind: 'reset' });
    await waitFor(() => state.closed);
    expect(state.errorCode).toBe('ECONNRESET');
    const later = openClient(proxy.port);
    await waitFor(() => later.state.closed);
    expect(later.state.received.length).toBe(0);
    proxy.setMode({ kind: 'pass' });
    const healed = openClient(proxy.port);
    healed.socket.write('y');
    await waitFor(() => healed.state.received.toString() === 'y');
    healed.socket.destroy();
  });

  it('holds a rate when it throttles', async () => {
    proxy.setMode({ kind: 'throttle', bytesPerSecond: 20_000, direction: 'to-client' });
    const { socket, state } = openClient(proxy.port);
    const startedAt = performance.now();
    socket.write(Buffer.alloc(10_000));
    await waitFor(() => state.received.length === 10_000);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(400);
    socket.destroy();
  });

  it('closes the target when the client goes away', async () => {
    const { socket, state } = openClient(proxy.port);
    socket.write('x');
    await waitFor(() => state.received.length === 1);
    socket.destroy();
    await waitFor(() => echo.sockets[0]?.closed);
  });

  it('names itself in the URL of its target', async () => {
    const through = await startFaultProxy({ target: `redis://:secret@${echo.target}/7` });
    expect(through.url).toBe(`redis://:secret@127.0.0.1:${through.port}/7`);
    await through.stop();
  });
});
