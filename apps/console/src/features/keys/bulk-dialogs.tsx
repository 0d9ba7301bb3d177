'use client';
import { Field, Input, RadioGroup, Select } from '@tollgate/ui';
import { Controller, useForm } from 'react-hook-form';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { parseAmount } from '../limits/amount.ts';
import { useOrganizationZone } from '../shell/use-me.ts';
import { endOfDateText } from '../usage/zoned-time.ts';
import { type OverlapChoice, toOverlap } from './overlap.ts';
import { OverlapSelect } from './overlap-select.tsx';
import { type BulkDialogProps, useBulkChange } from './use-bulk-change.ts';

const PERIODS = ['day', 'week', 'month', 'lifetime'] as const;
const KINDS = ['hard', 'soft'] as const;

export function BulkExpiryDialog({ keys, onClose, onDone }: BulkDialogProps) {
  const text = useMessages('hygiene').bulk;
  const { form: words } = useMessages('keys');
  const timeZone = useOrganizationZone();
  const form = useForm<{ date: string }>({ defaultValues: { date: '' } });
  const change = useBulkChange(keys);
  return (
    <FormDialog
      form={form}
      fields={['date']}
      apiFields={{ 'change.expiresAt': 'date' }}
      title={text.expireTitle(keys.length)}
      description={text.expireText}
      submitLabel={text.submit}
      onSubmit={({ date }) =>
        change.mutateAsync({
          kind: 'expire',
          expiresAt: new Date(endOfDateText(date, timeZone)!).toISOString(),
        })
      }
      onDone={({ data }) => onDone(data)}
      onClose={onClose}
    >
      <Field
        label={words.date}
        hint={words.dateHint(timeZone)}
        error={form.formState.errors.date?.message}
        required
      >
        <Input
          type="date"
          autoFocus
          {...form.register('date', {
            validate: (date) => (endOfDateText(date, timeZone) ?? 0) > Date.now() || words.dateMissing,
          })}
        />
      </Field>
    </FormDialog>
  );
}

interface BudgetValues {
  limitUsd: string;
  period: (typeof PERIODS)[number];
  budgetKind: (typeof KINDS)[number];
}

export function BulkBudgetDialog({ keys, onClose, onDone }: BulkDialogProps) {
  const text = useMessages('hygiene').bulk;
  const limits = useMessages('limits');
  const budgets = useMessages('budgets');
  const locale = useLocale();
  const form = useForm<BudgetValues>({
    defaultValues: { limitUsd: '', period: 'month', budgetKind: 'hard' },
  });
  const change = useBulkChange(keys);
  return (
    <FormDialog
      form={form}
      fields={['limitUsd', 'period', 'budgetKind']}
      apiFields={{ 'change.limitUsd': 'limitUsd' }}
      title={text.budgetTitle(keys.length)}
      description={text.budgetText}
      submitLabel={text.submit}
      onSubmit={({ limitUsd, ...rest }) =>
        change.mutateAsync({ kind: 'budget', limitUsd: parseAmount(limitUsd, locale) ?? limitUsd, ...rest })
      }
      onDone={({ data }) => onDone(data)}
      onClose={onClose}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={limits.keyBudget} error={form.formState.errors.limitUsd?.message} required>
          <Input
            autoFocus
            autoComplete="off"
            inputMode="decimal"
            prefix="$"
            className="tabular"
            {...form.register('limitUsd', {
              validate: (typed) => parseAmount(typed, locale) !== undefined || limits.amountWrong,
            })}
          />
        </Field>
        <Field label={limits.budgetPeriod}>
          <Controller
            control={form.control}
            name="period"
            render={({ field }) => (
              <Select<BudgetValues['period']>
                value={field.value}
                onValueChange={field.onChange}
                options={PERIODS.map((value) => ({ value, label: limits.perPeriod[value] }))}
              />
            )}
          />
        </Field>
      </div>
      <Field label={budgets.form.kind}>
        <Controller
          control={form.control}
          name="budgetKind"
          render={({ field }) => (
            <RadioGroup
              appearance="cards"
              value={field.value}
              onValueChange={field.onChange}
              options={KINDS.map((value) => ({
                value,
                label: budgets.kinds[value],
                description: budgets.kindText[value],
              }))}
            />
          )}
        />
      </Field>
    </FormDialog>
  );
}

export function BulkRotateDialog({ keys, onClose, onDone }: BulkDialogProps) {
  const text = useMessages('hygiene').bulk;
  const words = useMessages('keys').rotate;
  const form = useForm<{ overlap: OverlapChoice }>({ defaultValues: { overlap: 'day' } });
  const change = useBulkChange(keys);
  return (
    <FormDialog
      form={form}
      fields={['overlap']}
      title={text.rotateTitle(keys.length)}
      description={text.rotateText}
      submitLabel={words.submit}
      onSubmit={({ overlap }) => change.mutateAsync({ kind: 'rotate', ...toOverlap(overlap) })}
      onDone={({ data }) => onDone(data)}
      onClose={onClose}
    >
      <Field label={words.overlap} hint={form.watch('overlap') === 'rules' ? text.withoutRule : undefined}>
        <Controller
          control={form.control}
          name="overlap"
          render={({ field }) => (
            <OverlapSelect value={field.value} onChange={field.onChange} rulesLabel={text.asRules} />
          )}
        />
      </Field>
    </FormDialog>
  );
}
