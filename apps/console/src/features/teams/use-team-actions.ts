'use client';
/** What the list and the page of a team both do with it. */
import { toast } from '@tollgate/ui';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function useArchiveTeam() {
  const text = useMessages('teams');
  return useApiMutation<void, { readonly id: string; readonly name: string }>(
    ({ id }) => ({ path: `/teams/${id}`, method: 'DELETE' }),
    {
      invalidates: ['/teams', '/members'],
      onSuccess: (_, { name }) => void toast.success(text.archived(name)),
    },
  );
}
