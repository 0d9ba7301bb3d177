'use client';
/** What stands on invoices: name, address, tax id, where they go. */
import type { Billing } from '@tollgate/api';
import { Callout, Field, Input, Textarea, toast } from '@tollgate/ui';
import { Controller, useForm } from 'react-hook-form';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { CountrySelect, useCountryName } from '../common/country-select.tsx';
import { ChangedMeanwhile, useNewerState } from '../common/newer-state.tsx';
import { SettingsForm } from '../settings/settings-form.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { useChangeBilling } from './billing-api.ts';

const FIELDS = ['legalName', 'addressLines', 'country', 'region', 'taxId', 'email', 'purchaseOrder'] as const;

type ProfileValues = Record<(typeof FIELDS)[number], string>;

export function ProfileForm({ billing }: { readonly billing: Billing }) {
  const text = useMessages('billing');
  const common = useMessages('common');
  const mayWrite = usePermission('billing:write');
  const countryName = useCountryName();
  const change = useChangeBilling(billing);
  const saved = toValues(billing);
  const form = useForm<ProfileValues>({ defaultValues: saved });
  const newer = useNewerState({ form, values: saved, version: billing.updatedAt, path: '/billing' });
  const { errors } = form.formState;
  const submit = async (values: ProfileValues) => {
    const picked = Object.fromEntries(FIELDS.map((name) => [name, values[name]]));
    const addressLines = values.addressLines
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    const isSaved = await newer.save(values, () => change.mutateAsync({ ...picked, addressLines }));
    if (isSaved) toast.success(common.saved);
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
      <ChangedMeanwhile
        newer={newer}
        labels={{
          legalName: text.legalName,
          addressLines: text.address,
          country: text.country,
          region: text.region,
          taxId: text.taxId,
          email: text.email,
          purchaseOrder: text.purchaseOrder,
        }}
        valueText={(name, value) => (name === 'country' ? countryName(value) : undefined)}
      />
      <Field label={text.legalName} hint={text.legalNameHint} error={errors.legalName?.message}>
        {input('legalName', 'organization')}
      </Field>
      <Field label={text.address} hint={text.addressHint} error={errors.addressLines?.message}>
        <Textarea rows={3} readOnly={!mayWrite} {...form.register('addressLines')} />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={text.country} hint={text.countryHint} error={errors.country?.message}>
          <Controller
            control={form.control}
            name="country"
            render={({ field }) => (
              <CountrySelect value={field.value} onChange={field.onChange} disabled={!mayWrite} />
            )}
          />
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

function toValues(billing: Billing): ProfileValues {
  const { legalName, country, region, taxId, email, purchaseOrder } = billing;
  return {
    legalName,
    addressLines: billing.addressLines.join('\n'),
    country,
    region,
    taxId,
    email,
    purchaseOrder,
  };
}
