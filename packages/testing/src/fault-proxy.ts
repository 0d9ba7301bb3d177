/**
 * A TCP proxy on loopback that misbehaves on demand: slow, silent, cut, throttled.
 *
 * It works on bytes, so it stands before Postgres, Redis, a provider or a gateway alike. A changed mode holds at once
 * for open connections too. `blackhole` keeps bytes, as a network that comes back would deliver them.
 */
import { EventEmitter, once } from 'node:events';
import { connect as connectSocket, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Which way a fault works; `both` by default. */
export type FaultDirection = 'both' | 'to-target' | 'to-client';

export type FaultMode =
  | { readonly kind: 'pass' }
  /** Every byte arrives this much later; throughput stays. */
  | { readonly kind: 'delay'; readonly delayMs: number; readonly direction?: FaultDirection }
  /** Connections open, and then nothing arrives any more: no data, no end, no reset. */
  | { readonly kind: 'blackhole'; readonly direction?: FaultDirection }
  /** Open connections and new ones are reset. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number; readonly direction?: FaultDirection };

export type FaultProxyOptions = {
  /** `host:port`, or a URL such as `postgresql://…` or `redis://…`. */
  readonly target: string;
  readonly mode?: FaultMode;
};

export type FaultProxy = {
  readonly port: number;
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** The target's URL with this proxy's address in it; the address when the target was none. */
  readonly url: string;
  setMode(mode: FaultMode): void;
  /** How many client connections are open. */
  openConnections(): number;
  /** How many client connections there have been. */
  totalConnections(): number;
  /** Resets what is open; new connections follow the mode. */
  resetConnections(): void;
  stop(): Promise<void>;
};

const QUEUE_MAX_BYTES = 1024 * 1024;
const SLICES_PER_SECOND = 50;

/** Listens on a free port of 127.0.0.1 on return. */
export async function startFaultProxy({
  target,
  mode = { kind: 'pass' },
}: FaultProxyOptions): Promise<FaultProxy> {
  const { host, port: targetPort } = parseTarget(target);
  const state: ProxyState = { mode, changed: new EventEmitter(), sockets: new Set() };
  state.changed.setMaxListeners(0);
  let total = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    total++;
    acceptConnection(state, client, host, targetPort);
  });
  const port = await listen(server);
  const address = `127.0.0.1:${port}`;
  return {
    port,
    address,
    url: urlThrough(target, port),
    setMode: (next) => {
      state.mode = next;
      if (next.kind === 'reset') resetAll(state);
      state.changed.emit('mode');
    },
    openConnections: () => state.sockets.size,
    totalConnections: () => total,
    resetConnections: () => resetAll(state),
    stop: async () => {
      resetAll(state);
      state.mode = { kind: 'pass' };
      state.changed.emit('mode');
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

type ProxyState = { mode: FaultMode; readonly changed: EventEmitter; readonly sockets: Set<Socket> };

function acceptConnection(state: ProxyState, client: Socket, host: string, port: number): void {
  client.on('error', () => undefined);
  if (state.mode.kind === 'reset') {
    client.resetAndDestroy();
    return;
  }
  state.sockets.add(client);
  const upstream = connectSocket({ host, port, allowHalfOpen: true, noDelay: true });
  upstream.on('error', () => undefined);
  const end = () => {
    state.sockets.delete(client);
    // What is cut on one side is cut on the other, unless a black hole hides it.
    cut(client);
    cut(upstream);
  };
  client.once('close', end);
  upstream.once('close', () => {
    if (client.writableFinished) state.sockets.delete(client);
    void untilOpen(state, 'to-client', client).then(() => {
      if (!client.writableEnded) end();
    });
  });
  forward(state, client, upstream, 'to-target');
  forward(state, upstream, client, 'to-client');
}

/** One direction: reads into a short queue stamped with release times, and writes from it in order. */
function forward(state: ProxyState, from: Socket, to: Socket, direction: 'to-target' | 'to-client'): void {
  const queue: { chunk: Buffer | null; releaseAt: number }[] = [];
  let queuedBytes = 0;
  let writing = false;
  const write = async () => {
    if (writing) return;
    writing = true;
    for (let item = queue.shift(); item !== undefined && !to.destroyed; item = queue.shift()) {
      const waitMs = item.releaseAt - performance.now();
      if (waitMs > 0) await delay(waitMs);
      await untilOpen(state, direction, to);
      if (to.destroyed) break;
      if (item.chunk === null) to.end();
      else await writeAtRate(state, to, item.chunk, direction);
      queuedBytes -= item.chunk?.length ?? 0;
      if (queuedBytes < QUEUE_MAX_BYTES) from.resume();
    }
    writing = false;
  };
  const enqueue = (chunk: Buffer | null) => {
    queue.push({ chunk, releaseAt: performance.now() + delayOf(state.mode, direction) });
    queuedBytes += chunk?.length ?? 0;
    if (queuedBytes >= QUEUE_MAX_BYTES) from.pause();
    void write();
  };
  from.on('data', enqueue);
  from.once('end', () => enqueue(null));
}

async function writeAtRate(
  state: ProxyState,
  to: Socket,
  chunk: Buffer,
  direction: 'to-target' | 'to-client',
): Promise<void> {
  let rest = chunk;
  while (rest.length > 0 && !to.destroyed) {
    const rate =
      state.mode.kind === 'throttle' && appliesTo(state.mode, direction) ? state.mode.bytesPerSecond : 0;
    const size = rate > 0 ? Math.max(1, Math.floor(rate / SLICES_PER_SECOND)) : rest.length;
    const slice = rest.subarray(0, size);
    rest = rest.subarray(slice.length);
    if (!to.write(slice)) await Promise.race([once(to, 'drain'), once(to, 'close')]).catch(() => undefined);
    if (rate > 0) await delay((slice.length / rate) * 1_000);
    await untilOpen(state, direction, to);
  }
}

/** Returns once no black hole swallows this direction, or the socket has gone. */
async function untilOpen(state: ProxyState, direction: 'to-target' | 'to-client', to: Socket): Promise<void> {
  while (state.mode.kind === 'blackhole' && appliesTo(state.mode, direction) && !to.destroyed) {
    await new Promise<void>((resolve) => {
      const done = () => {
        state.changed.off('mode', done);
        to.off('close', done);
        resolve();
      };
      state.changed.on('mode', done);
      to.on('close', done);
    });
  }
}

function delayOf(mode: FaultMode, direction: 'to-target' | 'to-client'): number {
  return mode.kind === 'delay' && appliesTo(mode, direction) ? mode.delayMs : 0;
}

function appliesTo(
  mode: { readonly direction?: FaultDirection },
  direction: 'to-target' | 'to-client',
): boolean {
  return mode.direction === undefined || mode.direction === 'both' || mode.direction === direction;
}

function resetAll(state: ProxyState): void {
  for (const socket of state.sockets) cut(socket);
}

/**
 * A reset, unless the socket is just ending: the system refuses that, and Node keeps the handle then, open for ever, and
 * spins on it when the process would end.
 */
function cut(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

function parseTarget(target: string): { host: string; port: number } {
  const url = new URL(target.includes('://') ? target : `tcp://${target}`);
  const port = Number(url.port);
  if (!(port > 0))
    throw new Error(`Cannot start a fault proxy: the target must name a port, got ${url.host}`);
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port };
}

function urlThrough(target: string, port: number): string {
  if (!target.includes('://')) return `127.0.0.1:${port}`;
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return url.href;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address !== null && typeof address === 'object') resolve(address.port);
    });
  });
}
