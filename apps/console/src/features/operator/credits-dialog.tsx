'use client';
/** Gives an organization credits. */
import type { OperatedOrganization } from '@tollgate/api';
import { Field, formatMoney, Input } from '@tollgate/ui';
import { useForm } from 'react-hook-form';
import { useApiMutation } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';
import { parseAmount } from '../limits/amount.ts';
import { type OrganizationBilling, organizationPath } from './operator-api.ts';

interface CreditsValues {
  amountUsd: string;
  reason: string;
}

export interface CreditsDialogProps {
  readonly organization: OperatedOrganization;
  readonly onClose: () => void;
}

export function CreditsDialog({ organization, onClose }: CreditsDialogProps) {
  const all = useMessages('operator');
  const text = all.organizations;
  const parts = useMessages('parts');
  const locale = useLocale();
  const path = `${organizationPath(organization.id)}/billing`;
  const form = useForm<CreditsValues>({ defaultValues: { amountUsd: '', reason: '' } });
  const formKey = useIdempotencyKey();
  const { errors } = form.formState;
  const give = useApiMutation<OrganizationBilling, CreditsValues>(
    ({ amountUsd, reason }) => {
      const json = { grantCredits: { amountUsd: parseAmount(amountUsd, locale), reason } };
      return { path, method: 'PATCH', json, idempotencyKey: idempotencyKeyOf(formKey, json) };
    },
    { invalidates: [path, '/audit-events', '/billing'] },
  );
  return (
    <FormDialog
      title={text.creditsTitle(organization.name)}
      description={text.creditsText}
      size="sm"
      form={form}
      fields={['amountUsd', 'reason']}
      apiFields={{ 'grantCredits.amountUsd': 'amountUsd', 'grantCredits.reason': 'reason' }}
      submitLabel={text.credits}
      onSubmit={async (values) => {
        await give.mutateAsync(values);
        return parseAmount(values.amountUsd, locale) ?? '0';
      }}
      done={(amount) => text.credited(formatMoney(amount, { locale, precision: 'cents' }), organization.name)}
      onClose={onClose}
    >
      <Field label={text.amount} error={errors.amountUsd?.message} required>
        <Input
          autoFocus
          autoComplete="off"
          inputMode="decimal"
          prefix="$"
          className="tabular"
          {...form.register('amountUsd', {
            required: parts.required,
            validate: (typed) => parseAmount(typed, locale) !== undefined || text.amountWrong,
          })}
        />
      </Field>
      <Field label={all.reason} hint={text.reasonHint} error={errors.reason?.message} required>
        <Input
          autoComplete="off"
          maxLength={200}
          {...form.register('reason', { required: parts.required })}
        />
      </Field>
    </FormDialog>
  );
}
