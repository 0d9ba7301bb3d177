'use client';
/** Takes a plan with its seats: at once, or by way of Stripe's page where a payment method is still missing. */
import type { Billing, Plan } from '@tollgate/api';
import { Field, Input, RadioGroup, Skeleton, toast } from '@tollgate/ui';
import { Controller, useForm } from 'react-hook-form';
import { useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { parseCount } from '../limits/amount.ts';
import { useStripePage } from './billing-api.ts';
import { useUsdText } from './use-usd-text.ts';

interface PlanValues {
  planId: string;
  seats: string;
}

interface PlanDialogProps {
  readonly billing: Billing;
  readonly onClose: () => void;
}

export function PlanDialog({ billing, onClose }: PlanDialogProps) {
  const text = useMessages('billing');
  const locale = useLocale();
  const usd = useUsdText();
  const plans = useApiQuery<{ readonly data: readonly Plan[] }>('/billing/plans');
  // Fewer than members would be refused.
  const seats = Math.max(billing.plan.seats, billing.plan.usedSeats);
  const form = useForm<PlanValues>({
    defaultValues: { planId: billing.plan.planId, seats: String(seats) },
  });
  const checkout = useStripePage('/billing/checkout');
  const subscribe = useApiMutation<void, { planId: string; seats: number }>(
    (json) => ({ path: '/billing/subscription', method: 'POST', json }),
    { invalidates: ['/billing', '/invoices'] },
  );
  const chosen = plans.data?.data.find(({ id }) => id === form.watch('planId'));
  const needsMethod = needsPaymentMethod(billing, chosen);
  const submit = async ({ planId, seats }: PlanValues) => {
    const plan = { planId, seats: parseCount(seats, locale) ?? 0 };
    if (needsMethod) {
      await checkout.mutateAsync({ plan });
      return;
    }
    await subscribe.mutateAsync(plan);
    toast.success(text.planDialog.taken(chosen?.name ?? ''));
  };
  const isCount = (typed: string) => (parseCount(typed, locale) ?? 0) > 0 || text.planDialog.seatsWrong;
  return (
    <FormDialog
      form={form}
      fields={['planId', 'seats']}
      title={text.planDialog.title}
      description={text.planDialog.description}
      submitLabel={needsMethod ? text.planDialog.withMethod : text.planDialog.submit}
      onSubmit={submit}
      onClose={onClose}
    >
      {plans.data === undefined ? (
        <Skeleton className="h-32" />
      ) : (
        <Controller
          control={form.control}
          name="planId"
          render={({ field }) => (
            <RadioGroup
              aria-label={text.plan}
              value={field.value}
              onValueChange={field.onChange}
              options={plans.data.data.map((plan) => ({
                value: plan.id,
                label: plan.name,
                description:
                  Number(plan.monthlyFeeUsd) === 0 && Number(plan.includedUsageUsd) === 0
                    ? text.planDialog.freeOption
                    : text.planDialog.option(
                        text.perMonth(usd(plan.monthlyFeeUsd)),
                        usd(plan.includedUsageUsd),
                      ),
              }))}
            />
          )}
        />
      )}
      <Field
        label={text.seats}
        hint={text.planDialog.seatsHint(billing.plan.usedSeats)}
        error={form.formState.errors.seats?.message}
        required
      >
        <Input
          inputMode="numeric"
          className="tabular w-32"
          {...form.register('seats', { validate: isCount })}
        />
      </Field>
    </FormDialog>
  );
}

function needsPaymentMethod(
  { stripe, paymentMethod, collectionMode }: Billing,
  plan: Plan | undefined,
): boolean {
  if (stripe === 'off' || collectionMode !== 'automatic' || paymentMethod !== null) return false;
  return plan !== undefined && Number(plan.monthlyFeeUsd) > 0;
}
