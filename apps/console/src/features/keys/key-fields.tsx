'use client';
/** The fields of a key, for making one and for changing one. */
import { Field, Input, MultiSelect, Select, Textarea } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { Controller, type UseFormReturn } from 'react-hook-form';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Disclosure } from '../common/disclosure.tsx';
import { TeamSelect } from '../common/team-select.tsx';
import { useOrganizationZone } from '../shell/use-me.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { EXPIRY_PRESETS, type KeyFormValues } from './key-form-values.ts';
import { useEndpointOptions, useModelOptions, useProviderOptions } from './key-options.ts';
import { KeyRuleFields } from './key-rule-fields.tsx';
import { OwnerSelect } from './owner-select.tsx';

export interface KeyFieldsProps {
  readonly form: UseFormReturn<KeyFormValues>;
  /** Offers to leave the date as it is. */
  readonly existing?: boolean;
}

export function KeyFields({ form, existing = false }: KeyFieldsProps) {
  const timeZone = useOrganizationZone();
  const text = useMessages('keys').form;
  const parts = useMessages('parts');
  const owners = useMessages('keys').owners;
  const { control, register, formState, watch } = form;
  const { errors } = formState;
  const mayAny = usePermission('keys:write-any');
  const presets = EXPIRY_PRESETS.filter((preset) => preset !== (existing ? 'usual' : 'keep'));
  return (
    <>
      <Field label={text.name} hint={text.nameHint} error={errors.name?.message} required>
        <Input autoFocus autoComplete="off" {...register('name')} />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={text.team} hint={text.teamHint} error={errors.teamId?.message}>
          <Controller
            control={control}
            name="teamId"
            render={({ field }) => (
              <TeamSelect
                clearable
                placeholder={parts.noTeam}
                value={field.value}
                onChange={field.onChange}
                ownOnly={!mayAny}
              />
            )}
          />
        </Field>
        <Field label={owners.label} hint={owners.hint} error={errors.ownerId?.message}>
          <Controller
            control={control}
            name="ownerId"
            render={({ field }) => <OwnerSelect value={field.value} onChange={field.onChange} />}
          />
        </Field>
        <Field label={text.expires} error={errors.expiry?.message}>
          <Controller
            control={control}
            name="expiry"
            render={({ field }) => (
              <Select
                options={presets.map((preset) => ({ value: preset, label: text.expiry[preset] }))}
                value={field.value}
                onValueChange={field.onChange}
              />
            )}
          />
        </Field>
        {watch('expiry') === 'custom' && (
          <Field label={text.date} hint={text.dateHint(timeZone)} error={errors.expiryDate?.message}>
            <Input type="date" {...register('expiryDate')} />
          </Field>
        )}
      </div>
      {!existing && <KeyRuleFields form={form} />}
      <ScopeFields form={form} open={existing} />
    </>
  );
}

function ScopeFields({
  form,
  open,
}: {
  readonly form: UseFormReturn<KeyFormValues>;
  readonly open: boolean;
}): ReactNode {
  const text = useMessages('keys').form;
  const { control, register, formState } = form;
  const { errors } = formState;
  const models = useModelOptions();
  const lists = [
    { name: 'models', label: text.models, all: text.allModels, ...models },
    { name: 'providers', label: text.providers, all: text.allProviders, options: useProviderOptions() },
    { name: 'endpoints', label: text.endpoints, all: text.allEndpoints, options: useEndpointOptions() },
  ] as const;
  const wrong = errors.models ?? errors.providers ?? errors.endpoints ?? errors.ipAllowlist ?? errors.tags;
  return (
    <Disclosure title={text.scope} open={open || wrong !== undefined}>
      <p className="text-xs text-ink-faint">{text.scopeText}</p>
      <div className="grid gap-4 sm:grid-cols-2">
        {lists.map(({ name, label, all, ...options }) => (
          <Field
            key={name}
            label={label}
            error={errors[name]?.message}
            className={name === 'models' ? 'sm:col-span-2' : ''}
          >
            <Controller
              control={control}
              name={name}
              render={({ field }) => (
                <MultiSelect {...options} value={field.value} onValueChange={field.onChange} allLabel={all} />
              )}
            />
          </Field>
        ))}
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={text.ipAllowlist} hint={text.ipHint} error={errors.ipAllowlist?.message}>
          <Textarea spellCheck={false} className="font-mono" {...register('ipAllowlist')} />
        </Field>
        <Field label={text.tags} hint={text.tagsHint} error={errors.tags?.message}>
          <Textarea spellCheck={false} className="font-mono" {...register('tags')} />
        </Field>
      </div>
    </Disclosure>
  );
}
