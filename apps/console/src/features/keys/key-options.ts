'use client';
/** What can be chosen for a key: owners, models, providers, endpoints. */
import { ENDPOINT_SCOPES } from '@tollgate/keys/endpoint-scopes';
import type { ComboboxOption } from '@tollgate/ui';
import { useCallback, useDeferredValue, useMemo, useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useMembers } from '../common/names.ts';
import { useEvery } from '../common/use-every.ts';
import { useMe } from '../shell/use-me.ts';
import { usePermission } from '../signed-in/use-permission.ts';

export interface ServiceAccount {
  readonly id: string;
  readonly name: string;
  readonly teamId: string | null;
  readonly disabledAt: string | null;
}

export function useServiceAccounts() {
  const accounts = useEvery<ServiceAccount>('/service-accounts', {
    enabled: usePermission('service-accounts:read'),
  });
  const byId = useMemo(() => new Map(accounts.rows.map((one) => [one.id, one])), [accounts.rows]);
  return { ...accounts, byId };
}

/** @returns What the owner of a key is called; nothing for keys of the organization. */
export function useOwnerName(): (ownerId: string | null) => string | undefined {
  const members = useMembers();
  const accounts = useServiceAccounts();
  const { unknown } = useMessages('keys').owners;
  const complete = members.isComplete && accounts.isComplete;
  return useCallback(
    (ownerId) => {
      if (ownerId === null) return undefined;
      const member = members.byId.get(ownerId);
      const known = member?.name || member?.email || accounts.byId.get(ownerId)?.name;
      return known ?? (complete ? unknown : '…');
    },
    [members.byId, accounts.byId, complete, unknown],
  );
}

/** Oneself, the organization, service accounts; and the owner there is. */
export function useOwnerOptions(current: string): readonly ComboboxOption[] {
  const text = useMessages('keys').owners;
  const me = useMe().data;
  const mayAny = usePermission('keys:write-any');
  const accounts = useServiceAccounts();
  const nameOf = useOwnerName();
  const options: ComboboxOption[] = [];
  if (me?.membershipId) options.push({ value: me.membershipId, label: text.me, hint: me.name });
  if (mayAny) options.push({ value: 'organization', label: text.organization });
  for (const { id, name, disabledAt } of accounts.rows) {
    options.push({ value: id, label: name, group: text.group, disabled: disabledAt !== null });
  }
  if (current !== '' && !options.some(({ value }) => value === current)) {
    options.push({ value: current, label: nameOf(current) ?? current });
  }
  return options;
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
