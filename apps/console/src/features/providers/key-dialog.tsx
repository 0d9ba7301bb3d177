'use client';
/** Gives a stored credential another key: what its provider's fields keep secret, and nothing else. */
import type { ProviderCredential } from '@tollgate/api';
import { Spinner, toast } from '@tollgate/ui';
import { useForm } from 'react-hook-form';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { useChangeCredential, useProviders } from './provider-api.ts';
import { ProviderFields, type ProviderFieldValues } from './provider-fields.tsx';

const API_FIELDS = { apiKey: 'fields.apiKey' } as const;

export interface KeyDialogProps {
  readonly credential: ProviderCredential;
  readonly onClose: () => void;
  /** Instead of `onClose`: a new key is worth a test. */
  readonly onSaved: (credential: ProviderCredential) => void;
}

export function KeyDialog({ credential, onClose, onSaved }: KeyDialogProps) {
  const text = useMessages('providers');
  const change = useChangeCredential();
  const form = useForm<ProviderFieldValues>({ defaultValues: { fields: {} } });
  const provider = useProviders().data?.data.find(({ id }) => id === credential.provider);
  const submit = async ({ fields }: ProviderFieldValues) => {
    const given = Object.entries(fields).filter(([, value]) => value.trim() !== '');
    if (given.length === 0) return undefined;
    const json = { fields: Object.fromEntries(given.map(([name, value]) => [name, value.trim()])) };
    const saved = await change.mutateAsync({ credential, json });
    toast.success(text.keyReplaced(saved.name));
    return saved;
  };
  return (
    <FormDialog
      title={text.newKeyTitle(credential.name)}
      description={text.newKeyText}
      form={form}
      fields={(provider?.fields ?? []).map(({ name }) => `fields.${name}` as const)}
      apiFields={API_FIELDS}
      submitLabel={text.newKey}
      onSubmit={submit}
      onDone={(saved) => (saved === undefined ? onClose() : onSaved(saved))}
      onClose={onClose}
    >
      {provider === undefined ? (
        <Spinner />
      ) : (
        <ProviderFields form={form} provider={provider} credential={credential} only="key" />
      )}
    </FormDialog>
  );
}
