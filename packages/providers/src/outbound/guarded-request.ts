/**
 * One request to an address that a tenant named, or that a tenant's server named: guarded at the connected peer, no
 * redirects, bounded in time and size.
 */
import { Client } from 'undici';
import { guardedConnector } from './guarded-connector.ts';

export interface GuardedRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For everything, the answer's last byte included. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Exact origins that may be private, and without TLS. */
  readonly allowedPrivateOrigins: readonly string[];
}

export interface GuardedAnswer {
  readonly status: number;
  readonly text: string;
}

export class InsecureAddressError extends Error {
  override readonly name = 'InsecureAddressError';
  readonly code = 'TOLLGATE_NOT_HTTPS';

  constructor() {
    super('Cannot connect: the address must begin with https://');
  }
}

/** @throws what the connection fails with; `PrivateAddressError`, `InsecureAddressError`. */
export async function guardedRequest(request: GuardedRequest): Promise<GuardedAnswer> {
  const { url, method = 'GET', headers = {}, body, timeoutMs, maxBytes, allowedPrivateOrigins } = request;
  const target = new URL(url);
  if (target.protocol !== 'https:' && !allowedPrivateOrigins.includes(target.origin)) {
    throw new InsecureAddressError();
  }
  const client = new Client(target.origin, {
    connect: guardedConnector(target.origin, {
      connectTimeoutMs: timeoutMs,
      allowedPrivateOrigins: new Set(allowedPrivateOrigins),
    }),
    maxResponseSize: maxBytes,
  });
  try {
    const answer = await client.request({
      method,
      path: `${target.pathname}${target.search}`,
      headers: { accept: 'application/json', 'user-agent': 'Tollgate/1', ...headers },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: answer.statusCode, text: await answer.body.text() };
  } finally {
    await client.destroy();
  }
}
