'use client';
/** Choosing whose keys are: oneself, the organization, a member, a service account. */
import type { ListedTeam } from '@tollgate/api';
import { Combobox } from '@tollgate/ui';
import { useMemo, useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { type ApiPage, useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useMemberSearch } from '../common/member-select.tsx';
import { useMe } from '../shell/use-me.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { ORGANIZATION_OWNER } from './key-form-values.ts';
import { useServiceAccounts } from './key-options.ts';
import { ORGANIZATION_OPTION, ownerOptions } from './owner-options.ts';

export interface OwnerSelectProps {
  /** Empty: the organization. Undefined: not chosen yet. */
  readonly value: string | undefined;
  readonly onChange: (ownerId: string) => void;
}

export function OwnerSelect({ value, onChange }: OwnerSelectProps) {
  const words = useMessages('keys').owners;
  const me = useMe().data;
  const mayAny = usePermission('keys:write-any');
  const accounts = useServiceAccounts();
  const isOwnTeam = useOwnTeams(!mayAny);
  const [typed, setTyped] = useState('');
  const isMember = value?.startsWith('mem') === true && value !== me?.membershipId;
  const named = useMemo(() => (isMember ? [value] : []), [isMember, value]);
  const { members, picker } = useMemberSearch(named);
  // Without that permission a key is given to nobody else; whose it is, is shown.
  const offered = mayAny ? picker.options : picker.options.filter((option) => option.value === value);
  const found = ownerOptions(
    {
      me: me?.membershipId ? { membershipId: me.membershipId, name: me.name } : undefined,
      ...{ mayAny, isOwnTeam, typed, accounts: accounts.rows, members: offered },
    },
    words,
  );
  const chosen = value === ORGANIZATION_OWNER ? ORGANIZATION_OPTION : value;
  const labelOf = (id: string) => {
    if (id === ORGANIZATION_OPTION) return words.organization;
    if (id === me?.membershipId) return words.me;
    const member = members.find((one) => one.id === id);
    return member?.name || member?.email || accounts.rows.find((one) => one.id === id)?.name || id;
  };
  const isShown = chosen === undefined || found.some((option) => option.value === chosen);
  return (
    <Combobox
      {...picker}
      options={isShown ? found : [{ value: chosen, label: labelOf(chosen), isNamedOnly: true }, ...found]}
      onOpen={() => {
        setTyped('');
        if (mayAny) picker.onOpen();
      }}
      onSearch={(text) => {
        setTyped(text);
        picker.onSearch(text);
      }}
      loading={mayAny && picker.loading}
      value={chosen}
      onValueChange={(next) => onChange(next === ORGANIZATION_OPTION ? ORGANIZATION_OWNER : (next ?? ''))}
    />
  );
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
