'use client';
/** What is charged inside the organization: the statement of a month, and how shared keys are divided. */
import type { CostSplit } from '@tollgate/api';
import { Button, PageHeader, Tabs } from '@tollgate/ui';
import { Split } from 'lucide-react';
import { useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { later } from '../common/later.tsx';
import { useLivemode } from '../common/mode-select.tsx';
import { middleOf, useMonth } from '../common/month-select.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { SPLITS_PATH } from './chargeback-api.ts';
import { SplitRules } from './split-rules.tsx';
import { Statement } from './statement.tsx';

const SplitDialog = later(async () => (await import('./split-dialog.tsx')).SplitDialog);

const TABS = ['statement', 'rules'] as const;
type Tab = (typeof TABS)[number];

/** What the next rule starts from; without one, it is a key's first. */
type Stating = { readonly before?: CostSplit | undefined };

export function ChargebackScreen() {
  const text = useMessages('chargeback');
  const url = useUrlState();
  const month = useMonth();
  const livemode = useLivemode();
  const mayWrite = usePermission('invoices:write');
  const [stating, setStating] = useState<Stating>();
  const tab: Tab = TABS.find((each) => each === url.get('tab')) ?? 'statement';
  const statementPath = withQuery('/chargeback', { at: middleOf(month), livemode: String(livemode) });
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={
          <>
            <ShowApiCall path={tab === 'rules' ? SPLITS_PATH : statementPath} />
            {mayWrite && (
              <Button variant="primary" icon={<Split />} onClick={() => setStating({})}>
                {text.divide}
              </Button>
            )}
          </>
        }
      />
      <Guarded permission="invoices:read">
        <Tabs
          aria-label={text.title}
          value={tab}
          onValueChange={(value) => url.set({ tab: value === 'statement' ? undefined : value })}
          items={[
            {
              value: 'statement',
              label: text.tabs.statement,
              content: tab === 'statement' && <Statement path={statementPath} month={month} />,
            },
            {
              value: 'rules',
              label: text.tabs.rules,
              content: tab === 'rules' && (
                <SplitRules onState={mayWrite ? (before) => setStating({ before }) : undefined} />
              ),
            },
          ]}
        />
      </Guarded>
      {stating !== undefined && (
        <SplitDialog
          before={stating.before}
          onClose={() => setStating(undefined)}
          onStated={() => {
            setStating(undefined);
            url.set({ tab: 'rules' });
          }}
        />
      )}
    </>
  );
}
