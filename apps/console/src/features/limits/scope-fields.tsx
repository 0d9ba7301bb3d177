'use client';
/** Choosing what a rule applies to: everything, one thing, or each of a kind on its own. */
import type { Key } from '@tollgate/api';
import { Combobox, type ComboboxOption, Field, Input, RadioGroup, Select } from '@tollgate/ui';
import { useDeferredValue, useState } from 'react';
import { Controller, type FieldValues, type Path, type PathValue, type UseFormReturn } from 'react-hook-form';
import { withQuery } from '../../api/query-key.ts';
import { type ApiPage, useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useMembers } from '../common/names.ts';
import { TeamSelect } from '../common/team-select.tsx';
import { useModelOptions, useServiceAccounts } from '../keys/key-options.ts';
import type { ScopeValues } from './scope-form.ts';
import { SCOPE_TYPES, type ScopeType } from './use-limit-text.ts';

export function ScopeFields<T extends FieldValues & ScopeValues>({
  form: given,
}: {
  readonly form: UseFormReturn<T>;
}) {
  // The fields below are those of ScopeValues, whatever else the form has.
  const form = given as unknown as UseFormReturn<ScopeValues>;
  const text = useMessages('limits');
  const type = form.watch('scopeType');
  const mode = form.watch('scopeMode');
  const { errors } = form.formState;
  const choose = (next: ScopeType) => {
    form.setValue('scopeType', next);
    form.setValue('scopeId', '');
    form.clearErrors('scopeId');
  };
  return (
    <>
      <Field label={text.scope}>
        <Select<ScopeType>
          value={type}
          onValueChange={choose}
          options={SCOPE_TYPES.map((value) => ({
            value,
            label: value === 'organization' ? text.wholeOrganization : text.scopeTypes[value],
          }))}
        />
      </Field>
      {type !== 'organization' && (
        <Field label={text.howMany} labelHidden className="sm:col-span-2">
          <Controller
            control={form.control}
            name="scopeMode"
            render={({ field }) => (
              <RadioGroup
                appearance="cards"
                value={field.value}
                onValueChange={field.onChange}
                options={[
                  { value: 'one', label: text.one[type] },
                  { value: 'each', label: text.each[type], description: text.oneEachHint },
                ]}
              />
            )}
          />
        </Field>
      )}
      {type !== 'organization' && mode === 'one' && (
        <Field
          label={text.scopeTypes[type]}
          hint={
            type === 'team'
              ? text.teamHint
              : type === 'tag'
                ? text.tagHint
                : type === 'endUser'
                  ? text.endUserHint
                  : undefined
          }
          error={errors.scopeId?.message}
          required
          className="sm:col-span-2"
        >
          <Controller
            control={form.control}
            name={'scopeId' as Path<ScopeValues>}
            render={({ field }) => (
              <ScopePicker
                type={type}
                value={String(field.value)}
                onChange={(value) => field.onChange(value as PathValue<ScopeValues, 'scopeId'>)}
              />
            )}
          />
        </Field>
      )}
    </>
  );
}

interface PickerProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function ScopePicker({
  type,
  ...props
}: PickerProps & { readonly type: Exclude<ScopeType, 'organization'> }) {
  const text = useMessages('limits');
  switch (type) {
    case 'team':
      return <TeamPicker {...props} />;
    case 'key':
      return <KeyPicker {...props} />;
    case 'member':
      return <MemberPicker {...props} />;
    case 'serviceAccount':
      return <AccountPicker {...props} />;
    case 'model':
      return <ModelPicker {...props} placeholder={text.choose.model} />;
    case 'endUser':
    case 'tag':
      return (
        <Input
          autoComplete="off"
          spellCheck={false}
          placeholder={type === 'tag' ? text.tagPlaceholder : undefined}
          value={props.value}
          onChange={(event) => props.onChange(event.target.value)}
        />
      );
  }
}

function Picker({
  value,
  onChange,
  ...rest
}: PickerProps & {
  readonly options: readonly ComboboxOption[];
  readonly placeholder: string;
  readonly onSearch?: (text: string) => void;
  readonly loading?: boolean;
}) {
  return (
    <Combobox
      {...rest}
      value={value === '' ? undefined : value}
      onValueChange={(next) => onChange(next ?? '')}
    />
  );
}

function TeamPicker(props: PickerProps) {
  const text = useMessages('limits').choose;
  return <TeamSelect {...props} placeholder={text.team} />;
}

function MemberPicker(props: PickerProps) {
  const text = useMessages('limits').choose;
  const members = useMembers();
  const options = members.rows.map(({ id, name, email }) => ({
    value: id,
    label: name || email,
    hint: name ? email : undefined,
    keywords: [email],
  }));
  return <Picker {...props} placeholder={text.member} options={options} />;
}

function AccountPicker(props: PickerProps) {
  const text = useMessages('limits').choose;
  const options = useServiceAccounts().rows.map(({ id, name }) => ({ value: id, label: name }));
  return <Picker {...props} placeholder={text.serviceAccount} options={options} />;
}

const SHOWN_KEYS = 50;

/** Found by the server: there can be hundreds of thousands. */
export function KeyPicker(props: PickerProps) {
  const text = useMessages('limits').choose;
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed.trim());
  const keys = useApiQuery<ApiPage<Key>>(withQuery('/keys', { q, state: 'active', limit: SHOWN_KEYS }), {
    placeholderData: (before) => before,
  });
  const chosen = useApiQuery<Key>(
    props.value === '' ? undefined : `/keys/${encodeURIComponent(props.value)}`,
  );
  const rows = keys.data?.data ?? [];
  const all = chosen.data && !rows.some(({ id }) => id === props.value) ? [chosen.data, ...rows] : rows;
  return (
    <Picker
      {...props}
      placeholder={text.key}
      options={all.map(({ id, name, hint }) => ({ value: id, label: name, hint }))}
      onSearch={setTyped}
      loading={keys.isPending}
    />
  );
}

/** By the name that answers, whoever serves it. */
export function ModelPicker({
  placeholder,
  clearable = false,
  value,
  onChange,
}: PickerProps & { readonly placeholder: string; readonly clearable?: boolean }) {
  const { options, onSearch, loading } = useModelOptions();
  const names = [...new Map(options.map((option) => [option.label, option])).values()];
  const all = names.map(({ label, hint }) => ({ value: label, label, hint }));
  const known = value === '' || all.some((option) => option.value === value);
  return (
    <Combobox
      clearable={clearable}
      placeholder={placeholder}
      options={known ? all : [{ value, label: value }, ...all]}
      onSearch={onSearch}
      loading={loading}
      value={value === '' ? undefined : value}
      onValueChange={(next) => onChange(next ?? '')}
    />
  );
}
