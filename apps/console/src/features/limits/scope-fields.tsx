'use client';
/** Choosing what a rule applies to: everything, one thing, or each of a kind on its own. */
import type { Key } from '@tollgate/api';
import { Combobox, type ComboboxOption, Field, Input, RadioGroup, Select } from '@tollgate/ui';
import { Controller, type FieldValues, type Path, type PathValue, type UseFormReturn } from 'react-hook-form';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FoundSelect, type FoundSelectProps, useFoundRows } from '../common/found-select.tsx';
import { MemberSelect } from '../common/member-select.tsx';
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
  return <MemberSelect {...props} placeholder={text.member} />;
}

function AccountPicker(props: PickerProps) {
  const text = useMessages('limits').choose;
  const options = useServiceAccounts().rows.map(({ id, name }) => ({ value: id, label: name }));
  return <Picker {...props} placeholder={text.serviceAccount} options={options} />;
}

const SHOWN_KEYS = 50;

/** Found by the server: there can be hundreds of thousands. */
export function KeyPicker(props: PickerProps & Pick<FoundSelectProps, 'clearable'>) {
  const text = useMessages('limits').choose;
  const { rows, search } = useFoundRows<Key>((q) =>
    withQuery('/keys', { q, state: 'active', limit: SHOWN_KEYS }),
  );
  const isKnown = props.value === '' || rows.some(({ id }) => id === props.value);
  const chosen = useApiQuery<Key>(isKnown ? undefined : `/keys/${encodeURIComponent(props.value)}`).data;
  return (
    <FoundSelect
      {...props}
      placeholder={text.key}
      options={rows.map(({ id, name, hint }) => ({ value: id, label: name, hint }))}
      search={search}
      chosen={chosen === undefined ? { label: props.value } : { label: chosen.name, hint: chosen.hint }}
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
  const { options, ...search } = useModelOptions();
  const names = [...new Map(options.map((option) => [option.label, option])).values()];
  return (
    <FoundSelect
      clearable={clearable}
      placeholder={placeholder}
      options={names.map(({ label, hint }) => ({ value: label, label, hint }))}
      search={search}
      chosen={{ label: value }}
      value={value}
      onChange={onChange}
    />
  );
}
