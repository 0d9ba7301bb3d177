'use client';
/** Sets a tax from an instant on. */
import type { TaxRate } from '@tollgate/api';
import { Field, Input } from '@tollgate/ui';
import { Controller, useForm } from 'react-hook-form';
import { useApiMutation } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { CountrySelect } from '../common/country-select.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { TAX_RATES_PATH } from './operator-api.ts';
import { parsePercent } from './parse-percent.ts';

const FIELDS = ['country', 'region', 'name', 'rate', 'validFrom', 'endsAt', 'reverseChargeText'] as const;
type TaxValues = Record<(typeof FIELDS)[number], string>;

export function TaxRateDialog({ onClose }: { readonly onClose: () => void }) {
  const text = useMessages('operator').taxes;
  const parts = useMessages('parts');
  const locale = useLocale();
  const form = useForm<TaxValues>({
    defaultValues: {
      country: '',
      region: '',
      name: '',
      rate: '',
      validFrom: new Date().toISOString().slice(0, 10),
      endsAt: '',
      reverseChargeText: '',
    },
  });
  const { errors } = form.formState;
  const save = useApiMutation<TaxRate, TaxValues>(
    ({ rate, validFrom, endsAt, country, ...rest }) => ({
      path: TAX_RATES_PATH,
      json: {
        ...rest,
        country,
        rateBasisPoints: parsePercent(rate, locale),
        validFrom: legalDay(validFrom),
        endsAt: endsAt === '' ? null : legalDay(endsAt),
      },
    }),
    { invalidates: [TAX_RATES_PATH, '/audit-events'] },
  );
  return (
    <FormDialog
      title={text.set}
      description={text.text}
      form={form}
      fields={FIELDS}
      apiFields={{ rateBasisPoints: 'rate' }}
      submitLabel={text.set}
      onSubmit={(values) => save.mutateAsync(values)}
      done={({ name, country }) => text.saved(name, country)}
      onClose={onClose}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={text.country} error={errors.country?.message} required>
          <Controller
            control={form.control}
            name="country"
            rules={{ required: parts.required }}
            render={({ field }) => (
              <CountrySelect value={field.value} onChange={field.onChange} clearable={false} />
            )}
          />
        </Field>
        <Field label={text.region} hint={text.regionHint} error={errors.region?.message} optional>
          <Input autoComplete="off" maxLength={64} {...form.register('region')} />
        </Field>
        <Field label={text.name} error={errors.name?.message} required>
          <Input
            autoComplete="off"
            maxLength={80}
            placeholder={text.namePlaceholder}
            {...form.register('name', { required: parts.required })}
          />
        </Field>
        <Field label={text.rate} error={errors.rate?.message} required>
          <Input
            autoComplete="off"
            inputMode="decimal"
            suffix="%"
            className="tabular"
            {...form.register('rate', {
              required: parts.required,
              validate: (typed) => parsePercent(typed, locale) !== undefined || text.rateWrong,
            })}
          />
        </Field>
        <Field label={text.validFrom} hint={text.validFromHint} error={errors.validFrom?.message} required>
          <Input type="date" {...form.register('validFrom', { required: parts.required })} />
        </Field>
        <Field label={text.endsAt} hint={text.endsAtHint} error={errors.endsAt?.message} optional>
          <Input
            type="date"
            {...form.register('endsAt', {
              validate: (day, { validFrom }) => day === '' || day > validFrom || text.endsAtWrong,
            })}
          />
        </Field>
      </div>
      <Field
        label={text.reverseCharge}
        hint={text.reverseChargeHint}
        error={errors.reverseChargeText?.message}
        optional
      >
        <Input autoComplete="off" maxLength={300} {...form.register('reverseChargeText')} />
      </Field>
    </FormDialog>
  );
}

/** A day of the calendar has no zone: it is told as its midnight UTC wherever the operator sits. */
const legalDay = (day: string) => `${day}T00:00:00.000Z`;
