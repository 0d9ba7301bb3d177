'use client';
/** What of the ledger goes into a file: all of it, unless something is said here. */
import { Combobox, Field, Input, Select } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { TeamSelect } from '../common/team-select.tsx';
import { useProviderOptions } from '../keys/key-options.ts';

export interface ExportFilters {
  readonly mode: 'all' | 'live' | 'test';
  /** Empty: any, as of the others. */
  readonly teamId: string;
  readonly provider: string;
  readonly model: string;
  readonly costCenter: string;
}

export const NO_FILTERS: ExportFilters = { mode: 'all', teamId: '', provider: '', model: '', costCenter: '' };

/** As the API takes them. */
export function toFilterBody({ mode, ...texts }: ExportFilters): Record<string, string | boolean> {
  const said = Object.entries(texts).flatMap(([name, typed]) =>
    typed.trim() === '' ? [] : [[name, typed.trim()] as const],
  );
  return { ...(mode === 'all' ? {} : { livemode: mode === 'live' }), ...Object.fromEntries(said) };
}

export interface ExportFilterFieldsProps {
  readonly filters: ExportFilters;
  readonly onChange: (filters: ExportFilters) => void;
}

export function ExportFilterFields({ filters, onChange }: ExportFilterFieldsProps) {
  const text = useMessages('dataExports');
  const providers = useProviderOptions();
  const typed = (name: 'model' | 'costCenter', maxLength: number) => (
    <Field label={text.filters[name]} optional>
      <Input
        autoComplete="off"
        spellCheck={false}
        maxLength={maxLength}
        value={filters[name]}
        onChange={(event) => onChange({ ...filters, [name]: event.target.value })}
      />
    </Field>
  );
  return (
    <>
      <Field label={text.filters.mode}>
        <Select
          value={filters.mode}
          onValueChange={(mode) => onChange({ ...filters, mode })}
          options={(['all', 'live', 'test'] as const).map((value) => ({
            value,
            label: text.filters.modes[value],
          }))}
        />
      </Field>
      <Field label={text.filters.team} optional>
        <TeamSelect
          clearable
          value={filters.teamId}
          onChange={(teamId) => onChange({ ...filters, teamId })}
        />
      </Field>
      {typed('costCenter', 100)}
      <Field label={text.filters.provider} optional>
        <Combobox
          clearable
          value={filters.provider === '' ? undefined : filters.provider}
          onValueChange={(provider) => onChange({ ...filters, provider: provider ?? '' })}
          options={providers}
        />
      </Field>
      {typed('model', 256)}
    </>
  );
}
