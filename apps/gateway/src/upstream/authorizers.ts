/**
 * Signatures and bought tokens for those providers that want them. An authorizer lives as long as its credential's
 * version, because it may hold a token; all others are a header that is known beforehand.
 */
import {
  createAuthorizer,
  type Provider,
  type TokenFetch,
  type UpstreamAuthorizer,
} from '@tollgate/providers';
import type { UpstreamRequest } from '../attempts/upstream-call.ts';
import type { CredentialEntry } from '../policy/policy.ts';

export type AuthorizeRequest = (
  credential: CredentialEntry,
  provider: Provider,
  request: Omit<UpstreamRequest, 'dispatcher'> & { readonly origin: string; readonly nowMs: number },
) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;

const NO_BODY = new Uint8Array();

/** @param fetchToken Obeys the rules for outbound connections. */
export function createAuthorizeRequest(fetchToken: TokenFetch): AuthorizeRequest {
  /** Entries are replaced as a whole when they change. */
  const known = new WeakMap<CredentialEntry, UpstreamAuthorizer>();
  return (credential, provider, request) => {
    const { kind } = provider.authentication;
    if (kind !== 'aws-sigv4' && kind !== 'google-oauth') return request.headers;
    let authorizer = known.get(credential);
    if (authorizer === undefined) {
      authorizer = createAuthorizer(provider, credential.secret, { fetchToken }, credential.region);
      known.set(credential, authorizer);
    }
    return authorizer.authorize({ ...request, body: request.body ?? NO_BODY });
  };
}
