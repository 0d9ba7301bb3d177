'use client';
/** Who writes the invoices: the operator's name, address and tax id, and what numbers begin with. */
import type { Letterhead } from '@tollgate/api';
import { Callout, Card, Field, Input, Skeleton, Textarea, toast } from '@tollgate/ui';
import { Controller, useForm } from 'react-hook-form';
import { useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { CountrySelect, useCountryName } from '../common/country-select.tsx';
import { ChangedMeanwhile, useNewerState } from '../common/newer-state.tsx';
import { QueryError } from '../common/query-error.tsx';
import { etagOfTime } from '../common/request-safety.ts';
import { SettingsForm } from '../settings/settings-form.tsx';
import { LETTERHEAD_PATH, TAX_RATES_PATH } from './operator-api.ts';

const FIELDS = [
  'legalName',
  'addressLines',
  'country',
  'taxId',
  'email',
  'website',
  'seriesPrefix',
  'notes',
] as const;

type LetterheadValues = Record<(typeof FIELDS)[number], string>;

export function LetterheadTab() {
  const text = useMessages('operator').letterhead;
  const letterhead = useApiQuery<Letterhead>(LETTERHEAD_PATH);
  if (letterhead.error && letterhead.data === undefined) {
    return (
      <Card flush>
        <QueryError query={letterhead} />
      </Card>
    );
  }
  if (letterhead.data === undefined) return <Skeleton className="h-80 max-w-3xl" />;
  const { addressLines, taxId } = letterhead.data;
  return (
    <div className="flex max-w-3xl flex-col gap-4">
      {addressLines.length === 0 && taxId === '' && (
        <Callout tone="warning" title={text.missing}>
          {text.missingText}
        </Callout>
      )}
      <LetterheadForm letterhead={letterhead.data} />
    </div>
  );
}

function LetterheadForm({ letterhead }: { readonly letterhead: Letterhead }) {
  const text = useMessages('operator').letterhead;
  const common = useMessages('common');
  const parts = useMessages('parts');
  const countryName = useCountryName();
  const saved = toValues(letterhead);
  const form = useForm<LetterheadValues>({ defaultValues: saved });
  const newer = useNewerState({ form, values: saved, version: letterhead.updatedAt, path: LETTERHEAD_PATH });
  const { errors } = form.formState;
  const change = useApiMutation<Letterhead, LetterheadValues>(
    ({ addressLines, notes, ...plain }) => ({
      path: LETTERHEAD_PATH,
      method: 'PATCH',
      json: {
        ...plain,
        addressLines: linesOf(addressLines),
        notes: linesOf(notes),
      },
      ifMatch: etagOfTime(letterhead.updatedAt),
    }),
    { invalidates: [LETTERHEAD_PATH, TAX_RATES_PATH, '/audit-events'] },
  );
  return (
    <SettingsForm
      title={text.title}
      description={text.text}
      form={form}
      fields={FIELDS}
      submitLabel={common.save}
      onSubmit={async (values) => {
        if (await newer.save(values, () => change.mutateAsync(values))) toast.success(common.saved);
      }}
    >
      <ChangedMeanwhile
        newer={newer}
        labels={{
          legalName: text.legalName,
          addressLines: text.address,
          country: text.country,
          taxId: text.taxId,
          email: text.email,
          website: text.website,
          seriesPrefix: text.prefix,
          notes: text.notes,
        }}
        valueText={(name, value) => (name === 'country' ? countryName(value) : undefined)}
      />
      <Field label={text.legalName} error={errors.legalName?.message} required>
        <Input
          autoComplete="organization"
          maxLength={200}
          {...form.register('legalName', { required: parts.required })}
        />
      </Field>
      <Field label={text.address} hint={text.addressHint} error={errors.addressLines?.message}>
        <Textarea rows={4} {...form.register('addressLines')} />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={text.country} error={errors.country?.message}>
          <Controller
            control={form.control}
            name="country"
            render={({ field }) => <CountrySelect value={field.value} onChange={field.onChange} />}
          />
        </Field>
        <Field label={text.taxId} error={errors.taxId?.message}>
          <Input autoComplete="off" maxLength={64} {...form.register('taxId')} />
        </Field>
        <Field label={text.email} error={errors.email?.message}>
          <Input autoComplete="email" maxLength={254} {...form.register('email')} />
        </Field>
        <Field label={text.website} error={errors.website?.message}>
          <Input autoComplete="url" maxLength={200} {...form.register('website')} />
        </Field>
      </div>
      <Field
        label={text.prefix}
        hint={text.prefixHint(new Date().getFullYear(), form.watch('seriesPrefix').toUpperCase())}
        error={errors.seriesPrefix?.message}
        required
      >
        <Input
          autoComplete="off"
          spellCheck={false}
          maxLength={12}
          className="w-40 uppercase"
          {...form.register('seriesPrefix', {
            validate: (typed) =>
              (/^[A-Za-z0-9]{1,12}$/.test(typed.trim()) && typed.trim().toUpperCase() !== 'TEST') ||
              text.prefixWrong,
          })}
        />
      </Field>
      <Field label={text.notes} hint={text.notesHint} error={errors.notes?.message}>
        <Textarea rows={4} {...form.register('notes')} />
      </Field>
    </SettingsForm>
  );
}

function toValues({
  legalName,
  country,
  taxId,
  email,
  website,
  seriesPrefix,
  ...lists
}: Letterhead): LetterheadValues {
  return {
    legalName,
    addressLines: lists.addressLines.join('\n'),
    country,
    taxId,
    email,
    website,
    seriesPrefix,
    notes: lists.notes.join('\n'),
  };
}

function linesOf(typed: string): string[] {
  return typed
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
