/** Who is asking: the key from a header, found in memory or looked up, and whether it is still good. */
import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '@tollgate/errors';
import { isKeySecret } from '@tollgate/keys';
import type { FoundKey } from '../../policy/found-key.ts';
import type { Services } from '../../services.ts';
import type { Exchange } from '../exchange.ts';

/** Names under which clients of several dialects put keys into URLs, where every proxy would log them. */
const KEY_IN_QUERY = /[?&](?:key|api[-_]?key|access_token|token)=|=tg[kas]_/i;

export function authenticate(exchange: Exchange, services: Services): void | Promise<void> {
  const { request } = exchange;
  if (request.url?.includes('?') === true && holdsKey(request.url)) {
    throw invalidKey('keys in query strings are refused, because they end up in logs; send a header instead');
  }
  const text = presentedKey(request.headers);
  if (text === '') throw invalidKey('send it as "Authorization: Bearer tgk_…"');
  if (!services.policy.remembers(text) && !isKeySecret(text))
    throw invalidKey('it does not have the form of a Tollgate key, or has a typing error');
  const found = services.policy.find(text, exchange.clientAddress);
  if (found instanceof Promise) return found.then((later) => accept(exchange, later, services));
  return accept(exchange, found, services);
}

/** Anybody may ask this of the longest URL there is: it must take time as its length only. */
export function holdsKey(url: string): boolean {
  return KEY_IN_QUERY.test(url);
}

/** The first that is there: bearer, then the names other dialects use. */
export function presentedKey(headers: IncomingHttpHeaders): string {
  const { authorization } = headers;
  if (authorization !== undefined) {
    // As every SDK writes it; the pattern below takes what the standard allows besides.
    if (authorization.startsWith('Bearer tgk_') && !authorization.endsWith(' '))
      return authorization.slice(7);
    const match = /^bearer +(\S.*)$/i.exec(authorization);
    return match?.[1]?.trimEnd() ?? '';
  }
  for (const name of ['x-api-key', 'x-goog-api-key', 'api-key']) {
    const value = headers[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return '';
}

function accept(exchange: Exchange, found: FoundKey, services: Services): void {
  switch (found.kind) {
    case 'unknown':
      throw invalidKey('there is no such key');
    case 'unavailable':
      throw new GatewayError('service_unavailable', 'Cannot check the key now; try again.', {
        retryAfterMs: found.reason === 'shed' ? 2_000 : 1_000,
      });
    case 'found':
      break;
  }
  const { key } = found;
  if (key.revoked) throw new GatewayError('key_revoked', 'Cannot use the key: it was revoked.');
  if (key.expiresAtMs <= services.clock.nowMs()) {
    const expiredAt = new Date(key.expiresAtMs).toISOString();
    throw new GatewayError('key_expired', `Cannot use the key: it expired at ${expiredAt}.`);
  }
  // Before the key is told of: who is refused for load must cost next to nothing, so nothing is written of it.
  exchange.share = services.load.enter(key.keyId, key.organizationId);
  exchange.key = key;
  exchange.organization = found.organization;
  exchange.platform = found.platform;
}

function invalidKey(reason: string): GatewayError {
  return new GatewayError('invalid_api_key', `Cannot use the key: ${reason}.`);
}
