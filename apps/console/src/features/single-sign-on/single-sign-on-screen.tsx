'use client';
/** Which domains are the organization's, which identity provider answers for them, and whether it is the only way in. */
import { Callout, Card, PageHeader, Skeleton } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { QueryError } from '../common/query-error.tsx';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { DomainsCard } from './domains-card.tsx';
import { EnforcementCard } from './enforcement-card.tsx';
import { ProviderCard } from './provider-card.tsx';
import { SetUpSteps } from './set-up-steps.tsx';
import { PROVIDER_PATH, useDomains, useSingleSignOn } from './single-sign-on-api.ts';
import { useSingleSignOnText } from './use-single-sign-on-text.ts';

export function SingleSignOnScreen() {
  const { title } = useMessages('settings').singleSignOn;
  const text = useSingleSignOnText();
  return (
    <>
      <PageHeader
        title={title}
        description={text.description}
        actions={<ShowApiCall path={PROVIDER_PATH} />}
      />
      <Guarded permission="sso:read">
        <Loaded />
      </Guarded>
    </>
  );
}

function Loaded() {
  const text = useSingleSignOnText();
  const domains = useDomains();
  const singleSignOn = useSingleSignOn();
  const mayWrite = usePermission('sso:write');
  const failed = [domains, singleSignOn].find(({ data, error }) => data === undefined && error !== null);
  if (failed !== undefined) {
    return (
      <Card flush>
        <QueryError query={failed} />
      </Card>
    );
  }
  if (domains.data === undefined || singleSignOn.data === undefined) {
    return <Skeleton className="h-96 max-w-3xl" />;
  }
  const { identityProvider } = singleSignOn.data;
  const rows = domains.data.data;
  return (
    <div className="flex max-w-3xl flex-col gap-5">
      {!mayWrite && <Callout>{text.readOnly}</Callout>}
      <SetUpSteps domains={rows} provider={identityProvider} />
      <DomainsCard domains={rows} />
      <ProviderCard
        // Another one, or none any longer, is another form.
        key={identityProvider === null ? 'new' : 'connected'}
        singleSignOn={singleSignOn.data}
      />
      <EnforcementCard domains={rows} singleSignOn={singleSignOn.data} />
    </div>
  );
}
