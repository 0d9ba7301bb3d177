/**
 * What issuers say of themselves, and their keys. Metadata is read anew after ten minutes, keys by the rules of the library
 * (after five minutes, and for a key that is not known once a minute). Where an issuer does not answer, what it said last
 * counts for a day, so that its people still get in.
 */
import type { Clock } from '@tollgate/clock';
import type { GuardedAnswer } from '@tollgate/providers/outbound';
import {
  type AuthorizationServer,
  allowInsecureRequests,
  customFetch,
  discoveryRequest,
  processDiscoveryResponse,
} from 'oauth4webapi';
import { IdentityError } from '../identity-error.ts';
import { judgeMetadata, readMetadata } from './metadata.ts';
import {
  askOrExplain,
  MAX_KEPT_BYTES,
  misconfigured,
  type OidcFetch,
  type OidcNetwork,
  toResponse,
} from './network.ts';
import { RecentMap } from './recent-map.ts';

export interface KnownIssuer {
  /** The same object for as long as it is fresh: the library keeps keys by it. */
  readonly server: AuthorizationServer;
  readonly fetchKeys: OidcFetch;
}

interface Entry {
  readonly known: KnownIssuer;
  readonly readAtMs: number;
  readonly askAgainAtMs: number;
}

const FRESH_MS = 10 * 60_000;
const KEPT_MS = 86_400_000;
/** So that not everybody who signs in waits for an issuer that does not answer. */
const AWAY_MS = 60_000;
const MAX_ISSUERS = 500;

/** @returns What finds an issuer; it throws {IdentityError} `provider_unreachable`, `provider_misconfigured`. */
export function createKnownIssuers(
  network: OidcNetwork,
  clock: Clock,
): (issuer: string) => Promise<KnownIssuer> {
  const entries = new RecentMap<Entry>(MAX_ISSUERS);
  const pending = new Map<string, Promise<KnownIssuer>>();

  async function read(issuer: string, kept: Entry | undefined): Promise<KnownIssuer> {
    const nowMs = clock.nowMs();
    try {
      const server = await discover(network, issuer);
      const sameKeys = kept?.known.server.jwks_uri === server.jwks_uri ? kept?.known.fetchKeys : undefined;
      const known = { server, fetchKeys: sameKeys ?? keysFetch(network, clock) };
      entries.set(issuer, { known, readAtMs: nowMs, askAgainAtMs: nowMs + FRESH_MS });
      return known;
    } catch (error) {
      const lostAtMs = (kept?.readAtMs ?? Number.NEGATIVE_INFINITY) + KEPT_MS;
      if (kept === undefined || !isAway(error) || nowMs >= lostAtMs) throw error;
      entries.set(issuer, { ...kept, askAgainAtMs: Math.min(nowMs + AWAY_MS, lostAtMs) });
      return kept.known;
    }
  }

  return (issuer) => {
    const kept = entries.get(issuer);
    if (kept !== undefined && clock.nowMs() < kept.askAgainAtMs) return Promise.resolve(kept.known);
    const running = pending.get(issuer) ?? read(issuer, kept).finally(() => pending.delete(issuer));
    pending.set(issuer, running);
    return running;
  };
}

async function discover(network: OidcNetwork, issuer: string): Promise<AuthorizationServer> {
  const url = URL.parse(issuer);
  if (url === null) throw misconfigured('its issuer is no URL');
  const response = await discoveryRequest(url, {
    [customFetch]: async (address, request) =>
      toResponse(await askOrExplain(network, address, request, MAX_KEPT_BYTES)),
    // Which addresses may do without TLS is for the guard, by origin.
    [allowInsecureRequests]: true,
  });
  const found = await processDiscoveryResponse(url, response).catch((error: Error) => {
    throw misconfigured(`its metadata, ${error.message} (${response.status})`);
  });
  // The library takes addresses that only mean the same; tokens are compared to the letter.
  const [problem] = judgeMetadata(issuer, found, network);
  if (problem !== undefined) throw misconfigured(`${problem.field} ${problem.message}`);
  return readMetadata(found);
}

/** Keeps the last answer for the time in which there is none. */
function keysFetch(network: OidcNetwork, clock: Clock): OidcFetch {
  let last: { readonly answer: GuardedAnswer; readonly readAtMs: number } | undefined;
  return async (url, request) => {
    const nowMs = clock.nowMs();
    try {
      const answer = await askOrExplain(network, url, request, MAX_KEPT_BYTES);
      if (answer.status === 200) last = { answer, readAtMs: nowMs };
      return toResponse(answer);
    } catch (error) {
      if (last === undefined || !isAway(error) || nowMs - last.readAtMs >= KEPT_MS) throw error;
      return toResponse(last.answer);
    }
  };
}

function isAway(error: unknown): boolean {
  return error instanceof IdentityError && error.code === 'provider_unreachable';
}
