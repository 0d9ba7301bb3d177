/** Where a credential's requests go; parsed once per credential and endpoint, not once per request. */
import { type UpstreamAddress, upstreamAddress } from '@tollgate/providers';
import type { CredentialEntry } from '../policy/policy.ts';

/** Entries are replaced as a whole when they change, so that what is kept for one never goes stale. */
const known = new WeakMap<CredentialEntry, Map<string, UpstreamAddress>>();

/** @param path Of the endpoint below the base URL, such as `/chat/completions`. */
export function addressOf(credential: CredentialEntry, path: string): UpstreamAddress {
  let addresses = known.get(credential);
  if (addresses === undefined) {
    addresses = new Map();
    known.set(credential, addresses);
  }
  let address = addresses.get(path);
  if (address === undefined) {
    address = upstreamAddress(credential.baseUrl, path);
    addresses.set(path, address);
  }
  return address;
}
