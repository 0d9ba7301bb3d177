'use client';
/** Limits and budget of a new key: folded away, nothing required. */
import { Field, Input, Select } from '@tollgate/ui';
import { Controller, type UseFormReturn } from 'react-hook-form';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Disclosure } from '../common/disclosure.tsx';
import type { KeyFormValues } from './key-form-values.ts';
import { countKeyRules, type KeyRuleValues } from './key-rules.ts';

const PERIODS = ['day', 'week', 'month', 'lifetime'] as const;

export function KeyRuleFields({ form }: { readonly form: UseFormReturn<KeyFormValues> }) {
  const text = useMessages('limits');
  const { control, register, formState, watch } = form;
  const { errors } = formState;
  const set = countKeyRules(watch());
  const wrong = errors.budgetUsd ?? errors.requestsPerMinute ?? errors.tokensPerMinute ?? errors.concurrency;
  const counts = [
    ['requestsPerMinute', text.perMinute.requests],
    ['tokensPerMinute', text.perMinute.tokens],
    ['concurrency', text.metrics.concurrency],
  ] as const;
  return (
    <Disclosure
      title={text.optionalRules}
      summary={set === 0 ? text.noRules : text.rulesSet(set)}
      open={wrong !== undefined}
    >
      <p className="text-xs text-ink-faint">{text.optionalRulesText}</p>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={text.keyBudget} hint={text.keyBudgetHint} error={errors.budgetUsd?.message}>
          <Input
            autoComplete="off"
            inputMode="decimal"
            prefix="$"
            placeholder={text.unlimited}
            className="tabular"
            {...register('budgetUsd')}
          />
        </Field>
        <Field label={text.budgetPeriod}>
          <Controller
            control={control}
            name="budgetPeriod"
            render={({ field }) => (
              <Select<KeyRuleValues['budgetPeriod']>
                value={field.value}
                onValueChange={field.onChange}
                options={PERIODS.map((value) => ({ value, label: text.perPeriod[value] }))}
              />
            )}
          />
        </Field>
      </div>
      <div className="grid gap-4 sm:grid-cols-3">
        {counts.map(([name, label]) => (
          <Field key={name} label={label} error={errors[name]?.message}>
            <Input
              autoComplete="off"
              inputMode="numeric"
              placeholder={text.unlimited}
              className="tabular"
              {...register(name)}
            />
          </Field>
        ))}
      </div>
    </Disclosure>
  );
}
