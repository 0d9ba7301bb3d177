'use client';
/** Choosing one of the organizations of this installation, for those who run it. Found by the server while they type. */
import type { OperatedOrganization } from '@tollgate/api';
import { Combobox } from '@tollgate/ui';
import { useDeferredValue, useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { type ApiPage, useApiQuery } from '../../api/use-api.ts';
import { useMe } from '../shell/use-me.ts';
import { ORGANIZATIONS_PATH, organizationPath } from './operator-api.ts';

const OFFERED = 25;

export interface OrganizationSelectProps {
  /** Empty: none yet. */
  readonly value: string;
  readonly onChange: (organizationId: string) => void;
}

export function OrganizationSelect({ value, onChange }: OrganizationSelectProps) {
  const [typed, setTyped] = useState('');
  const [opened, setOpened] = useState(false);
  const q = useDeferredValue(typed.trim());
  const path = withQuery(ORGANIZATIONS_PATH, { q, limit: OFFERED });
  const found = useApiQuery<ApiPage<OperatedOrganization>>(opened ? path : undefined, {
    placeholderData: (before) => before,
  });
  const own = useMe().data?.organizations.find(({ id }) => id === value);
  const offered = found.data?.data ?? [];
  const isOffered = offered.some(({ id }) => id === value);
  const chosen = useApiQuery<OperatedOrganization>(
    value === '' || isOffered || own !== undefined ? undefined : organizationPath(value),
  );
  const options = offered.map(({ id, name, slug }) => ({ value: id, label: name, hint: slug }));
  const name = own?.name ?? chosen.data?.name ?? value;
  return (
    <Combobox
      options={value === '' || isOffered ? options : [{ value, label: name }, ...options]}
      value={value === '' ? undefined : value}
      onValueChange={(next) => onChange(next ?? '')}
      onOpen={() => {
        setOpened(true);
        setTyped('');
      }}
      onSearch={setTyped}
      loading={found.isPending}
    />
  );
}
