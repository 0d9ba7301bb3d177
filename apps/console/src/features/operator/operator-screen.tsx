'use client';
/** Pages of those who run this installation. The API lets nobody else in; here they would only see that. */
import { Card, EmptyState, PageHeader, Tabs } from '@tollgate/ui';
import { ServerCog } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { later } from '../common/later.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { useMe } from '../shell/use-me.ts';
import { OperatedOrganizations, useOrganizationsPath } from './operated-organizations.tsx';
import { LETTERHEAD_PATH, PLANS_PATH, RESOLD_PATH, SYSTEM_PATH, TAX_RATES_PATH } from './operator-api.ts';

const LetterheadTab = later(async () => (await import('./letterhead.tsx')).LetterheadTab);
const Plans = later(async () => (await import('./plans.tsx')).Plans);
const Resale = later(async () => (await import('./resale.tsx')).Resale);
const SystemScreen = later(async () => (await import('./system-screen.tsx')).SystemScreen);
const TaxRates = later(async () => (await import('./tax-rates.tsx')).TaxRates);

const TABS = ['organizations', 'plans', 'taxes', 'letterhead', 'resale', 'system'] as const;
type Tab = (typeof TABS)[number];

export function OperatorScreen() {
  const text = useMessages('operator');
  const url = useUrlState();
  const me = useMe().data;
  const tab: Tab = TABS.find((each) => each === url.get('tab')) ?? 'organizations';
  const organizationsPath = useOrganizationsPath();
  const paths: Readonly<Record<Tab, string>> = {
    organizations: organizationsPath,
    plans: PLANS_PATH,
    taxes: TAX_RATES_PATH,
    letterhead: LETTERHEAD_PATH,
    resale: RESOLD_PATH,
    system: SYSTEM_PATH,
  };
  if (me !== undefined && !me.isOperator) {
    return (
      <>
        <PageHeader title={text.title} />
        <Card flush>
          <EmptyState icon={<ServerCog />} title={text.forbiddenTitle}>
            {text.forbiddenText}
          </EmptyState>
        </Card>
      </>
    );
  }
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={<ShowApiCall path={paths[tab]} />}
      />
      <Tabs
        aria-label={text.title}
        value={tab}
        onValueChange={(value) =>
          url.set({
            tab: value === 'organizations' ? undefined : value,
            q: undefined,
            state: undefined,
            open: undefined,
            queue: undefined,
          })
        }
        items={TABS.map((value) => ({
          value,
          label: text.tabs[value],
          content: value === tab && <TabContent tab={value} />,
        }))}
      />
    </>
  );
}

function TabContent({ tab }: { readonly tab: Tab }) {
  switch (tab) {
    case 'organizations':
      return <OperatedOrganizations />;
    case 'plans':
      return <Plans />;
    case 'taxes':
      return <TaxRates />;
    case 'letterhead':
      return <LetterheadTab />;
    case 'resale':
      return <Resale />;
    case 'system':
      return <SystemScreen />;
  }
}
