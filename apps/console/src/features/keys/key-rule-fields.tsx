'use client';
/** Limits and budget of a new key: nothing required, and what is left empty is as the rules say. */
import type { EffectiveKeyRules } from '@tollgate/api';
import { Checkbox, Field, Input, Select } from '@tollgate/ui';
import { Controller, type UseFormReturn } from 'react-hook-form';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { Disclosure } from '../common/disclosure.tsx';
import { typedAmount } from '../limits/amount.ts';
import { useLimitText } from '../limits/use-limit-text.ts';
import type { KeyFormValues } from './key-form-values.ts';
import { countKeyRules, type KeyRuleValues, otherUsualRateLimits, usualRateLimit } from './key-rules.ts';
import { useUsualRuleText } from './usual-key-rules.ts';

const PERIODS = ['day', 'week', 'month', 'lifetime'] as const;

export interface KeyRuleFieldsProps {
  readonly form: UseFormReturn<KeyFormValues>;
  /** Undefined: not known. */
  readonly usual: EffectiveKeyRules | undefined;
}

export function KeyRuleFields({ form, usual }: KeyRuleFieldsProps) {
  const text = useMessages('limits');
  const rules = useMessages('keyRules');
  const { errors } = form.formState;
  const set = countKeyRules(form.watch());
  const wrong = errors.budgetUsd ?? errors.requestsPerMinute ?? errors.tokensPerMinute ?? errors.concurrency;
  const given = (usual?.defaultBudget ?? usual?.defaultRateLimits ?? null) !== null;
  return (
    <Disclosure
      title={text.optionalRules}
      summary={set > 0 ? text.rulesSet(set) : given ? rules.usual : text.noRules}
      open={given || wrong !== undefined}
    >
      <p className="text-xs text-ink-faint">{text.optionalRulesText}</p>
      <BudgetFields form={form} usual={usual} />
      <RateFields form={form} usual={usual} />
    </Disclosure>
  );
}

function BudgetFields({ form, usual }: KeyRuleFieldsProps) {
  const text = useMessages('limits');
  const rules = useMessages('keyRules');
  const said = useUsualRuleText(usual);
  const locale = useLocale();
  const { control, register, formState, watch, setValue } = form;
  const given = usual?.defaultBudget ?? null;
  const refused = given !== null && watch('noBudget');
  const isUsual = given !== null && !refused && watch('budgetUsd').trim() === '';
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label={text.keyBudget}
          hint={isUsual ? rules.usualIs(said.budget(given), said.from(given)) : text.keyBudgetHint}
          error={formState.errors.budgetUsd?.message}
        >
          <Input
            autoComplete="off"
            inputMode="decimal"
            prefix="$"
            placeholder={isUsual ? typedAmount(given.value.limitUsd, locale) : text.unlimited}
            className="tabular"
            readOnly={refused}
            {...register('budgetUsd')}
          />
        </Field>
        <Field label={text.budgetPeriod}>
          <Controller
            control={control}
            name="budgetPeriod"
            render={({ field }) => (
              <Select<KeyRuleValues['budgetPeriod']>
                // Of an amount that somebody writes; that of the rules has its own.
                value={isUsual ? given.value.period : field.value}
                disabled={isUsual || refused}
                onValueChange={field.onChange}
                options={PERIODS.map((value) => ({ value, label: text.perPeriod[value] }))}
              />
            )}
          />
        </Field>
      </div>
      {given !== null && (
        <Controller
          control={control}
          name="noBudget"
          render={({ field }) => (
            <Checkbox
              label={rules.noBudgetInstead}
              checked={field.value}
              onCheckedChange={(checked) => {
                if (checked) setValue('budgetUsd', '', { shouldValidate: formState.isSubmitted });
                field.onChange(checked);
              }}
            />
          )}
        />
      )}
    </>
  );
}

function RateFields({ form, usual }: KeyRuleFieldsProps) {
  const text = useMessages('limits');
  const rules = useMessages('keyRules');
  const said = useUsualRuleText(usual);
  const { number } = useLimitText();
  const { control, register, formState, watch } = form;
  const given = usual?.defaultRateLimits ?? null;
  const refused = given !== null && watch('noRateLimits');
  const others = otherUsualRateLimits(usual);
  const counts = [
    ['requestsPerMinute', text.perMinute.requests],
    ['tokensPerMinute', text.perMinute.tokens],
    ['concurrency', text.metrics.concurrency],
  ] as const;
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-3">
        {counts.map(([name, label]) => {
          const rule = refused ? undefined : usualRateLimit(usual, name);
          const isUsual = given !== null && rule !== undefined && watch(name).trim() === '';
          return (
            <Field
              key={name}
              label={label}
              hint={isUsual ? rules.usualIs(number(rule.limit), said.from(given)) : undefined}
              error={formState.errors[name]?.message}
            >
              <Input
                autoComplete="off"
                inputMode="numeric"
                placeholder={isUsual ? number(rule.limit) : text.unlimited}
                className="tabular"
                {...register(name)}
              />
            </Field>
          );
        })}
      </div>
      {given !== null && !refused && others.length > 0 && (
        <p className="text-xs text-ink-faint">{rules.usualIs(said.rateLimits(others), said.from(given))}</p>
      )}
      {given !== null && (
        <Controller
          control={control}
          name="noRateLimits"
          render={({ field }) => (
            <Checkbox
              label={rules.noRateLimitsInstead}
              checked={field.value}
              onCheckedChange={field.onChange}
            />
          )}
        />
      )}
    </>
  );
}
