'use client';
/** Which account a bill is of, and in whose days it counts: without them it is compared with more, or less, than it is of. */
import type { ProviderCredential } from '@tollgate/api';
import { Combobox, Field } from '@tollgate/ui';
import { useApiList } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useProviderName } from '../providers/provider-api.ts';

export interface BillFieldsProps {
  readonly credentialId: string | undefined;
  readonly onCredentialId: (id: string | undefined) => void;
  readonly timeZone: string;
  readonly onTimeZone: (zone: string) => void;
}

export function BillFields({ credentialId, onCredentialId, timeZone, onTimeZone }: BillFieldsProps) {
  const text = useMessages('reconciliation');
  const credentials = useApiList<ProviderCredential>('/provider-credentials?limit=100');
  const providerName = useProviderName();
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label={text.credential} hint={text.credentialHint}>
        <Combobox
          clearable
          value={credentialId}
          onValueChange={onCredentialId}
          placeholder={text.everyCredential}
          loading={credentials.isLoading}
          options={credentials.rows.map(({ id, name, provider }) => ({
            value: id,
            label: name,
            hint: providerName(provider),
          }))}
        />
      </Field>
      <Field label={text.timeZone} hint={text.timeZoneHint}>
        <Combobox
          value={timeZone}
          onValueChange={(zone) => onTimeZone(zone ?? 'UTC')}
          options={ZONES.map((value) => ({ value, label: value }))}
        />
      </Field>
    </div>
  );
}

const ZONES = [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])];
