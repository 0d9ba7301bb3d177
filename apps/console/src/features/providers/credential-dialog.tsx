'use client';
/** Connects a provider or changes a credential. The secret goes in and never comes back out. */
import type { ProviderCredential, ProviderInfo } from '@tollgate/api';
import { Combobox, Field, Input, toast } from '@tollgate/ui';
import { useEffect } from 'react';
import { Controller, type UseFormReturn, useForm, useWatch } from 'react-hook-form';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Disclosure } from '../common/disclosure.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { useNewerThing, useOpened } from '../common/newer-thing.ts';
import { useIdempotencyKey } from '../common/request-safety.ts';
import {
  type CredentialInput,
  useChangeCredential,
  useConnectProvider,
  useCredentialPath,
  useProviders,
} from './provider-api.ts';
import {
  changedFields,
  initialFields,
  keySigns,
  ProviderFields,
  type ProviderFieldValues,
} from './provider-fields.tsx';

interface CredentialForm {
  provider: string;
  name: string;
  fields: Record<string, string>;
  region: string;
  priority: string;
  models: string;
}

/** Secrets are never shown: of what is stored the fields have the address and region. */
function toValues(
  credential: ProviderCredential | undefined,
  provider: ProviderInfo | undefined,
): CredentialForm {
  return {
    provider: credential?.provider ?? '',
    name: credential?.name ?? '',
    fields: provider === undefined ? {} : initialFields(provider, credential),
    region: credential?.region ?? '',
    priority: credential === undefined ? '' : String(credential.priority),
    models: credential?.models.join(' ') ?? '',
  };
}

const FIELDS = ['provider', 'name', 'region', 'priority', 'models'] as const;

/** Refusals that name the short form of a field. */
const API_FIELDS = { apiKey: 'fields.apiKey', baseUrl: 'fields.baseUrl' } as const;

export interface CredentialDialogProps {
  /** The credential to change; without it a new one. */
  readonly credential?: ProviderCredential;
  readonly onClose: () => void;
  /** Instead of `onClose`, for a new one, or one whose key or address changed: worth a test. */
  readonly onSaved: (credential: ProviderCredential) => void;
}

export function CredentialDialog({ credential: opened, onClose, onSaved }: CredentialDialogProps) {
  const text = useMessages('providers');
  const common = useMessages('common');
  const connect = useConnectProvider();
  const change = useChangeCredential();
  const idempotencyKey = useIdempotencyKey();
  const [credential, setCredential] = useOpened(opened);
  const form = useForm<CredentialForm>({
    defaultValues: toValues(credential, undefined),
  });
  const providers = useProviders().data?.data;
  const providerId = useWatch({ control: form.control, name: 'provider' });
  const provider = providers?.find(({ id }) => id === providerId);
  useStoredAddress(form, provider, credential);
  const newer = useNewerThing<ProviderCredential, CredentialForm>({
    form,
    opened: [credential, setCredential],
    toValues: (of) => toValues(of, provider),
    toSigns: (of, { fields }) => keySigns(of, provider, fields),
    path: `${useCredentialPath()}/${credential?.id}`,
  });
  const submit = async (values: CredentialForm) => {
    const json = toInput(values, provider, credential);
    const saved = credential
      ? await change.mutateAsync({ credential, json })
      : await connect.mutateAsync({ json: { ...json, provider: values.provider }, idempotencyKey });
    toast.success(credential ? common.saved : text.added(saved.name));
    const untested = !credential || json.fields !== undefined;
    return untested ? saved : undefined;
  };
  return (
    <FormDialog
      title={credential ? text.editTitle(credential.name) : text.addTitle}
      description={credential ? undefined : text.addText}
      form={form}
      fields={[...FIELDS, ...(provider?.fields ?? []).map(({ name }) => `fields.${name}` as const)]}
      apiFields={API_FIELDS}
      submitLabel={credential ? common.save : text.add}
      onSubmit={submit}
      meanwhile={
        newer && {
          newer,
          labels: { ...text, name: common.name, fields: text.access },
          valueText: (name, { fields }) =>
            name === 'fields'
              ? [...Object.values(fields), credential?.secretHint].filter((value) => value).join(', ')
              : undefined,
        }
      }
      onDone={(untested) => (untested === undefined ? onClose() : onSaved(untested))}
      onClose={onClose}
    >
      <CredentialFields form={form} credential={credential} />
    </FormDialog>
  );
}

/** Known only when the list of providers has come. */
function useStoredAddress(
  form: UseFormReturn<CredentialForm>,
  provider: ProviderInfo | undefined,
  credential: ProviderCredential | undefined,
): void {
  useEffect(() => {
    if (provider === undefined || Object.keys(form.getValues('fields')).length > 0) return;
    form.setValue('fields', initialFields(provider, credential));
  }, [form, provider, credential]);
}

function toInput(
  values: CredentialForm,
  provider: ProviderInfo | undefined,
  before: ProviderCredential | undefined,
): CredentialInput {
  const models = values.models.split(/[\s,;]+/).filter((name) => name !== '');
  const region = values.region.trim();
  const fields = provider === undefined ? {} : changedFields(provider, values.fields, before);
  return {
    name: values.name,
    ...(Object.keys(fields).length > 0 && { fields }),
    ...(!hasRegion(provider) && region !== '' && region !== before?.region && { region }),
    ...(values.priority !== '' && { priority: Number(values.priority) }),
    ...((models.length > 0 || before !== undefined) && { models }),
  };
}

function hasRegion(provider: ProviderInfo | undefined): boolean {
  return provider?.fields.some(({ name }) => name === 'region') ?? false;
}

interface FieldsProps {
  readonly form: UseFormReturn<CredentialForm>;
  readonly credential: ProviderCredential | undefined;
}

function CredentialFields({ form, credential }: FieldsProps) {
  const text = useMessages('providers');
  const common = useMessages('common');
  const parts = useMessages('parts');
  const providers = useProviders();
  const { errors } = form.formState;
  const providerId = useWatch({ control: form.control, name: 'provider' });
  const provider = providers.data?.data.find(({ id }) => id === providerId);
  const choose = (chosen: ProviderInfo) => {
    form.setValue('provider', chosen.id, { shouldValidate: form.formState.isSubmitted });
    form.clearErrors('fields');
    form.setValue('fields', initialFields(chosen));
    // The name of a provider that was chosen before is no longer right.
    const known = providers.data?.data.some(({ name }) => name === form.getValues('name')) ?? false;
    if (known || form.getValues('name') === '') form.setValue('name', chosen.name);
  };
  return (
    <>
      {credential === undefined && (
        <Field label={text.provider} error={errors.provider?.message} required>
          <Controller
            control={form.control}
            name="provider"
            rules={{ required: parts.required }}
            render={({ field }) => (
              <Combobox
                value={field.value || undefined}
                placeholder={text.chooseProvider}
                loading={providers.isLoading}
                onValueChange={(id) => {
                  const chosen = providers.data?.data.find((one) => one.id === id);
                  if (chosen) choose(chosen);
                }}
                options={(providers.data?.data ?? []).map(({ id, name, baseUrl: address }) => ({
                  value: id,
                  label: name,
                  hint: hostOf(address),
                }))}
              />
            )}
          />
        </Field>
      )}
      <Field label={common.name} error={errors.name?.message} hint={text.nameHint} required>
        <Input
          autoComplete="off"
          placeholder={text.namePlaceholder}
          {...form.register('name', { required: parts.required })}
        />
      </Field>
      {provider && (
        <ProviderFields
          key={provider.id}
          form={form as unknown as UseFormReturn<ProviderFieldValues>}
          provider={provider}
          credential={credential}
        />
      )}
      <AdvancedFields
        form={form}
        withRegion={!hasRegion(provider)}
        open={(errors.region ?? errors.priority ?? errors.models) !== undefined}
      />
    </>
  );
}

interface AdvancedFieldsProps extends Pick<FieldsProps, 'form'> {
  /** Whether the provider has no region of its own. */
  readonly withRegion: boolean;
  readonly open: boolean;
}

function AdvancedFields({ form, withRegion, open }: AdvancedFieldsProps) {
  const text = useMessages('providers');
  const { errors } = form.formState;
  return (
    <Disclosure title={text.advanced} open={open}>
      <div className="grid gap-4 sm:grid-cols-2">
        {withRegion && (
          <Field label={text.region} error={errors.region?.message} optional>
            <Input autoComplete="off" placeholder="default" {...form.register('region')} />
          </Field>
        )}
        <Field label={text.priority} error={errors.priority?.message} hint={text.priorityHint} optional>
          <Input
            type="number"
            min={0}
            max={10_000}
            className="tabular"
            placeholder="100"
            {...form.register('priority')}
          />
        </Field>
        <Field
          label={text.models}
          error={errors.models?.message}
          hint={text.modelsHint}
          className="sm:col-span-2"
          optional
        >
          <Input autoComplete="off" spellCheck={false} className="font-mono" {...form.register('models')} />
        </Field>
      </div>
    </Disclosure>
  );
}

export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}
