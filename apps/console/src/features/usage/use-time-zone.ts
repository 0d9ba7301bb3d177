'use client';
/** The time zone that the organization counts its days and months in. */
import type { Organization } from '@tollgate/api';
import { useApiQuery } from '../../api/use-api.ts';
import { useMe } from '../shell/use-me.ts';
import { usePermission } from '../signed-in/use-permission.ts';

export function useOrganization() {
  const id = useMe().data?.organizationId;
  const allowed = usePermission('organization:read');
  return useApiQuery<Organization>(id && allowed ? `/organizations/${id}` : undefined);
}

/** @returns Undefined until it is known. */
export function useTimeZone(): string | undefined {
  const organization = useOrganization();
  const allowed = usePermission('organization:read');
  return allowed ? organization.data?.timeZone : 'UTC';
}
