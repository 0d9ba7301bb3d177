'use client';
/** How invoices are collected: the payment method (kept by Stripe), the mode, terms, and what happens when overdue. */
import type { Billing } from '@tollgate/api';
import { Button, Card, DefinitionList, Field, Select, toast } from '@tollgate/ui';
import { ExternalLink } from 'lucide-react';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { type CollectionMode, useChangeBilling, useStripePage } from './billing-api.ts';
import { DunningText } from './dunning-text.tsx';

const MODES: readonly CollectionMode[] = ['automatic', 'send-invoice', 'manual'];

export function PaymentCard({ billing }: { readonly billing: Billing }) {
  const text = useMessages('billing');
  const mayWrite = usePermission('billing:write');
  const hasStripe = billing.stripe !== 'off';
  return (
    <Card title={text.payment}>
      <div className="flex flex-col gap-4">
        <DefinitionList
          items={[
            ...(hasStripe ? [{ term: text.method, value: <Method billing={billing} /> }] : []),
            { term: text.terms, value: text.termsText(billing.paymentTermDays) },
            { term: text.overdue, value: <DunningText policy={billing.dunningPolicy} /> },
          ]}
        />
        {hasStripe && <ModeSelect billing={billing} disabled={!mayWrite} />}
        {hasStripe && mayWrite && <StripeButtons billing={billing} />}
      </div>
    </Card>
  );
}

function Method({ billing: { paymentMethod } }: { readonly billing: Billing }) {
  const text = useMessages('billing');
  if (paymentMethod === null) return <span className="text-ink-faint">{text.noMethod}</span>;
  const { brand, last4, expiresMonth, expiresYear } = paymentMethod;
  return (
    <span className="flex flex-wrap gap-x-2">
      <span className="tabular capitalize">{text.card(brand, last4)}</span>
      {expiresMonth !== null && expiresYear !== null && (
        <span className="tabular text-ink-faint">
          {text.expires(String(expiresMonth).padStart(2, '0'), String(expiresYear))}
        </span>
      )}
    </span>
  );
}

function ModeSelect({ billing, disabled }: { readonly billing: Billing; readonly disabled: boolean }) {
  const text = useMessages('billing');
  const common = useMessages('common');
  const toText = useProblemText();
  const change = useChangeBilling(billing);
  // By hand is the operator's to choose; whoever has it keeps it.
  const offered = MODES.filter((mode) => mode !== 'manual' || billing.collectionMode === 'manual');
  const choose = (collectionMode: CollectionMode) => {
    change.mutate(
      { collectionMode },
      { onSuccess: () => toast.success(common.saved), onError: (error) => toast.error(toText(error)) },
    );
  };
  return (
    <Field label={text.mode} hint={text.modeHint}>
      <Select
        value={billing.collectionMode}
        disabled={disabled || change.isPending}
        onValueChange={choose}
        options={offered.map((value) => ({ value, label: text.modes[value] }))}
      />
    </Field>
  );
}

function StripeButtons({ billing }: { readonly billing: Billing }) {
  const text = useMessages('billing');
  const toText = useProblemText();
  const checkout = useStripePage('/billing/checkout');
  const portal = useStripePage('/billing/portal');
  const onError = (error: unknown) => toast.error(toText(error));
  return (
    <div className="flex flex-wrap gap-2">
      {billing.paymentMethod === null && (
        <Button
          variant="primary"
          loading={checkout.isPending}
          icon={<ExternalLink />}
          onClick={() => checkout.mutate({}, { onError })}
        >
          {text.addMethod}
        </Button>
      )}
      <Button
        loading={portal.isPending}
        icon={<ExternalLink />}
        onClick={() => portal.mutate(undefined, { onError })}
      >
        {text.portal}
      </Button>
    </div>
  );
}
