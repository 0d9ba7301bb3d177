/**
 * Connects to providers, and refuses peers with private addresses unless the operator allowed that very origin.
 *
 * Two fences. An address is looked at before anything is sent to it, so that failures tell nobody which inner
 * hosts and ports answer. And the peer that is connected is checked, because that is the one that counts.
 * Redirects are never followed (undici's dispatch does not).
 */
import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { isPrivateAddress } from './private-address.ts';

export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
  readonly code = 'TOLLGATE_PRIVATE_ADDRESS';

  constructor() {
    super('Cannot connect to a provider: its address is private');
  }
}

export interface GuardOptions {
  readonly connectTimeoutMs: number;
  /** Origins as `URL.origin` writes them. */
  readonly allowedPrivateOrigins: ReadonlySet<string>;
}

/** @param origin Of all connections that this connector will make. */
export function guardedConnector(origin: string, options: GuardOptions): buildConnector.connector {
  const plain = { timeout: options.connectTimeoutMs, allowH2: false };
  if (options.allowedPrivateOrigins.has(origin)) return buildConnector(plain);
  const connect = buildConnector({ ...plain, lookup: lookUpPublic });
  return (target, callback) => {
    const host = target.hostname.replace(/^\[|\]$/g, '');
    // Addresses are not looked up.
    if (isIP(host) !== 0 && isPrivateAddress(host)) {
      queueMicrotask(() => callback(new PrivateAddressError(), null));
      return;
    }
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
      callback(new PrivateAddressError(), null);
    });
  };
}

/** The system's look-up without the private addresses in its answer; an error when no other is left. */
const lookUpPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    const addresses = error === null ? found.filter(({ address }) => !isPrivateAddress(address)) : [];
    const [first] = addresses;
    if (first === undefined) callback(error ?? new PrivateAddressError(), []);
    else if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};
