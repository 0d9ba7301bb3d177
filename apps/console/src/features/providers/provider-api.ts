'use client';
/** Provider credentials: read, connected, tested, changed, deleted. */
import type { ConnectionTest, ProviderCredential, ProviderInfo } from '@tollgate/api';
import { useCallback } from 'react';
import { rowById } from '../../api/foresee.ts';
import { useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { useEvery } from '../common/use-every.ts';
import { usePermission } from '../signed-in/use-permission.ts';

export interface CredentialInput {
  readonly provider?: string;
  readonly name: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly region?: string;
  readonly priority?: number;
  readonly models?: readonly string[];
}

const STALE = ['/provider-credentials', '/models'];

export function useProviders() {
  return useApiQuery<{ readonly data: readonly ProviderInfo[] }>('/providers', { staleTime: 600_000 });
}

export function useProviderName(): (providerId: string) => string {
  const providers = useProviders().data?.data;
  return useCallback(
    (providerId) => providers?.find(({ id }) => id === providerId)?.name ?? providerId,
    [providers],
  );
}

export function useCredentials() {
  return useEvery<ProviderCredential>('/provider-credentials', {
    enabled: usePermission('provider-credentials:read'),
  });
}

export function useConnectProvider() {
  return useApiMutation<
    ProviderCredential,
    { readonly json: CredentialInput; readonly idempotencyKey: string }
  >(({ json, idempotencyKey }) => ({ path: '/provider-credentials', json, idempotencyKey }), {
    invalidates: STALE,
  });
}

export function useChangeCredential() {
  return useApiMutation<
    ProviderCredential,
    {
      readonly credential: ProviderCredential;
      readonly json: Partial<CredentialInput> & { readonly disabled?: boolean };
    }
  >(
    ({ credential, json }) => ({
      path: `/provider-credentials/${credential.id}`,
      method: 'PATCH',
      json,
      ifMatch: `"${credential.version}"`,
    }),
    {
      invalidates: STALE,
      foresees: ({ credential, json: { disabled } }) =>
        disabled === undefined
          ? []
          : [
              {
                path: '/provider-credentials',
                change: rowById<ProviderCredential>(credential.id, (row) => ({
                  ...row,
                  disabledAt: disabled ? new Date().toISOString() : null,
                })),
              },
            ],
    },
  );
}

export function useDeleteCredential() {
  return useApiMutation<void, ProviderCredential>(
    ({ id }) => ({ path: `/provider-credentials/${id}`, method: 'DELETE' }),
    { invalidates: STALE },
  );
}

export function useTestCredential() {
  return useApiMutation<ConnectionTest, Pick<ProviderCredential, 'id'>>(
    ({ id }) => ({ path: `/provider-credentials/${id}/test`, method: 'POST' }),
    { invalidates: ['/provider-credentials'] },
  );
}
