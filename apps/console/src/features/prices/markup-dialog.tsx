'use client';
/** States the markup of a resold credential, now or for later. The rule in force is never edited: the next one ends it. */
import { zodResolver } from '@hookform/resolvers/zod';
import type { MarkupRule } from '@tollgate/api';
import { Combobox, Field, Input, Select } from '@tollgate/ui';
import { useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { useApiMutation } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';
import { parseAmount } from '../limits/amount.ts';
import { OrganizationSelect } from '../operator/organization-select.tsx';
import { useMe } from '../shell/use-me.ts';
import {
  MARKUP_COMPONENTS,
  type MarkupFormValues,
  type MarkupScope,
  parseBasisPoints,
  toNewMarkupRule,
} from './markup-form-values.ts';
import { STALE_AFTER_MARKUP_CHANGE } from './price-api.ts';
import { useComponentName } from './price-facts.tsx';

export interface ResoldCredential {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
}

const FIELDS = ['credentialId', 'scope', 'percent', 'validFrom', ...MARKUP_COMPONENTS] as const;
const API_FIELDS = {
  basisPoints: 'percent',
  ...Object.fromEntries(
    MARKUP_COMPONENTS.flatMap((name) =>
      ['', '.usdPerMillion', '.usdPerUnit'].map((part) => [`perUnit.${name}${part}`, name]),
    ),
  ),
} as const;

export function MarkupDialog({
  credentials,
  onClose,
}: {
  readonly credentials: readonly ResoldCredential[];
  readonly onClose: () => void;
}) {
  const prices = useMessages('prices');
  const text = prices.markup;
  const locale = useLocale();
  const nameOf = useComponentName();
  const form = useMarkupForm(credentials[0]?.id ?? '');
  const ownId = useMe().data?.organizationId ?? '';
  const [chosenId, setChosenId] = useState<string>();
  const organizationId = chosenId ?? ownId;
  const formKey = useIdempotencyKey();
  const state = useApiMutation<MarkupRule, object>(
    (json) => ({ path: '/operator/markup-rules', json, idempotencyKey: idempotencyKeyOf(formKey, json) }),
    { invalidates: STALE_AFTER_MARKUP_CHANGE },
  );
  const { errors } = form.formState;
  return (
    <FormDialog
      form={form}
      fields={FIELDS}
      apiFields={API_FIELDS}
      size="lg"
      title={text.state}
      description={text.stateText}
      submitLabel={text.submit}
      onSubmit={(values) => state.mutateAsync(toNewMarkupRule(values, organizationId, locale))}
      done={(rule) => text.stated(rule.credentialName)}
      onClose={onClose}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={text.credential} required error={errors.credentialId?.message}>
          <Controller
            control={form.control}
            name="credentialId"
            render={({ field }) => (
              <Combobox
                value={field.value || undefined}
                onValueChange={(id) => field.onChange(id ?? '')}
                options={credentials.map(({ id, name }) => ({ value: id, label: name, keywords: [id] }))}
              />
            )}
          />
        </Field>
        <Field label={prices.form.scope}>
          <Controller
            control={form.control}
            name="scope"
            render={({ field }) => (
              <Select<MarkupScope>
                value={field.value}
                onValueChange={field.onChange}
                options={(['everybody', 'organization'] as const).map((value) => ({
                  value,
                  label: value === 'organization' ? text.oneOrganization : text.scopes[value],
                }))}
              />
            )}
          />
        </Field>
        {form.watch('scope') === 'organization' && (
          <Field label={prices.form.contractOf} required className="sm:col-span-2">
            <OrganizationSelect value={organizationId} onChange={setChosenId} />
          </Field>
        )}
        <Field label={text.percent} hint={text.percentHint} error={errors.percent?.message}>
          <Input autoComplete="off" suffix="%" className="tabular" {...form.register('percent')} />
        </Field>
        <Field label={prices.validFrom} hint={text.validFromHint} error={errors.validFrom?.message}>
          <Input type="datetime-local" {...form.register('validFrom')} />
        </Field>
      </div>
      <div className="grid gap-4 sm:grid-cols-3">
        {MARKUP_COMPONENTS.map((name) => (
          <Field
            key={name}
            label={text.plus(nameOf(name))}
            hint={name === 'request' ? prices.form.perRequest : prices.form.perMillion}
            error={errors[name]?.message}
          >
            <Input
              autoComplete="off"
              inputMode="decimal"
              prefix="$"
              className="tabular"
              {...form.register(name)}
            />
          </Field>
        ))}
      </div>
    </FormDialog>
  );
}

function useMarkupForm(credentialId: string) {
  const prices = useMessages('prices');
  const { required } = useMessages('parts');
  const locale = useLocale();
  const schema = z.custom<MarkupFormValues>().superRefine((values, context) => {
    const refuse = (path: keyof MarkupFormValues, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (values.credentialId === '') refuse('credentialId', required);
    const units = MARKUP_COMPONENTS.filter((name) => values[name].trim() !== '');
    if (values.percent.trim() === '' && units.length === 0) refuse('percent', required);
    if (values.percent.trim() !== '' && parseBasisPoints(values.percent, locale) === undefined) {
      refuse('percent', prices.markup.percentWrong);
    }
    for (const name of units) {
      if (parseAmount(values[name], locale) === undefined) refuse(name, prices.form.amountWrong);
    }
  });
  return useForm<MarkupFormValues>({
    resolver: zodResolver(schema),
    defaultValues: {
      credentialId,
      scope: 'everybody',
      percent: '',
      validFrom: '',
      input: '',
      output: '',
      request: '',
    },
  });
}
