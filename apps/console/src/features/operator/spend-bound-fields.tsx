'use client';
/** An amount a month, or no bound: for one organization, and for those to come. */
import { Field, Input, RadioGroup } from '@tollgate/ui';
import { Controller, type FieldValues, type UseFormReturn } from 'react-hook-form';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { type BoundValues, toLimitUsd } from './spend-bound.ts';

export interface BoundFieldsProps<T extends FieldValues> {
  /** Has the fields of `BoundValues`. */
  readonly form: UseFormReturn<T>;
  readonly label: string;
  readonly none: string;
  readonly noneText: string;
}

export function BoundFields<T extends BoundValues>({
  form: given,
  label,
  none,
  noneText,
}: BoundFieldsProps<T>) {
  const form = given as unknown as UseFormReturn<BoundValues>;
  const text = useMessages('operator').organizations;
  const locale = useLocale();
  const { errors } = form.formState;
  return (
    <>
      <Field label={label} error={errors.bound?.message}>
        <Controller
          control={form.control}
          name="bound"
          render={({ field }) => (
            <RadioGroup
              value={field.value}
              onValueChange={field.onChange}
              options={[
                { value: 'amount', label: text.bound.amount },
                { value: 'none', label: none, description: noneText },
              ]}
            />
          )}
        />
      </Field>
      {form.watch('bound') === 'amount' && (
        <Field
          label={text.bound.amountLabel}
          hint={text.bound.amountHint}
          error={errors.limitUsd?.message}
          required
        >
          <Input
            autoComplete="off"
            inputMode="decimal"
            prefix="$"
            className="tabular w-48"
            {...form.register('limitUsd', {
              validate: (_, values) => toLimitUsd(values, locale) !== undefined || text.amountWrong,
            })}
          />
        </Field>
      )}
    </>
  );
}
