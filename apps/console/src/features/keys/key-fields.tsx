'use client';
/** The fields of a key, for making one and for changing one. */
import type { EffectiveKeyRules } from '@tollgate/api';
import { Checkbox, Field, Input, MultiSelect, Select, Textarea } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { Controller, type UseFormReturn } from 'react-hook-form';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Disclosure } from '../common/disclosure.tsx';
import { TeamSelect } from '../common/team-select.tsx';
import { useOrganizationZone } from '../shell/use-me.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import {
  EXPIRY_PRESETS,
  type ExpiryPreset,
  type KeyFormValues,
  newKeyExpiries,
  usualExpiryRule,
} from './key-form-values.ts';
import { useEndpointOptions, useModelOptions, useProviderOptions } from './key-options.ts';
import { KeyRuleFields } from './key-rule-fields.tsx';
import { OwnerSelect } from './owner-select.tsx';
import { useUsualRuleText } from './usual-key-rules.ts';

export interface KeyFieldsProps {
  readonly form: UseFormReturn<KeyFormValues>;
  /** Offers to leave the date as it is. */
  readonly existing?: boolean;
  /** What the rules give a new key; undefined: not known, or it is there already. */
  readonly usual?: EffectiveKeyRules | undefined;
}

export function KeyFields({ form, existing = false, usual }: KeyFieldsProps) {
  const text = useMessages('keys').form;
  const parts = useMessages('parts');
  const owners = useMessages('keys').owners;
  const { control, register, formState } = form;
  const { errors } = formState;
  const mayAny = usePermission('keys:write-any');
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
        <ExpiryFields form={form} existing={existing} usual={usual} />
      </div>
      {!existing && <KeyRuleFields form={form} usual={usual} />}
      <ScopeFields form={form} existing={existing} usual={usual} />
    </>
  );
}

type PartProps = Required<KeyFieldsProps>;

function ExpiryFields({ form, existing, usual }: PartProps): ReactNode {
  const timeZone = useOrganizationZone();
  const text = useMessages('keys').form;
  const rules = useMessages('keyRules');
  const said = useUsualRuleText(usual);
  const { control, register, formState, watch } = form;
  const { errors } = formState;
  const expiry = watch('expiry');
  const rule = usualExpiryRule(usual);
  const presets = existing ? EXPIRY_PRESETS.filter((preset) => preset !== 'usual') : newKeyExpiries(usual);
  const labelOf = (preset: ExpiryPreset) =>
    preset === 'usual' && rule !== null
      ? `${text.expiry.usual}: ${rules.days(rule.value)}`
      : text.expiry[preset];
  const latest = usual?.maxAgeDays ?? null;
  const hint =
    expiry === 'usual' && rule !== null
      ? rules.usualIs(rules.days(rule.value), said.from(rule))
      : latest !== null
        ? rules.atMost(rules.days(latest.value), said.from(latest))
        : undefined;
  return (
    <>
      <Field label={text.expires} hint={hint} error={errors.expiry?.message}>
        <Controller
          control={control}
          name="expiry"
          render={({ field }) => (
            <Select
              options={presets.map((preset) => ({ value: preset, label: labelOf(preset) }))}
              value={field.value}
              onValueChange={field.onChange}
            />
          )}
        />
      </Field>
      {expiry === 'custom' && (
        <Field label={text.date} hint={text.dateHint(timeZone)} error={errors.expiryDate?.message}>
          <Input type="date" {...register('expiryDate')} />
        </Field>
      )}
    </>
  );
}

function ScopeFields({ form, existing, usual }: PartProps): ReactNode {
  const text = useMessages('keys').form;
  const rules = useMessages('keyRules');
  const { control, register, formState } = form;
  const { errors } = formState;
  const lists = [
    { name: 'providers', label: text.providers, all: text.allProviders, options: useProviderOptions() },
    { name: 'endpoints', label: text.endpoints, all: text.allEndpoints, options: useEndpointOptions() },
  ] as const;
  const given = (usual?.defaultModels ?? null) !== null;
  const wrong = errors.models ?? errors.providers ?? errors.endpoints ?? errors.ipAllowlist ?? errors.tags;
  return (
    <Disclosure
      title={text.scope}
      summary={given && rules.usual}
      open={existing || given || wrong !== undefined}
    >
      <p className="text-xs text-ink-faint">{text.scopeText}</p>
      <ModelsField form={form} usual={usual} />
      <div className="grid gap-4 sm:grid-cols-2">
        {lists.map(({ name, label, all, ...options }) => (
          <Field key={name} label={label} error={errors[name]?.message}>
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

function ModelsField({ form, usual }: Pick<PartProps, 'form' | 'usual'>): ReactNode {
  const text = useMessages('keys').form;
  const rules = useMessages('keyRules');
  const said = useUsualRuleText(usual);
  const models = useModelOptions();
  const { control, formState, watch, setValue } = form;
  const given = usual?.defaultModels ?? null;
  const all = given !== null && watch('allModels');
  const isUsual = given !== null && !all && watch('models').length === 0;
  const list = given?.value.join(', ') ?? '';
  return (
    <>
      <Field
        label={text.models}
        hint={isUsual ? rules.usualIs(list, said.from(given)) : undefined}
        error={formState.errors.models?.message}
      >
        <Controller
          control={control}
          name="models"
          render={({ field }) => (
            <MultiSelect
              {...models}
              value={field.value}
              onValueChange={field.onChange}
              allLabel={isUsual ? list : text.allModels}
              disabled={all}
            />
          )}
        />
      </Field>
      {given !== null && (
        <Controller
          control={control}
          name="allModels"
          render={({ field }) => (
            <Checkbox
              label={rules.allModelsInstead}
              checked={field.value}
              onCheckedChange={(checked) => {
                if (checked) setValue('models', []);
                field.onChange(checked);
              }}
            />
          )}
        />
      )}
    </>
  );
}
