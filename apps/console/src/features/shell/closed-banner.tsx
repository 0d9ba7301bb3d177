'use client';
/** On every page of an organization that its owner has closed: why nothing can be changed. */
import { Callout } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useMe } from './use-me.ts';

export function ClosedBanner({ organizationId }: { readonly organizationId: string | undefined }) {
  const text = useMessages('shell');
  const organization = useMe().data?.organizations.find(({ id }) => id === organizationId);
  if (organization?.closed !== true) return null;
  return (
    <div className="px-3 pt-4 sm:px-5 lg:px-7">
      <Callout tone="warning" title={text.closedTitle(organization.name)}>
        {text.closedText}
      </Callout>
    </div>
  );
}
