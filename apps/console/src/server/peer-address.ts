/**
 * Who is at the other end of the connection, in a way that no client can forge.
 *
 * Next hands route handlers a Request without its socket, and takes a client's own X-Forwarded-For as it is.
 * So every request that reaches this process gets a header of ours, overwritten, from its socket. Behind a
 * trusted proxy the last hop that it added counts instead.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/** Ours alone: what a client sends under this name is overwritten. */
export const PEER_HEADER = 'x-tollgate-peer';
const LISTENING = Symbol.for('tollgate.peer-address');

/** Once per process; called before the server answers anything. */
export function watchPeerAddresses(): void {
  const state = globalThis as { [LISTENING]?: boolean };
  if (state[LISTENING] === true) return;
  state[LISTENING] = true;
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage };
    request.headers[PEER_HEADER] = request.socket.remoteAddress ?? '';
  });
}

/** @param trustProxy Whether a proxy in front appends to X-Forwarded-For. @returns `unknown` if nobody says. */
export function clientAddress(request: Request, trustProxy: boolean): string {
  const forwarded = trustProxy
    ? request.headers.get('x-forwarded-for')?.split(',').at(-1)?.trim()
    : undefined;
  const address = forwarded || request.headers.get(PEER_HEADER) || 'unknown';
  return address.replace(/^::ffff:/, '').slice(0, 64);
}
