'use client';
/** Who did it: members as they are typed, admin tokens, parts of the system, or a whole kind of them. */
import type { AdminToken } from '@tollgate/api';
import { Combobox, type ComboboxOption } from '@tollgate/ui';
import { useMemo, useState } from 'react';
import { type ApiPage, useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useMemberSearch } from '../common/member-select.tsx';
import { usePermission } from '../signed-in/use-permission.ts';

export interface ActorSelectProps {
  /** `kind:system`, or the id of one actor; empty: everybody. */
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function ActorSelect({ value, onChange }: ActorSelectProps) {
  const text = useMessages('audit');
  const [typed, setTyped] = useState('');
  const [opened, setOpened] = useState(false);
  const chosen = useMemo(() => (value.startsWith('usr_') ? [value] : []), [value]);
  const { picker } = useMemberSearch(chosen, 'userId');
  const tokens = useTokenOptions(opened || value.startsWith('adm_'));
  const known = useKnownActors(tokens);
  const options = useMemo(() => {
    const wanted = typed.trim().toLowerCase();
    const matching = known.filter(({ value: id, label }) => `${label} ${id}`.toLowerCase().includes(wanted));
    const members = picker.options.map((option) => ({ ...option, group: text.actorGroups.members }));
    const all = [...matching, ...members];
    if (value === '' || all.some((option) => option.value === value)) return all;
    const label = known.find((option) => option.value === value)?.label ?? value;
    return [{ value, label, isNamedOnly: true }, ...all];
  }, [known, picker.options, typed, value, text]);
  return (
    <Combobox
      aria-label={text.actor}
      className="w-full sm:w-52"
      allLabel={text.anybody}
      clearable
      loading={picker.loading}
      value={value === '' ? undefined : value}
      options={options}
      onOpen={() => {
        setOpened(true);
        setTyped('');
        picker.onOpen();
      }}
      onSearch={(next) => {
        setTyped(next);
        picker.onSearch(next);
      }}
      onValueChange={(next) => onChange(next ?? '')}
    />
  );
}

const MAX_TOKENS = 200;

/** Nothing is asked before somebody is about to choose, or an address names a token. */
function useTokenOptions(wanted: boolean): readonly ComboboxOption[] {
  const { actorGroups } = useMessages('audit');
  const allowed = usePermission('admin-tokens:read');
  const path = wanted && allowed ? `/admin-tokens?limit=${MAX_TOKENS}` : undefined;
  const tokens = useApiQuery<ApiPage<AdminToken>>(path).data?.data;
  return useMemo(
    () =>
      (tokens ?? []).map(({ id, name, hint }) => ({
        value: id,
        label: name,
        hint,
        group: actorGroups.tokens,
      })),
    [tokens, actorGroups],
  );
}

function useKnownActors(tokens: readonly ComboboxOption[]): readonly ComboboxOption[] {
  const { actorGroups, actorKinds, systemActors } = useMessages('audit');
  return useMemo(() => {
    const kinds = Object.entries(actorKinds).map(([kind, label]) => ({ value: `kind:${kind}`, label }));
    const system = Object.entries(systemActors).map(([value, label]) => ({
      value,
      label,
      group: actorGroups.system,
    }));
    return [...kinds, ...system, ...tokens];
  }, [actorGroups, actorKinds, systemActors, tokens]);
}
