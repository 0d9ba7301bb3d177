'use client';
/** When to tell of a low balance, and when to top up by itself. */
import type { Billing } from '@tollgate/api';
import { Field, Input, toast } from '@tollgate/ui';
import { useForm } from 'react-hook-form';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { ChangedMeanwhile, useNewerState } from '../common/newer-state.tsx';
import { parseAmount, typedAmount } from '../limits/amount.ts';
import { SettingsForm } from '../settings/settings-form.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { useChangeBilling } from './billing-api.ts';

interface RuleValues {
  lowBalanceUsd: string;
  belowUsd: string;
  amountUsd: string;
}

export function CreditRulesForm({ billing }: { readonly billing: Billing }) {
  const text = useMessages('billing');
  const common = useMessages('common');
  const { amountWrong } = useMessages('limits');
  const locale = useLocale();
  const mayWrite = usePermission('billing:write');
  const change = useChangeBilling(billing);
  const typed = (amount: string | undefined | null) => (amount == null ? '' : typedAmount(amount, locale));
  const saved: RuleValues = {
    lowBalanceUsd: typed(billing.lowBalanceUsd),
    belowUsd: typed(billing.autoTopUp?.belowUsd),
    amountUsd: typed(billing.autoTopUp?.amountUsd),
  };
  const form = useForm<RuleValues>({ defaultValues: saved });
  const newer = useNewerState({ form, values: saved, version: billing.updatedAt, path: '/billing' });
  const isAmount = (value: string) =>
    value.trim() === '' || parseAmount(value, locale) !== undefined || amountWrong;
  const isPair = (value: string, { belowUsd, amountUsd }: RuleValues) =>
    (belowUsd.trim() === '') === (amountUsd.trim() === '') ? isAmount(value) : text.autoBoth;
  const submit = async (values: RuleValues) => {
    const amount = (value: string) => (value.trim() === '' ? null : (parseAmount(value, locale) ?? null));
    const [belowUsd, amountUsd] = [amount(values.belowUsd), amount(values.amountUsd)];
    const isSaved = await newer.save(values, () =>
      change.mutateAsync({
        lowBalanceUsd: amount(values.lowBalanceUsd),
        autoTopUp: belowUsd === null || amountUsd === null ? null : { belowUsd, amountUsd },
      }),
    );
    if (isSaved) toast.success(common.saved);
  };
  const { errors } = form.formState;
  const field = (name: keyof RuleValues, validate: typeof isPair) => (
    <Input
      inputMode="decimal"
      readOnly={!mayWrite}
      className="tabular"
      {...form.register(name, { validate: (value, values) => validate(value, values) })}
    />
  );
  return (
    <SettingsForm
      title={text.rules}
      form={form}
      fields={['lowBalanceUsd', 'belowUsd', 'amountUsd']}
      submitLabel={common.save}
      onSubmit={submit}
      readOnly={!mayWrite}
    >
      <ChangedMeanwhile
        newer={newer}
        labels={{ lowBalanceUsd: text.alertBelow, belowUsd: text.autoBelow, amountUsd: text.autoAmount }}
      />
      <Field label={text.alertBelow} hint={text.alertHint} error={errors.lowBalanceUsd?.message}>
        {field('lowBalanceUsd', isAmount)}
      </Field>
      {billing.stripe !== 'off' && (
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={text.autoBelow} hint={text.autoHint} error={errors.belowUsd?.message}>
            {field('belowUsd', isPair)}
          </Field>
          <Field label={text.autoAmount} error={errors.amountUsd?.message}>
            {field('amountUsd', isPair)}
          </Field>
        </div>
      )}
    </SettingsForm>
  );
}
