'use client';
/** What stands on invoices: name, address, tax id, where they go. */
import type { Billing } from '@tollgate/api';
import { Callout, Field, Input, Textarea, toast } from '@tollgate/ui';
import { useForm } from 'react-hook-form';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { SettingsForm } from '../settings/settings-form.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { useChangeBilling } from './billing-api.ts';

const FIELDS = ['legalName', 'addressLines', 'country', 'region', 'taxId', 'email', 'purchaseOrder'] as const;

type ProfileValues = Record<(typeof FIELDS)[number], string>;

export function ProfileForm({ billing }: { readonly billing: Billing }) {
  const text = useMessages('billing');
  const common = useMessages('common');
  const mayWrite = usePermission('billing:write');
  const change = useChangeBilling(billing);
  const form = useForm<ProfileValues>({
    defaultValues: { ...billing, addressLines: billing.addressLines.join('\n') },
  });
  const { errors } = form.formState;
  const submit = async (values: ProfileValues) => {
    const picked = Object.fromEntries(FIELDS.map((name) => [name, values[name]]));
    const addressLines = values.addressLines
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    await change.mutateAsync({ ...picked, addressLines });
    toast.success(common.saved);
  };
  const input = (name: Exclude<keyof ProfileValues, 'addressLines'>, autoComplete: string) => (
    <Input autoComplete={autoComplete} readOnly={!mayWrite} {...form.register(name)} />
  );
  return (
    <SettingsForm
      title={text.invoiceDetails}
      form={form}
      fields={FIELDS}
      submitLabel={common.save}
      onSubmit={submit}
      readOnly={!mayWrite}
    >
      {!mayWrite && <Callout>{text.readOnly}</Callout>}
      <Field label={text.legalName} hint={text.legalNameHint} error={errors.legalName?.message}>
        {input('legalName', 'organization')}
      </Field>
      <Field label={text.address} hint={text.addressHint} error={errors.addressLines?.message}>
        <Textarea rows={3} readOnly={!mayWrite} {...form.register('addressLines')} />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={text.country} hint={text.countryHint} error={errors.country?.message}>
          {input('country', 'country')}
        </Field>
        <Field label={text.region} error={errors.region?.message}>
          {input('region', 'address-level1')}
        </Field>
        <Field label={text.taxId} hint={text.taxIdHint} error={errors.taxId?.message}>
          {input('taxId', 'off')}
        </Field>
        <Field label={text.purchaseOrder} error={errors.purchaseOrder?.message}>
          {input('purchaseOrder', 'off')}
        </Field>
      </div>
      <Field label={text.email} error={errors.email?.message}>
        {input('email', 'email')}
      </Field>
    </SettingsForm>
  );
}
