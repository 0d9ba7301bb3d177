/** TXT records, by the servers that the operator names or those of the system. */
import { Resolver } from 'node:dns/promises';

/** @returns The texts that stand under the name; none where there is no such record. @throws where nobody knows. */
export type LookUpTxt = (name: string) => Promise<readonly string[]>;

const TIMEOUT_MS = 1_500;
const TRIES = 2;
const NO_RECORD = new Set(['ENOTFOUND', 'ENODATA']);
/** An answer holds as many as fit: somebody's zone must not fill our memory. */
const MAX_TEXTS = 100;

/** @param servers Addresses, with a port where it is not 53; none: those of the system. */
export function dnsLookUp(servers: readonly string[]): LookUpTxt {
  return async (name) => {
    // One for each look-up: one that was cancelled, or whose servers changed, is nobody else's.
    const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
    if (servers.length > 0) resolver.setServers(servers);
    try {
      const records = await resolver.resolveTxt(name);
      // A text of more than 255 bytes comes in pieces.
      return records.slice(0, MAX_TEXTS).map((pieces) => pieces.join(''));
    } catch (error) {
      if (NO_RECORD.has(String((error as { code?: unknown }).code))) return [];
      throw error;
    }
  };
}
