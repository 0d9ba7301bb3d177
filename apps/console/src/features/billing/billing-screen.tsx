'use client';
/** Settings → Billing: plan, payment, credits, what invoices say, and the comparison with Stripe. */
import type { Billing } from '@tollgate/api';
import { Callout, Card, PageHeader, Skeleton } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { QueryError } from '../common/query-error.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { useBilling } from './billing-api.ts';
import { CreditRulesForm } from './credit-rules-form.tsx';
import { CreditsCard } from './credits-card.tsx';
import { DifferencesCard } from './differences-card.tsx';
import { PaymentCard } from './payment-card.tsx';
import { PlanCard } from './plan-card.tsx';
import { ProfileForm } from './profile-form.tsx';

export function BillingScreen() {
  const text = useMessages('billing');
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={<ShowApiCall path="/billing" />}
      />
      <Guarded permission="billing:read">
        <LoadedBilling />
      </Guarded>
    </>
  );
}

function LoadedBilling() {
  const text = useMessages('billing');
  const checkout = useUrlState().get('checkout');
  const billing = useBilling(checkout === 'done');
  if (billing.error && billing.data === undefined) {
    return (
      <Card flush>
        <QueryError query={billing} />
      </Card>
    );
  }
  if (billing.data === undefined) {
    return (
      <div className="grid gap-5 lg:grid-cols-2">
        <Skeleton className="h-56" />
        <Skeleton className="h-56" />
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-5">
      <ModeCallout billing={billing.data} />
      {checkout === 'canceled' && <Callout>{text.canceled}</Callout>}
      <div className="grid gap-5 lg:grid-cols-2">
        <PlanCard billing={billing.data} />
        <PaymentCard billing={billing.data} />
      </div>
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <CreditsCard billing={billing.data} />
        <CreditRulesForm billing={billing.data} />
        <ProfileForm billing={billing.data} />
        {billing.data.stripe !== 'off' && <DifferencesCard />}
      </div>
    </div>
  );
}

function ModeCallout({ billing: { stripe } }: { readonly billing: Billing }) {
  const text = useMessages('billing');
  if (stripe === 'live') return null;
  const words = {
    off: [text.offTitle, text.offText],
    test: [text.testKeyTitle, text.testKeyText],
    'stand-in': [text.standInTitle, text.standInText],
  } as const;
  const [title, detail] = words[stripe];
  return (
    <Callout title={title} tone={stripe === 'off' ? 'info' : 'warning'}>
      {detail}
    </Callout>
  );
}
