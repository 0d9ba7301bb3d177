'use client';
/** Imported bills of providers, and the spend of other gateways beside our own. */
import { PageHeader, Tabs } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { BillList } from './bill-list.tsx';
import { OtherGateways } from './other-gateways.tsx';

export function ReconciliationScreen() {
  const text = useMessages('reconciliation');
  const url = useUrlState();
  const tab = url.get('tab') === 'gateways' ? 'gateways' : 'bills';
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={<ShowApiCall path={tab === 'bills' ? '/reconciliations' : '/usage-imports'} />}
      />
      <Guarded permission="invoices:read">
        <Tabs
          aria-label={text.title}
          value={tab}
          onValueChange={(value) => url.set({ tab: value === 'bills' ? undefined : value })}
          items={[
            { value: 'bills', label: text.bills, content: tab === 'bills' && <BillList /> },
            { value: 'gateways', label: text.others, content: tab === 'gateways' && <OtherGateways /> },
          ]}
        />
      </Guarded>
    </>
  );
}
