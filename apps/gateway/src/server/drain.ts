/**
 * Ends a server so that no client notices [G8]: what runs is finished, and what is on its way is still served.
 *
 * A client may send its next request in the moment in which we close its idle connection, and would see a reset. So
 * connections are not closed as soon as they are idle: each answer says `connection: close` from now on, and only those
 * that have been quiet for a while are closed from here. Node's own `close()` closes idle ones at once.
 */
import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { GatewayError } from '@tollgate/errors';
import type { ActiveExchanges } from '../active-exchanges.ts';

/** A request that was sent before its client could know arrives within this time. */
const QUIET_MS = 1_500;
const LAST_WORDS_MS = 2_000;

/** Resolves when no connection is left. Streams that outlast `drainTimeoutMs` end with an error event. */
export async function drain(server: Server, active: ActiveExchanges, drainTimeoutMs: number): Promise<void> {
  const deadlineMs = performance.now() + drainTimeoutMs;
  const leftMs = (): number => Math.max(0, deadlineMs - performance.now());
  let isClosed = false;
  const closed = new Promise<void>((resolve) => {
    NetServer.prototype.close.call(server, () => {
      isClosed = true;
      resolve();
    });
  });
  for (let isQuiet = false; !isQuiet && !isClosed && leftMs() > 0; ) {
    await within(active.idle(), leftMs());
    isQuiet = await staysQuiet(active, closed, Math.min(QUIET_MS, leftMs()));
  }
  server.closeIdleConnections();
  const error = new GatewayError('service_unavailable', 'The gateway is restarting; try again.');
  active.cut(() => true, error);
  await within(active.idle(), LAST_WORDS_MS);
  server.closeIdleConnections();
  await within(closed, LAST_WORDS_MS);
  server.closeAllConnections();
}

async function staysQuiet(active: ActiveExchanges, closed: Promise<void>, quietMs: number): Promise<boolean> {
  const before = active.startedCount;
  await within(closed, quietMs);
  return active.size === 0 && active.startedCount === before;
}

async function within(promise: Promise<void>, timeoutMs: number): Promise<void> {
  const timer = new AbortController();
  const timeout = delay(timeoutMs, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([promise, timeout]);
  timer.abort();
}
