'use client';
/** Connects a provider or changes a credential. The secret goes in and never comes back out. */
import { Combobox, Field, Input, PasswordInput, toast } from '@tollgate/ui';
import { ChevronRight } from 'lucide-react';
import { Controller, type UseFormReturn, useForm, useWatch } from 'react-hook-form';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { useIdempotencyKey } from '../common/request-safety.ts';
import {
  type CredentialInput,
  type ProviderCredential,
  type ProviderInfo,
  useChangeCredential,
  useConnectProvider,
  useProviders,
} from './provider-api.ts';

interface CredentialForm {
  provider: string;
  name: string;
  baseUrl: string;
  apiKey: string;
  region: string;
  priority: string;
  models: string;
}

const FIELDS = ['provider', 'name', 'baseUrl', 'apiKey', 'region', 'priority', 'models'] as const;

export interface CredentialDialogProps {
  /** The credential to change; without it a new one. */
  readonly credential?: ProviderCredential;
  readonly onClose: () => void;
  /** Instead of `onClose`, for a new one, or one whose key or address changed: worth a test. */
  readonly onSaved: (credential: ProviderCredential) => void;
}

export function CredentialDialog({ credential, onClose, onSaved }: CredentialDialogProps) {
  const text = useMessages('providers');
  const common = useMessages('common');
  const connect = useConnectProvider();
  const change = useChangeCredential();
  const idempotencyKey = useIdempotencyKey();
  const form = useForm<CredentialForm>({
    defaultValues: {
      provider: credential?.provider ?? '',
      name: credential?.name ?? '',
      baseUrl: credential?.baseUrl ?? '',
      apiKey: '',
      region: credential?.region ?? '',
      priority: credential === undefined ? '' : String(credential.priority),
      models: credential?.models.join(' ') ?? '',
    },
  });
  const submit = async (values: CredentialForm) => {
    const json = toInput(values, credential);
    const saved = credential
      ? await change.mutateAsync({ credential, json })
      : await connect.mutateAsync({ json: { ...json, provider: values.provider }, idempotencyKey });
    toast.success(credential ? common.saved : text.added(saved.name));
    const untested = !credential || json.apiKey !== undefined || json.baseUrl !== undefined;
    return untested ? saved : undefined;
  };
  return (
    <FormDialog
      title={credential ? text.editTitle(credential.name) : text.addTitle}
      description={credential ? undefined : text.addText}
      form={form}
      fields={FIELDS}
      submitLabel={credential ? common.save : text.add}
      onSubmit={submit}
      onDone={(untested) => (untested === undefined ? onClose() : onSaved(untested))}
      onClose={onClose}
    >
      <CredentialFields form={form} credential={credential} />
    </FormDialog>
  );
}

/** Only what was filled in, or differs: an untouched base URL must not ask for the key again. */
function toInput(values: CredentialForm, before: ProviderCredential | undefined): CredentialInput {
  const models = values.models.split(/[\s,;]+/).filter((name) => name !== '');
  const region = values.region.trim();
  const baseUrl = values.baseUrl.trim();
  return {
    name: values.name,
    ...(baseUrl !== '' && baseUrl !== before?.baseUrl && { baseUrl }),
    ...(values.apiKey !== '' && { apiKey: values.apiKey.trim() }),
    ...(region !== '' && region !== before?.region && { region }),
    ...(values.priority !== '' && { priority: Number(values.priority) }),
    ...((models.length > 0 || before !== undefined) && { models }),
  };
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
  const [providerId, baseUrl] = useWatch({ control: form.control, name: ['provider', 'baseUrl'] });
  const provider = providers.data?.data.find(({ id }) => id === providerId);
  const moved = credential !== undefined && baseUrl.trim() !== credential.baseUrl;
  const choose = (chosen: ProviderInfo) => {
    form.setValue('provider', chosen.id, { shouldValidate: form.formState.isSubmitted });
    // The usual address is shown, so that it can be seen where the key goes.
    form.setValue('baseUrl', chosen.baseUrl);
    if (form.getValues('name') === '') form.setValue('name', chosen.name);
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
      <Field label={text.baseUrl} error={errors.baseUrl?.message} hint={text.baseUrlHint}>
        <Input
          type="url"
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          className="font-mono"
          placeholder="https://models.example.com/v1"
          {...form.register('baseUrl', {
            validate: (value) => value.trim() !== '' || provider?.needsBaseUrl !== true || parts.required,
          })}
        />
      </Field>
      <Field
        label={text.apiKey}
        error={errors.apiKey?.message}
        hint={moved ? text.apiKeyAgain : keyHint(text, credential)}
        required={moved && credential.secretHint !== ''}
      >
        <PasswordInput
          autoComplete="off"
          spellCheck={false}
          className="font-mono"
          data-1p-ignore
          {...form.register('apiKey', {
            validate: (value) => value !== '' || !moved || credential.secretHint === '' || text.apiKeyAgain,
          })}
        />
      </Field>
      <AdvancedFields form={form} open={errors.region ?? errors.priority ?? errors.models} />
    </>
  );
}

function AdvancedFields({ form, open }: { readonly form: FieldsProps['form']; readonly open: unknown }) {
  const text = useMessages('providers');
  const { errors } = form.formState;
  return (
    <details open={Boolean(open)} className="group">
      <summary className="flex w-fit cursor-pointer list-none items-center gap-1 rounded-xs text-sm font-medium text-ink-soft hover:text-ink [&::-webkit-details-marker]:hidden">
        <ChevronRight aria-hidden className="size-4 transition-transform group-open:rotate-90" />
        {text.advanced}
      </summary>
      <div className="mt-3 grid gap-4 sm:grid-cols-2">
        <Field label={text.region} error={errors.region?.message} optional>
          <Input autoComplete="off" placeholder="default" {...form.register('region')} />
        </Field>
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
    </details>
  );
}

function keyHint(
  text: { readonly apiKeyHint: string; readonly apiKeyKeepHint: (hint: string) => string },
  credential: ProviderCredential | undefined,
): string {
  return credential && credential.secretHint !== ''
    ? text.apiKeyKeepHint(credential.secretHint)
    : text.apiKeyHint;
}

export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}
