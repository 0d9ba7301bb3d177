'use client';
import { DropdownMenu } from '@tollgate/ui';
import { Building2, ChevronsUpDown, Plus } from 'lucide-react';
import { useState } from 'react';
import { chooseOrganization } from '../../api/organization.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { enterConsole } from '../auth/auth-api.ts';
import { later } from '../common/later.tsx';
import { useMe } from './use-me.ts';

const CreateOrganizationDialog = later(
  async () => (await import('../signed-in/create-organization-dialog.tsx')).CreateOrganizationDialog,
);

/** @param organizationId From the cookie; without one the first organization of the person. */
export function OrganizationSwitcher({ organizationId }: { readonly organizationId: string | undefined }) {
  const text = useMessages('shell');
  const [creating, setCreating] = useState(false);
  const organizations = useMe().data?.organizations ?? [];
  const current = organizations.find(({ id }) => id === organizationId) ?? organizations[0];

  const switchTo = (id: string) => {
    chooseOrganization(id);
    enterConsole('/');
  };

  return (
    <>
      <DropdownMenu
        align="start"
        className="min-w-60"
        trigger={
          <button
            type="button"
            aria-label={`${text.switchOrganization}: ${current?.name ?? text.noOrganization}`}
            className="flex h-8 min-w-0 items-center gap-2 rounded-sm px-2 text-sm font-medium text-ink hover:bg-hover pointer-coarse:h-11"
          >
            <Building2 aria-hidden className="size-4 shrink-0 text-ink-faint" />
            <span className="min-w-0 truncate">{current?.name ?? text.noOrganization}</span>
            <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-ink-faint" />
          </button>
        }
        entries={[
          { kind: 'label', label: text.organizations },
          {
            kind: 'choice',
            value: current?.id ?? '',
            onValueChange: switchTo,
            options: organizations.map(({ id, name, closed }) => ({
              value: id,
              label: closed ? text.closedName(name) : name,
            })),
          },
          { kind: 'separator' },
          { label: text.newOrganization, icon: <Plus />, onSelect: () => setCreating(true) },
        ]}
      />
      {creating && <CreateOrganizationDialog open onOpenChange={setCreating} />}
    </>
  );
}
