'use client';
import type { ListedTeam, Member } from '@tollgate/api';
/** What can be chosen for a key: owners, models, providers, endpoints. */
import { ENDPOINT_SCOPES } from '@tollgate/keys/endpoint-scopes';
import type { ComboboxOption } from '@tollgate/ui';
import { useDeferredValue, useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { type ApiPage, useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useEvery } from '../common/use-every.ts';
import { useMe } from '../shell/use-me.ts';
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

/** Oneself, the organization, service accounts; and the owner there is. */
export function useOwnerOptions(current: string): readonly ComboboxOption[] {
  const text = useMessages('keys').owners;
  const me = useMe().data;
  const mayAny = usePermission('keys:write-any');
  const accounts = useServiceAccounts();
  const isOwnTeam = useOwnTeams(!mayAny);
  const mayReadMembers = usePermission('members:read');
  const isOther = current.startsWith('mem') && current !== me?.membershipId;
  const other = useApiQuery<Member>(
    isOther && mayReadMembers ? `/members/${encodeURIComponent(current)}` : undefined,
    { retry: false },
  ).data;
  const options: ComboboxOption[] = [];
  if (me?.membershipId) options.push({ value: me.membershipId, label: text.me, hint: me.name });
  if (mayAny) options.push({ value: 'organization', label: text.organization });
  for (const { id, name, teamId, disabledAt } of accounts.rows) {
    // Where the API would refuse the key, it is not offered.
    const disabled = disabledAt !== null || !(mayAny || isOwnTeam(teamId));
    options.push({ value: id, label: name, group: text.group, disabled });
  }
  if (current !== '' && !options.some(({ value }) => value === current)) {
    options.push({ value: current, label: other?.name || other?.email || current });
  }
  return options;
}

const OWN_TEAMS = 200;

/** @returns Whether a team is one's own, or below one; those that were asked for. */
function useOwnTeams(enabled: boolean): (teamId: string | null) => boolean {
  const allowed = usePermission('teams:read');
  const teams = useApiQuery<ApiPage<ListedTeam>>(
    enabled && allowed ? withQuery('/teams', { mine: 'true', limit: OWN_TEAMS }) : undefined,
  ).data?.data;
  return (teamId) => teams?.some(({ id }) => id === teamId) ?? false;
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
