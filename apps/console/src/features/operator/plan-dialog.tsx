'use client';
/** Offers a plan, or changes one for those who take it from now on. */
import type { OperatorPlan as Plan } from '@tollgate/api';
import { Callout, Field, Input } from '@tollgate/ui';
import { useForm } from 'react-hook-form';
import { useApiMutation } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { useNewerThing, useOpened } from '../common/newer-thing.ts';
import { idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';
import { parseAmount, parseCount, typedAmount } from '../limits/amount.ts';
import { PLANS_PATH, STALE_AFTER_PLAN_CHANGE } from './operator-api.ts';

const AMOUNTS = ['monthlyFeeUsd', 'seatFeeUsd', 'includedUsageUsd'] as const;

type PlanValues = Record<'name' | 'includedSeats' | (typeof AMOUNTS)[number], string>;

export interface PlanDialogProps {
  /** Undefined: a new one. */
  readonly plan?: Plan;
  readonly onClose: () => void;
}

export function PlanDialog({ plan: opened, onClose }: PlanDialogProps) {
  const text = useMessages('operator').plans;
  const common = useMessages('common');
  const parts = useMessages('parts');
  const locale = useLocale();
  const [plan, setPlan] = useOpened(opened);
  const form = useForm<PlanValues>({ defaultValues: toValues(plan, locale) });
  const newer = useNewerThing<Plan, PlanValues>({
    form,
    opened: [plan, setPlan],
    toValues: (of) => toValues(of, locale),
    path: PLANS_PATH,
    isThis: ({ id }) => id === plan?.id,
  });
  const formKey = useIdempotencyKey();
  const { errors } = form.formState;
  const save = useApiMutation<Plan, object>(
    (json) =>
      plan === undefined
        ? { path: PLANS_PATH, json, idempotencyKey: idempotencyKeyOf(formKey, json) }
        : {
            path: `${PLANS_PATH}/${encodeURIComponent(plan.id)}`,
            method: 'PATCH',
            json,
            ifMatch: `"${plan.version}"`,
          },
    { invalidates: STALE_AFTER_PLAN_CHANGE },
  );
  const labels = {
    monthlyFeeUsd: text.monthlyFee,
    seatFeeUsd: text.seatFee,
    includedUsageUsd: text.includedUsage,
  };
  const amount = (name: (typeof AMOUNTS)[number]) => (
    <Field key={name} label={labels[name]} error={errors[name]?.message}>
      <Input
        autoComplete="off"
        inputMode="decimal"
        prefix="$"
        className="tabular"
        {...form.register(name, {
          validate: (typed) => parseAmount(typed, locale) !== undefined || text.amountWrong,
        })}
      />
    </Field>
  );
  return (
    <FormDialog
      title={plan === undefined ? text.createTitle : text.editTitle(plan.name)}
      form={form}
      fields={['name', 'includedSeats', ...AMOUNTS]}
      submitLabel={plan === undefined ? common.create : common.save}
      onSubmit={(values) =>
        save.mutateAsync({
          name: values.name,
          includedSeats: parseCount(values.includedSeats, locale),
          ...Object.fromEntries(AMOUNTS.map((name) => [name, parseAmount(values[name], locale)])),
        })
      }
      meanwhile={
        newer && { newer, labels: { ...labels, name: text.name, includedSeats: text.includedSeats } }
      }
      done={({ name }) => text.saved(name)}
      onClose={onClose}
    >
      {plan !== undefined && <Callout>{text.text}</Callout>}
      <Field label={text.name} error={errors.name?.message} required>
        <Input autoFocus autoComplete="off" {...form.register('name', { required: parts.required })} />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        {amount('monthlyFeeUsd')}
        {amount('seatFeeUsd')}
        <Field label={text.includedSeats} error={errors.includedSeats?.message}>
          <Input
            autoComplete="off"
            inputMode="numeric"
            className="tabular"
            {...form.register('includedSeats', {
              validate: (typed) => parseCount(typed, locale) !== undefined || text.countWrong,
            })}
          />
        </Field>
        {amount('includedUsageUsd')}
      </div>
    </FormDialog>
  );
}

function toValues(plan: Plan | undefined, locale: string): PlanValues {
  return {
    name: plan?.name ?? '',
    includedSeats: String(plan?.includedSeats ?? 0),
    monthlyFeeUsd: typedAmount(plan?.monthlyFeeUsd ?? '0', locale),
    seatFeeUsd: typedAmount(plan?.seatFeeUsd ?? '0', locale),
    includedUsageUsd: typedAmount(plan?.includedUsageUsd ?? '0', locale),
  };
}
