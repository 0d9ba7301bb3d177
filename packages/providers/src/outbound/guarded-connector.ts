/**
 * Connects to providers, and refuses peers with private addresses unless the operator allowed that very origin.
 *
 * The peer that is connected is checked, not the name: DNS can answer twice, differently. Nothing has been sent
 * by then. Redirects are never followed (undici's dispatch does not).
 */
import { buildConnector } from 'undici';
import { isPrivateAddress } from './private-address.ts';

export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
  readonly code = 'TOLLGATE_PRIVATE_ADDRESS';
}

export interface GuardOptions {
  readonly connectTimeoutMs: number;
  /** Origins as `URL.origin` writes them. */
  readonly allowedPrivateOrigins: ReadonlySet<string>;
}

/** @param origin Of all connections that this connector will make. */
export function guardedConnector(origin: string, options: GuardOptions): buildConnector.connector {
  const connect = buildConnector({ timeout: options.connectTimeoutMs, allowH2: false });
  if (options.allowedPrivateOrigins.has(origin)) return connect;
  return (target, callback) => {
    connect(target, (error, socket) => {
      // With an error the socket is undefined, whatever the types say.
      if (error !== null || socket === null) {
        callback(error ?? new Error('Cannot connect: no reason given'), null);
        return;
      }
      if (!isPrivateAddress(socket.remoteAddress ?? '')) {
        callback(null, socket);
        return;
      }
      socket.destroy();
      callback(new PrivateAddressError('Cannot connect to a provider: its address is private'), null);
    });
  };
}
