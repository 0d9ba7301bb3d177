'use client';
/** Said of a budget that the operator has set: what it counts, why nothing here changes it, and what helps. */
import type { Budget } from '@tollgate/api';
import { Badge, Callout, Tooltip } from '@tollgate/ui';
import Link from 'next/link';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { usePermission } from '../signed-in/use-permission.ts';

export function OperatorBadge({ budget: { setBy } }: { readonly budget: Pick<Budget, 'setBy'> }) {
  const text = useMessages('budgets').resold;
  if (setBy !== 'operator') return null;
  return (
    <Tooltip content={<span className="block max-w-72">{text.text}</span>}>
      <span>
        <Badge tone="info">{text.badge}</Badge>
      </span>
    </Tooltip>
  );
}

export function OperatorNotice({
  budget: { setBy, raisedByPayment },
}: {
  readonly budget: Pick<Budget, 'setBy' | 'raisedByPayment'>;
}) {
  const text = useMessages('budgets').resold;
  if (setBy !== 'operator') return null;
  return (
    <Callout title={text.title}>
      {text.text} {raisedByPayment && text.raisedByPayment}
      <span className="mt-1 flex flex-wrap gap-x-4 empty:hidden">
        {raisedByPayment && <PaymentMethodLink />}
        <ProvidersLink />
      </span>
    </Callout>
  );
}

/** @returns Undefined: it is no budget, or not known yet, or not to be read. */
export function useRefusingBudget(ruleId: string | undefined): Budget | undefined {
  const mayRead = usePermission('budgets:read');
  const isBudget = mayRead && ruleId?.startsWith('bud_') === true;
  return useApiQuery<Budget>(isBudget ? `/budgets/${encodeURIComponent(ruleId)}` : undefined, {
    retry: false,
  }).data;
}

/** Where a refusal names only its rule: nothing, unless that is the operator's budget. */
export function OperatorBudgetHint({
  error: { ruleId, code },
}: {
  readonly error: { readonly ruleId?: string; readonly code?: string };
}) {
  const text = useMessages('checks').why.remedies;
  const budget = useRefusingBudget(ruleId);
  if (budget?.setBy !== 'operator') return null;
  const isRaised = budget.raisedByPayment && code !== 'unbounded_cost';
  return (
    <p className="mt-1">
      {isRaised && text.addPaymentMethod} {text.useOwnProvider} {text.askOperator}
      <span className="flex flex-wrap gap-x-4 empty:hidden">
        {isRaised && <PaymentMethodLink />}
        <ProvidersLink />
      </span>
    </p>
  );
}

/** For whoever may give one. */
export function PaymentMethodLink() {
  const text = useMessages('budgets').resold;
  const mayPay = usePermission('billing:write');
  if (!mayPay) return null;
  return (
    <Link href="/settings/billing" className="font-medium text-accent-ink hover:underline">
      {text.addPaymentMethod}
    </Link>
  );
}

export function ProvidersLink() {
  const text = useMessages('budgets').resold;
  const mayRead = usePermission('provider-credentials:read');
  if (!mayRead) return null;
  return (
    <Link href="/providers" className="font-medium text-accent-ink hover:underline">
      {text.providers}
    </Link>
  );
}
