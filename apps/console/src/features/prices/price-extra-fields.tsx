'use client';
/** Parts of a price that only some have: region and service tier, images and units, tiers by size. */
import { Button, Field, IconButton, Input } from '@tollgate/ui';
import { Plus, Trash2 } from 'lucide-react';
import { useId } from 'react';
import { type UseFormReturn, useFieldArray } from 'react-hook-form';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useComponentName } from './price-facts.tsx';
import { emptyTier, type PriceFormValues, SERVICE_TIERS, TIER_COMPONENTS } from './price-form-values.ts';

export interface PriceFormPart {
  readonly form: UseFormReturn<PriceFormValues>;
}

export function WhereFields({ form, fixed }: PriceFormPart & { readonly fixed: boolean }) {
  const prices = useMessages('prices');
  const listId = useId();
  const { errors } = form.formState;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field
        label={prices.serviceTier}
        hint={prices.form.serviceTierHint}
        error={errors.serviceTier?.message}
      >
        <Input
          readOnly={fixed}
          autoComplete="off"
          spellCheck={false}
          maxLength={32}
          list={listId}
          {...form.register('serviceTier')}
        />
      </Field>
      <datalist id={listId}>
        {SERVICE_TIERS.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <Field label={prices.region} hint={prices.form.regionHint} error={errors.region?.message}>
        <Input
          readOnly={fixed}
          autoComplete="off"
          spellCheck={false}
          maxLength={64}
          {...form.register('region')}
        />
      </Field>
    </div>
  );
}

export function OtherFields({ form }: PriceFormPart) {
  const text = useMessages('prices').form;
  const { fields, append, remove } = useFieldArray({ control: form.control, name: 'others' });
  const errors = form.formState.errors.others;
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-2 text-sm font-medium">{text.others}</legend>
      {fields.map((field, index) => (
        <div key={field.id} className="flex items-start gap-2">
          <Field
            label={text.otherName}
            error={errors?.[index]?.name?.message}
            {...(index === 0 && { hint: text.otherNameHint })}
            className="min-w-0 flex-1"
          >
            <Input autoComplete="off" spellCheck={false} {...form.register(`others.${index}.name`)} />
          </Field>
          <Field label={text.otherPrice} error={errors?.[index]?.amount?.message} className="w-32">
            <Input
              autoComplete="off"
              inputMode="decimal"
              prefix="$"
              className="tabular"
              {...form.register(`others.${index}.amount`)}
            />
          </Field>
          <IconButton label={text.removeOther} className="mt-6" onClick={() => remove(index)}>
            <Trash2 />
          </IconButton>
        </div>
      ))}
      <Button
        size="sm"
        icon={<Plus />}
        className="self-start"
        onClick={() => append({ name: '', amount: '' })}
      >
        {text.addOther}
      </Button>
    </fieldset>
  );
}

export function TierFields({ form }: PriceFormPart) {
  const text = useMessages('prices').form;
  const nameOf = useComponentName();
  const { fields, append, remove } = useFieldArray({ control: form.control, name: 'tiers' });
  const errors = form.formState.errors.tiers;
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-1 text-sm font-medium">{text.tiers}</legend>
      <p className="text-xs text-ink-soft">{text.tiersHint}</p>
      {fields.map((field, index) => (
        <div key={field.id} className="flex flex-col gap-3 rounded-md border border-line p-3">
          <div className="flex items-start gap-2">
            <Field
              label={text.tierAbove}
              error={errors?.[index]?.aboveInputTokens?.message}
              className="min-w-0 flex-1"
            >
              <Input
                autoComplete="off"
                inputMode="numeric"
                className="tabular"
                {...form.register(`tiers.${index}.aboveInputTokens`)}
              />
            </Field>
            <IconButton label={text.removeTier} className="mt-6" onClick={() => remove(index)}>
              <Trash2 />
            </IconButton>
          </div>
          <div className="grid gap-3 sm:grid-cols-3">
            {TIER_COMPONENTS.map((name) => (
              <Field key={name} label={nameOf(name)} error={errors?.[index]?.[name]?.message}>
                <Input
                  autoComplete="off"
                  inputMode="decimal"
                  prefix="$"
                  className="tabular"
                  {...form.register(`tiers.${index}.${name}`)}
                />
              </Field>
            ))}
          </div>
        </div>
      ))}
      <Button size="sm" icon={<Plus />} className="self-start" onClick={() => append(emptyTier())}>
        {text.addTier}
      </Button>
    </fieldset>
  );
}
