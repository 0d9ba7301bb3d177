/**
 * How a credential's requests are addressed and authorized; worked out once per credential, not once per request.
 */
import {
  type AddressedModel,
  credentialHeaders,
  credentialSecrets,
  endpointAddress,
  type Provider,
  type UpstreamAddress,
  type UpstreamPlan,
} from '@tollgate/providers';
import type { CredentialEntry } from '../policy/policy.ts';

interface CredentialAccess {
  readonly addresses: Map<string, UpstreamAddress>;
  readonly headers: Readonly<Record<string, string>>;
  /** To be masked wherever a provider repeats one. */
  readonly secrets: readonly string[];
}

/** Entries are replaced as a whole when they change, so that what is kept for one never goes stale. */
const known = new WeakMap<CredentialEntry, CredentialAccess>();
/** Models of a credential without a list are as many as callers can name. */
const MAX_ADDRESSES = 1_000;

function accessOf(credential: CredentialEntry, provider: Provider): CredentialAccess {
  let access = known.get(credential);
  if (access === undefined) {
    access = {
      addresses: new Map(),
      headers: credentialHeaders(provider, credential.secret),
      secrets: credentialSecrets(provider, credential.secret),
    };
    known.set(credential, access);
  }
  return access;
}

/** @throws {RangeError} The provider has no such endpoint: a plan that cannot be. */
export function addressOf(
  credential: CredentialEntry,
  provider: Provider,
  plan: Pick<UpstreamPlan, 'endpoint' | 'stream' | 'pathSuffix'>,
  model: string,
): UpstreamAddress {
  const { addresses } = accessOf(credential, provider);
  const name = `${plan.stream ? 's' : 'w'} ${plan.endpoint} ${model}`;
  let address = addresses.get(name);
  if (address === undefined) {
    const addressed: AddressedModel = { model, stream: plan.stream };
    address = endpointAddress(provider, credential, plan.endpoint, addressed);
    if (address === undefined) throw new RangeError(`Cannot call ${provider.id}: it has no ${plan.endpoint}`);
    if (addresses.size >= MAX_ADDRESSES) addresses.clear();
    addresses.set(name, address);
  }
  if (plan.pathSuffix === '') return address;
  return { origin: address.origin, path: withSuffix(address.path, plan.pathSuffix) };
}

/** Ids belong to the path, and queries to the one query that there is. */
function withSuffix(path: string, suffix: string): string {
  const query = path.indexOf('?');
  if (query === -1) return path + suffix;
  const [id = '', more = ''] = suffix.split('?');
  return `${path.slice(0, query)}${id}${path.slice(query)}${more === '' ? '' : `&${more}`}`;
}

/**
 * Everything sent besides the body, but for signatures and bought tokens. The client's own headers never pass, other
 * than those that the plan names.
 *
 * @param attemptName Our id of this attempt: a provider that keeps it can be asked about it, and its bill be matched.
 */
export function requestHeaders(
  credential: CredentialEntry,
  provider: Provider,
  plan: Pick<UpstreamPlan, 'headers' | 'stream' | 'method'>,
  attemptName: string,
): Record<string, string> {
  const headers: Record<string, string> = {
    accept: plan.stream ? streamType(provider) : 'application/json',
    // Never compressed: a bomb cannot hide, and event boundaries arrive when they are written.
    'accept-encoding': 'identity',
    'user-agent': 'tollgate',
    'x-client-request-id': attemptName,
    ...accessOf(credential, provider).headers,
    ...plan.headers,
  };
  if (plan.method === 'POST') headers['content-type'] ??= 'application/json';
  return headers;
}

function streamType({ authentication }: Provider): string {
  return authentication.kind === 'aws-sigv4' ? 'application/vnd.amazon.eventstream' : 'text/event-stream';
}

/** What is masked in the provider's words. */
export function secretsOf(credential: CredentialEntry, provider: Provider): readonly string[] {
  return accessOf(credential, provider).secrets;
}
