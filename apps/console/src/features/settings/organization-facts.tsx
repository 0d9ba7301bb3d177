'use client';
/** What of an organization never changes. */
import type { Organization } from '@tollgate/api';
import { Card, DefinitionList, TimeStamp } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function OrganizationFacts({ organization }: { readonly organization: Organization }) {
  const text = useMessages('settings').organization;
  const common = useMessages('common');
  const parts = useMessages('parts');
  return (
    <Card title={text.facts}>
      <DefinitionList
        items={[
          { term: parts.idLabel, value: <code className="font-mono text-xs">{organization.id}</code> },
          { term: text.region, value: organization.region },
          { term: text.currency, value: organization.currency },
          { term: common.created, value: <TimeStamp value={organization.createdAt} format="exact" /> },
        ]}
      />
    </Card>
  );
}
