'use client';
/** The fields of a budget, for making one and for changing one. */
import type { Budget } from '@tollgate/api';
import { Field, Input, RadioGroup, Select, Switch } from '@tollgate/ui';
import { Controller, type UseFormReturn } from 'react-hook-form';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { Disclosure } from '../common/disclosure.tsx';
import { parseAmount } from '../limits/amount.ts';
import { ModelPicker, ScopeFields } from '../limits/scope-fields.tsx';
import { useLimitText } from '../limits/use-limit-text.ts';
import { type BudgetFormValues, type BudgetPeriod, PERIODS } from './budget-form-values.ts';
import { BudgetStartField } from './budget-start-field.tsx';

export interface BudgetFieldsProps {
  readonly form: UseFormReturn<BudgetFormValues>;
  /** Its scope and period are fixed. */
  readonly existing?: Budget;
}

export function BudgetFields({ form, existing }: BudgetFieldsProps) {
  const text = useMessages('budgets');
  const limits = useMessages('limits');
  const locale = useLocale();
  const { limitMoney } = useLimitText();
  const { control, register, formState, watch } = form;
  const { errors } = formState;
  const amount = parseAmount(watch('limitUsd'), locale);
  const period = watch('period');
  const hasStart = watch(period === 'day' ? 'startTime' : 'startDay') !== '';
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label={text.form.limit}
          required
          error={errors.limitUsd?.message}
          hint={amount && text.form.limitHint(limitMoney(amount), limits.perPeriod[period])}
        >
          <Input
            autoFocus
            autoComplete="off"
            inputMode="decimal"
            prefix="$"
            className="tabular"
            {...register('limitUsd')}
          />
        </Field>
        <Field
          label={text.form.period}
          hint={hasStart ? undefined : limits.periodHint[period]}
          error={errors.period?.message}
        >
          <Controller
            control={control}
            name="period"
            render={({ field }) => (
              <Select<BudgetPeriod>
                disabled={existing !== undefined}
                value={field.value}
                onValueChange={field.onChange}
                options={PERIODS.map((value) => ({ value, label: limits.periods[value] }))}
              />
            )}
          />
        </Field>
        {existing === undefined && <ScopeFields form={form} />}
      </div>
      <Field label={text.form.kind} error={errors.kind?.message}>
        <Controller
          control={control}
          name="kind"
          render={({ field }) => (
            <RadioGroup
              appearance="cards"
              value={field.value}
              onValueChange={field.onChange}
              options={(['hard', 'soft'] as const).map((value) => ({
                value,
                label: text.kinds[value],
                description: text.kindText[value],
              }))}
            />
          )}
        />
      </Field>
      <DetailFields form={form} isNew={existing === undefined} />
    </>
  );
}

function DetailFields({
  form,
  isNew,
}: {
  readonly form: UseFormReturn<BudgetFormValues>;
  /** What is fixed later can be chosen. */
  readonly isNew: boolean;
}) {
  const text = useMessages('budgets').form;
  const limits = useMessages('limits');
  const { control, register, formState, watch } = form;
  const { errors } = formState;
  const wrong =
    errors.name ??
    errors.thresholds ??
    errors.model ??
    errors.carryOverCapUsd ??
    errors.startDay ??
    errors.startTime;
  return (
    <Disclosure title={isNew ? text.newDetails : text.details} open={!isNew || wrong !== undefined}>
      {isNew && <BudgetStartField form={form} />}
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={text.name} hint={text.nameHint} error={errors.name?.message}>
          <Input autoComplete="off" {...register('name')} />
        </Field>
        <Field label={text.thresholds} hint={text.thresholdsHint} error={errors.thresholds?.message}>
          <Input autoComplete="off" suffix="%" className="tabular" {...register('thresholds')} />
        </Field>
      </div>
      {watch('kind') === 'hard' && (
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={text.onExceeded} className="sm:col-span-2">
            <Controller
              control={control}
              name="onExceeded"
              render={({ field }) => (
                <RadioGroup
                  className="sm:flex-row sm:gap-6"
                  value={field.value}
                  onValueChange={field.onChange}
                  options={[
                    { value: 'refuse', label: text.refuse },
                    { value: 'model', label: text.cheaper },
                  ]}
                />
              )}
            />
          </Field>
          {watch('onExceeded') === 'model' && (
            <Field
              label={text.model}
              hint={text.modelHint}
              error={errors.model?.message}
              className="sm:col-span-2"
            >
              <Controller
                control={control}
                name="model"
                render={({ field }) => (
                  <ModelPicker
                    placeholder={limits.choose.model}
                    value={field.value}
                    onChange={field.onChange}
                  />
                )}
              />
            </Field>
          )}
        </div>
      )}
      {watch('period') !== 'lifetime' && (
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <Controller
            control={control}
            name="carryOver"
            render={({ field }) => (
              <Switch
                label={text.carryOver}
                description={text.carryOverHint}
                checked={field.value}
                onCheckedChange={field.onChange}
              />
            )}
          />
          {watch('carryOver') && (
            <Field
              label={text.carryOverCap}
              hint={text.carryOverCapHint}
              error={errors.carryOverCapUsd?.message}
            >
              <Input
                autoComplete="off"
                inputMode="decimal"
                prefix="$"
                className="tabular"
                {...register('carryOverCapUsd')}
              />
            </Field>
          )}
        </div>
      )}
    </Disclosure>
  );
}
