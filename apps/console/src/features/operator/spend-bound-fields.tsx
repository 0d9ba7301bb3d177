'use client';
/** An amount a month, or no bound: for one organization, and for those to come. */
import { Field, Input, RadioGroup } from '@tollgate/ui';
import { Controller, type FieldPath, type FieldValues, type UseFormReturn } from 'react-hook-form';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { toLimitUsd } from './spend-bound.ts';

export interface BoundFieldsProps<T extends FieldValues> {
  /** Has the fields of `BoundValues`. */
  readonly form: UseFormReturn<T>;
  readonly label: string;
  readonly none: string;
  readonly noneText: string;
  readonly hint?: string | undefined;
  /** Where a form has two of them: the fields of the other one, and what its amount is called. */
  readonly names?: { readonly bound: FieldPath<T>; readonly amount: FieldPath<T>; readonly label: string };
}

const NAMES = { bound: 'bound', amount: 'limitUsd', label: undefined } as const;

export function BoundFields<T extends FieldValues>({
  form: given,
  label,
  none,
  noneText,
  hint,
  names,
}: BoundFieldsProps<T>) {
  const form = given as unknown as UseFormReturn<Record<string, string>>;
  const { bound, amount, label: amountLabel } = names ?? NAMES;
  const text = useMessages('operator').organizations;
  const locale = useLocale();
  const { errors } = form.formState;
  return (
    <>
      <Field label={label} hint={hint} error={errors[bound]?.message}>
        <Controller
          control={form.control}
          name={bound}
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
      {form.watch(bound) === 'amount' && (
        <Field
          label={amountLabel ?? text.bound.amountLabel}
          hint={text.bound.amountHint}
          error={errors[amount]?.message}
          required
        >
          <Input
            autoComplete="off"
            inputMode="decimal"
            prefix="$"
            className="tabular w-48"
            {...form.register(amount, {
              validate: (typed) =>
                toLimitUsd({ bound: 'amount', limitUsd: typed }, locale) !== undefined || text.amountWrong,
            })}
          />
        </Field>
      )}
    </>
  );
}
