'use client';
/** From when a budget counts: a fiscal month, a week that begins on Saturday, a day that begins at six. */
import { Field, Input } from '@tollgate/ui';
import type { UseFormReturn } from 'react-hook-form';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useOrganizationZone } from '../shell/use-me.ts';
import type { BudgetFormValues } from './budget-form-values.ts';

export function BudgetStartField({ form }: { readonly form: UseFormReturn<BudgetFormValues> }) {
  const text = useMessages('budgets').form;
  const timeZone = useOrganizationZone();
  const { errors } = form.formState;
  const period = form.watch('period');
  const hint = text.startHint[period](timeZone);
  return period === 'day' ? (
    <Field label={text.startTime} hint={hint} error={errors.startTime?.message} optional>
      <Input type="time" className="w-44" {...form.register('startTime')} />
    </Field>
  ) : (
    <Field label={text.startDay} hint={hint} error={errors.startDay?.message} optional>
      <Input type="date" className="w-44" {...form.register('startDay')} />
    </Field>
  );
}
