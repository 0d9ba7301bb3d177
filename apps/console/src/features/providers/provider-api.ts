'use client';
/** Provider credentials: read, connected, tested, changed, deleted. */
import type { ConnectionTest, ProviderCredential, ProviderInfo } from '@tollgate/api';
import { createContext, useCallback, useContext } from 'react';
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

const OWN_CREDENTIALS = '/provider-credentials';

const CredentialPath = createContext(OWN_CREDENTIALS);
/** Whose credentials are changed below it, by the path of their API: the organization's own unless it says otherwise. */
export const CredentialPathProvider = CredentialPath.Provider;

export function useCredentialPath(): string {
  return useContext(CredentialPath);
}

/** What tells of credentials, or of what they make possible. */
function staleAfterChange(path: string): readonly string[] {
  return [path, '/models', '/operator/markup-rules'];
}

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
  return useEvery<ProviderCredential>(OWN_CREDENTIALS, {
    enabled: usePermission('provider-credentials:read'),
  });
}

export function useConnectProvider() {
  const path = useCredentialPath();
  return useApiMutation<
    ProviderCredential,
    { readonly json: CredentialInput; readonly idempotencyKey: string }
  >(({ json, idempotencyKey }) => ({ path, json, idempotencyKey }), {
    invalidates: staleAfterChange(path),
  });
}

export function useChangeCredential() {
  const path = useCredentialPath();
  return useApiMutation<
    ProviderCredential,
    {
      readonly credential: ProviderCredential;
      readonly json: Partial<CredentialInput> & { readonly disabled?: boolean };
    }
  >(
    ({ credential, json }) => ({
      path: `${path}/${credential.id}`,
      method: 'PATCH',
      json,
      ifMatch: `"${credential.version}"`,
    }),
    {
      invalidates: staleAfterChange(path),
      foresees: ({ credential, json: { disabled } }) =>
        disabled === undefined
          ? []
          : [
              {
                path,
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
  const path = useCredentialPath();
  return useApiMutation<void, ProviderCredential>(({ id }) => ({ path: `${path}/${id}`, method: 'DELETE' }), {
    invalidates: staleAfterChange(path),
  });
}

export function useTestCredential() {
  const path = useCredentialPath();
  return useApiMutation<ConnectionTest, Pick<ProviderCredential, 'id'>>(
    ({ id }) => ({ path: `${path}/${id}/test`, method: 'POST' }),
    { invalidates: [path], showsError: true },
  );
}
