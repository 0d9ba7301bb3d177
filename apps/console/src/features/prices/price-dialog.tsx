'use client';
/** States a price, now or for later. What is in force is never edited: the new one follows it. */
import { zodResolver } from '@hookform/resolvers/zod';
import type { Price } from '@tollgate/api';
import { Callout, Combobox, Field, formatNumber, Input, Select } from '@tollgate/ui';
import { useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { useApiMutation } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { Disclosure } from '../common/disclosure.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';
import { useProviderOptions } from '../keys/key-options.ts';
import { parseAmount, parseCount } from '../limits/amount.ts';
import { OrganizationSelect } from '../operator/organization-select.tsx';
import { useMe } from '../shell/use-me.ts';
import { STALE_AFTER_PRICE_CHANGE, useIsOperator } from './price-api.ts';
import { OtherFields, type PriceFormPart, TierFields, WhereFields } from './price-extra-fields.tsx';
import { useComponentName } from './price-facts.tsx';
import {
  FORM_COMPONENTS,
  type FormComponent,
  isOtherName,
  isTierStated,
  MAIN_COMPONENTS,
  MORE_COMPONENTS,
  newPriceValues,
  type PriceBase,
  type PriceFormValues,
  type PriceScope,
  TIER_COMPONENTS,
  toNewPrice,
} from './price-form-values.ts';

const FIELDS = [
  'provider',
  'model',
  'serviceTier',
  'region',
  'scope',
  'validFrom',
  'source',
  ...FORM_COMPONENTS,
] as const;
/** Where the API says it of a unit price inside of a component. */
const API_FIELDS: Readonly<Record<string, FormComponent>> = Object.fromEntries(
  FORM_COMPONENTS.flatMap((name) =>
    ['', '.usdPerMillion', '.usdPerUnit'].map((part) => [`components.${name}${part}`, name]),
  ),
);

export interface PriceDialogProps {
  readonly base?: PriceBase | undefined;
  readonly onClose: () => void;
  readonly onStated: (price: Price) => void;
}

export function PriceDialog({ base, onClose, onStated }: PriceDialogProps) {
  const text = useMessages('prices').form;
  const locale = useLocale();
  const isOperator = useIsOperator();
  const form = usePriceForm(newPriceValues(base, 'own', locale));
  const key = useIdempotencyKey();
  const ownId = useMe().data?.organizationId ?? '';
  const [contractId, setContractId] = useState<string>();
  const organizationId = contractId ?? ownId;
  const state = useApiMutation<Price, { readonly json: object; readonly scope: PriceScope }>(
    ({ json, scope }) => {
      const idempotencyKey = idempotencyKeyOf(key, { json, scope });
      if (scope === 'own') return { path: '/prices', json, idempotencyKey };
      const stated = scope === 'contract' ? { ...json, organizationId } : json;
      return { path: '/operator/prices', json: stated, idempotencyKey };
    },
    { invalidates: STALE_AFTER_PRICE_CHANGE },
  );
  const values = form.watch();
  const extra = values.others.length + values.tiers.length;
  const past = Date.parse(values.validFrom) < Date.now();
  return (
    <FormDialog
      form={form}
      fields={FIELDS}
      apiFields={API_FIELDS}
      size="lg"
      title={text.title}
      description={text.text}
      submitLabel={text.submit}
      onSubmit={(typed) => state.mutateAsync({ json: toNewPrice(typed, locale), scope: typed.scope })}
      done={(price) => text.stated(price.model)}
      onDone={onStated}
      onClose={onClose}
    >
      <ModelFields form={form} fixed={base !== undefined} />
      {isOperator && <ScopeField form={form} />}
      {values.scope === 'contract' && (
        <Field label={text.contractOf} required>
          <OrganizationSelect value={organizationId} onChange={setContractId} />
        </Field>
      )}
      <div className="grid gap-4 sm:grid-cols-3">
        {MAIN_COMPONENTS.map((name) => (
          <ComponentField key={name} form={form} name={name} />
        ))}
      </div>
      <Disclosure
        title={text.more}
        open={extra > 0 || MORE_COMPONENTS.some((name) => values[name] !== '')}
        summary={extra > 0 && text.extra(formatNumber(extra, locale))}
      >
        <WhereFields form={form} fixed={base?.price !== undefined} />
        <div className="grid gap-4 sm:grid-cols-3">
          {MORE_COMPONENTS.map((name) => (
            <ComponentField key={name} form={form} name={name} />
          ))}
        </div>
        <OtherFields form={form} />
        <TierFields form={form} />
      </Disclosure>
      <TimeFields form={form} />
      {past && (
        <Callout tone="warning" title={text.past}>
          {text.pastText}
        </Callout>
      )}
    </FormDialog>
  );
}

function usePriceForm(defaultValues: PriceFormValues) {
  const text = useMessages('prices').form;
  const { required } = useMessages('parts');
  const locale = useLocale();
  const isAmount = (typed: string) => typed.trim() === '' || parseAmount(typed, locale) !== undefined;
  const schema = z.custom<PriceFormValues>().superRefine((values, context) => {
    const refuse = (message: string, ...path: (string | number)[]) =>
      context.addIssue({ code: 'custom', path, message });
    if (values.provider.trim() === '') refuse(required, 'provider');
    if (values.model.trim() === '') refuse(required, 'model');
    const isStated = FORM_COMPONENTS.some((name) => values[name].trim() !== '') || values.others.length > 0;
    if (!isStated) refuse(text.needPrice, 'input');
    for (const name of FORM_COMPONENTS) if (!isAmount(values[name])) refuse(text.amountWrong, name);
    for (const [index, { name, amount }] of values.others.entries()) {
      if (!isOtherName(name)) refuse(text.otherNameWrong, 'others', index, 'name');
      if (parseAmount(amount, locale) === undefined) refuse(text.amountWrong, 'others', index, 'amount');
    }
    let before = -1;
    for (const [index, tier] of values.tiers.entries()) {
      const above = parseCount(tier.aboveInputTokens, locale) ?? -1;
      if (above <= before) refuse(text.tierAboveWrong, 'tiers', index, 'aboveInputTokens');
      before = Math.max(before, above);
      if (!isTierStated(tier)) refuse(text.needPrice, 'tiers', index, 'input');
      for (const name of TIER_COMPONENTS) {
        if (!isAmount(tier[name])) refuse(text.amountWrong, 'tiers', index, name);
      }
    }
  });
  return useForm<PriceFormValues>({ resolver: zodResolver(schema), defaultValues });
}

function ModelFields({ form, fixed }: PriceFormPart & { readonly fixed: boolean }) {
  const text = useMessages('prices');
  const providers = useProviderOptions();
  const { errors } = form.formState;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {/* Chosen, not typed: a price under another spelling would never be found. */}
      <Field label={text.provider} required error={errors.provider?.message}>
        <Controller
          control={form.control}
          name="provider"
          render={({ field }) => (
            <Combobox
              value={field.value === '' ? undefined : field.value}
              onValueChange={(value) => field.onChange(value ?? '')}
              options={providers}
              disabled={fixed}
            />
          )}
        />
      </Field>
      <Field label={text.model} required error={errors.model?.message}>
        <Input readOnly={fixed} autoComplete="off" spellCheck={false} {...form.register('model')} />
      </Field>
    </div>
  );
}

function ScopeField({ form }: PriceFormPart) {
  const text = useMessages('prices').form;
  return (
    <Field label={text.scope}>
      <Controller
        control={form.control}
        name="scope"
        render={({ field }) => (
          <Select<PriceScope>
            value={field.value}
            onValueChange={field.onChange}
            options={(['own', 'contract', 'operator'] as const).map((value) => ({
              value,
              label: text.scopes[value],
            }))}
          />
        )}
      />
    </Field>
  );
}

function ComponentField({ form, name }: PriceFormPart & { readonly name: FormComponent }) {
  const text = useMessages('prices').form;
  const nameOf = useComponentName();
  return (
    <Field
      label={nameOf(name)}
      error={form.formState.errors[name]?.message}
      hint={name === 'request' ? text.perRequest : text.perMillion}
    >
      <Input autoComplete="off" inputMode="decimal" prefix="$" className="tabular" {...form.register(name)} />
    </Field>
  );
}

function TimeFields({ form }: PriceFormPart) {
  const text = useMessages('prices').form;
  const { errors } = form.formState;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label={text.validFrom} hint={text.validFromHint} error={errors.validFrom?.message}>
        <Input type="datetime-local" {...form.register('validFrom')} />
      </Field>
      <Field label={text.source} hint={text.sourceHint} error={errors.source?.message}>
        <Input autoComplete="off" {...form.register('source')} />
      </Field>
    </div>
  );
}
