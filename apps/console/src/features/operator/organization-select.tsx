'use client';
/** Choosing one of the organizations of this installation, for those who run it. */
import type { OperatedOrganization } from '@tollgate/api';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { FoundSelect, type FoundSelectProps, useFoundRows } from '../common/found-select.tsx';
import { useMe } from '../shell/use-me.ts';
import { ORGANIZATIONS_PATH, organizationPath } from './operator-api.ts';

const OFFERED = 25;

export function OrganizationSelect(props: FoundSelectProps) {
  const { value } = props;
  const { rows, search } = useFoundRows<OperatedOrganization>((q) =>
    withQuery(ORGANIZATIONS_PATH, { q, limit: OFFERED }),
  );
  const own = useMe().data?.organizations.find(({ id }) => id === value);
  const isKnown = value === '' || own !== undefined || rows.some(({ id }) => id === value);
  const chosen = useApiQuery<OperatedOrganization>(isKnown ? undefined : organizationPath(value));
  return (
    <FoundSelect
      {...props}
      options={rows.map(({ id, name, slug }) => ({ value: id, label: name, hint: slug }))}
      search={search}
      chosen={{ label: own?.name ?? chosen.data?.name ?? value }}
    />
  );
}
