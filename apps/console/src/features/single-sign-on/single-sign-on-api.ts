'use client';
/** The domains and the identity provider of the organization: read, and changed. */
import type { Domain, IdentityProvider, IdentityProviderTest, SingleSignOn } from '@tollgate/api';
import { useApiMutation, useApiQuery } from '../../api/use-api.ts';

export const DOMAINS_PATH = '/domains';
export const PROVIDER_PATH = '/identity-provider';

/** Each tells of the other: who has to sign in by the provider is counted by domain. */
const BOTH = [DOMAINS_PATH, PROVIDER_PATH];

export type { Domain, IdentityProvider, IdentityProviderTest, SingleSignOn };

export interface ProviderInput {
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Left out, the stored one stays. */
  readonly clientSecret?: string;
  readonly enforced: boolean;
  readonly provisioning: boolean;
  readonly defaultRole: string;
}

export function useDomains() {
  return useApiQuery<{ readonly data: readonly Domain[] }>(DOMAINS_PATH);
}

export function useSingleSignOn() {
  return useApiQuery<SingleSignOn>(PROVIDER_PATH);
}

export interface AddDomain {
  readonly name: string;
  readonly idempotencyKey: string;
}

export function useAddDomain() {
  return useApiMutation<Domain, AddDomain>(
    ({ name, idempotencyKey }) => ({ path: DOMAINS_PATH, json: { name }, idempotencyKey }),
    { invalidates: BOTH },
  );
}

export function useVerifyDomain(id: string) {
  return useApiMutation<Domain>(() => ({ path: `${DOMAINS_PATH}/${id}/verify`, method: 'POST' }), {
    invalidates: BOTH,
    showsError: true,
  });
}

export function useRemoveDomain(id: string) {
  return useApiMutation<void>(() => ({ path: `${DOMAINS_PATH}/${id}`, method: 'DELETE' }), {
    invalidates: BOTH,
  });
}

export interface SaveProvider {
  readonly input: ProviderInput;
  /** What it was based on; undefined: there was none. */
  readonly before: IdentityProvider | undefined;
}

export function useSaveProvider() {
  return useApiMutation<SingleSignOn, SaveProvider>(
    ({ input, before }) => ({
      path: PROVIDER_PATH,
      method: 'PUT',
      json: input,
      ...(before !== undefined && { ifMatch: `"${before.version}"` }),
    }),
    { invalidates: BOTH },
  );
}

/** The provider as it stands, with `enforced` turned. */
export function enforcing(provider: IdentityProvider, enforced: boolean): SaveProvider {
  const { name, issuer, clientId, provisioning, defaultRole } = provider;
  return { input: { name, issuer, clientId, provisioning, defaultRole, enforced }, before: provider };
}

export function useRemoveProvider(provider: IdentityProvider) {
  return useApiMutation<void>(
    () => ({ path: PROVIDER_PATH, method: 'DELETE', ifMatch: `"${provider.version}"` }),
    { invalidates: BOTH },
  );
}

export function useTestIssuer() {
  return useApiMutation<IdentityProviderTest, string>(
    (issuer) => ({ path: `${PROVIDER_PATH}/test`, json: { issuer } }),
    { showsError: true },
  );
}
