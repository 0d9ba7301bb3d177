'use client';
/** What can be chosen for a key: service accounts, models, providers, endpoints. */
import { ENDPOINT_SCOPES } from '@tollgate/keys/endpoint-scopes';
import type { ComboboxOption } from '@tollgate/ui';
import { useDeferredValue, useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useEvery } from '../common/use-every.ts';
import { usePermission } from '../signed-in/use-permission.ts';

export interface ServiceAccount {
  readonly id: string;
  readonly name: string;
  readonly teamId: string | null;
  readonly disabledAt: string | null;
}

export function useServiceAccounts({ enabled = true } = {}) {
  const allowed = usePermission('service-accounts:read');
  return useEvery<ServiceAccount>('/service-accounts', { enabled: allowed && enabled });
}

interface Model {
  readonly id: string;
  readonly provider: string;
  readonly name: string;
}

const SHOWN_MODELS = 100;

/** Found by the server while somebody types: there can be thousands. */
export function useModelOptions() {
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed.trim());
  const allowed = usePermission('models:read');
  const models = useApiQuery<{ data: readonly Model[] }>(withQuery('/models', { limit: SHOWN_MODELS, q }), {
    enabled: allowed,
    placeholderData: (before) => before,
  });
  const options = (models.data?.data ?? []).map(({ id, name, provider }) => ({
    value: id,
    label: name,
    hint: provider,
    keywords: [id],
  }));
  return { options, onSearch: setTyped, loading: models.isPending };
}

export function useProviderOptions(): readonly ComboboxOption[] {
  const providers = useApiQuery<{ data: readonly { id: string; name: string }[] }>('/providers', {
    staleTime: 600_000,
  });
  return (providers.data?.data ?? []).map(({ id, name }) => ({ value: id, label: name }));
}

export function useEndpointOptions(): readonly ComboboxOption[] {
  return ENDPOINT_SCOPES.map((name) => ({ value: name, label: name }));
}
