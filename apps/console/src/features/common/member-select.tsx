'use client';
/** Choosing members. Found by the server while somebody types, and asked for when somebody is about to choose. */
import type { Member } from '@tollgate/api';
import {
  Combobox,
  type ComboboxOption,
  type ComboboxProps,
  MultiSelect,
  type MultiSelectProps,
} from '@tollgate/ui';
import { useDeferredValue, useMemo, useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { type ApiPage, useApiQuery } from '../../api/use-api.ts';
import { usePermission } from '../signed-in/use-permission.ts';

const SHOWN_MEMBERS = 50;
const MAX_NAMED = 100;

/** Rules name members, the audit log names people: the same person of every organization. */
type MemberKey = 'id' | 'userId';

/** @param chosen Named even where the list does not show them. */
export function useMemberSearch(chosen: readonly string[] = [], key: MemberKey = 'id') {
  const [typed, setTyped] = useState('');
  const [opened, setOpened] = useState(false);
  const q = useDeferredValue(typed.trim());
  const allowed = usePermission('members:read');
  const found = useApiQuery<ApiPage<Member>>(
    allowed && opened ? withQuery('/members', { q, limit: SHOWN_MEMBERS }) : undefined,
    { placeholderData: (before) => before },
  );
  const ids = chosen.slice(0, MAX_NAMED);
  const named = useApiQuery<ApiPage<Member>>(
    allowed && ids.length > 0 ? withQuery('/members', { ids, limit: MAX_NAMED }) : undefined,
    { placeholderData: (before) => before },
  );
  const { members, namedOnly } = useMemo(() => {
    const offered = found.data?.data ?? [];
    const shown = new Set(offered.map((member) => member[key]));
    const others = (named.data?.data ?? []).filter(
      (member) => chosen.includes(member[key]) && !shown.has(member[key]),
    );
    return { members: [...others, ...offered], namedOnly: new Set(others.map((member) => member[key])) };
  }, [found.data, named.data, chosen, key]);
  return {
    members,
    picker: {
      options: members.map((member) => ({
        ...toOption(member, key),
        isNamedOnly: namedOnly.has(member[key]),
      })),
      onOpen: () => {
        setOpened(true);
        setTyped('');
      },
      onSearch: setTyped,
      loading: allowed && opened && found.isPending,
    },
    /** Whether nothing is typed and `members` are all there are. */
    isEverybody: q === '' && !found.isPlaceholderData && found.data?.nextCursor === null,
  };
}

function toOption(member: Member, key: MemberKey): ComboboxOption {
  const { name, email } = member;
  return { value: member[key], label: name || email, hint: name ? email : undefined };
}

export interface MemberSelectProps
  extends Pick<ComboboxProps, 'placeholder' | 'className' | 'clearable' | 'disabled' | 'aria-label'> {
  /** Empty: none. */
  readonly value: string;
  /** Empty: none. */
  readonly onChange: (id: string) => void;
  readonly by?: MemberKey;
}

export function MemberSelect({ value, onChange, by = 'id', ...combobox }: MemberSelectProps) {
  const chosen = useMemo(() => (value === '' ? [] : [value]), [value]);
  const { picker } = useMemberSearch(chosen, by);
  return (
    <Combobox
      {...combobox}
      {...picker}
      value={value === '' ? undefined : value}
      onValueChange={(next) => onChange(next ?? '')}
    />
  );
}

export function MemberMultiSelect({
  value,
  onValueChange,
  allLabel,
}: Pick<MultiSelectProps, 'value' | 'onValueChange' | 'allLabel'>) {
  const { picker } = useMemberSearch(value);
  return (
    <MultiSelect {...picker} value={value} onValueChange={onValueChange} {...(allLabel && { allLabel })} />
  );
}
