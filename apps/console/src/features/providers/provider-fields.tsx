'use client';
/** The fields that a provider's credential needs, as the provider's own data names and explains them. */
import type { ProviderCredential, ProviderInfo } from '@tollgate/api';
import { Button, Field, Input, PasswordInput, Textarea } from '@tollgate/ui';
import { ExternalLink, Upload } from 'lucide-react';
import { type ChangeEvent, useRef } from 'react';
import type { UseFormReturn } from 'react-hook-form';
import { CREDENTIAL_FIELD_TEXTS } from '../../i18n/credential-fields.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';

export type ProviderField = ProviderInfo['fields'][number];

export interface ProviderFieldValues {
  fields: Record<string, string>;
}

export interface ProviderFieldsProps {
  readonly form: UseFormReturn<ProviderFieldValues>;
  readonly provider: ProviderInfo;
  /** What is changed: stored values stay where nothing is typed. */
  readonly credential?: ProviderCredential | undefined;
  /** Leaves out what most people do not need; or all but the key, which is given anew then. */
  readonly only?: 'essential' | 'key';
}

export function ProviderFields({ form, provider, credential, only }: ProviderFieldsProps) {
  const text = useMessages('providers');
  const shown = provider.fields.filter(
    (field) =>
      only === undefined || (only === 'key' ? isPartOfKey(provider, field) : isEssential(provider, field)),
  );
  return (
    <>
      {provider.docsUrl !== '' && credential === undefined && (
        <a
          href={provider.docsUrl}
          target="_blank"
          rel="noreferrer noopener"
          className="inline-flex w-fit items-center gap-1.5 text-sm text-accent-ink hover:underline"
        >
          {text.whereKey(provider.name)}
          <ExternalLink aria-hidden className="size-3.5" />
        </a>
      )}
      {shown.map((field) => (
        <CredentialField
          key={field.name}
          form={form}
          field={field}
          provider={provider}
          credential={credential}
          renewed={only === 'key'}
        />
      ))}
    </>
  );
}

function isSecretField({ kind }: ProviderField): boolean {
  return kind === 'secret' || kind === 'json';
}

/** Names of keys go with them: one without the other is of no use. */
function isPartOfKey({ kinds }: ProviderInfo, field: ProviderField): boolean {
  return isSecretField(field) || kinds.some((names) => names.includes(field.name));
}

function isEssential({ kinds }: ProviderInfo, { name, required }: ProviderField): boolean {
  return required || kinds.some((names) => names.includes(name)) || (name === 'apiKey' && kinds.length === 0);
}

interface CredentialFieldProps extends Omit<ProviderFieldsProps, 'only'> {
  readonly field: ProviderField;
  readonly renewed: boolean;
}

function CredentialField({ form, field, provider, credential, renewed }: CredentialFieldProps) {
  const text = useMessages('providers');
  const parts = useMessages('parts');
  const { errors } = form.formState;
  const isKept = credential !== undefined && credential.secretHint !== '' && !renewed;
  const isSecret = isSecretField(field);
  const secretCount = provider.fields.filter(isSecretField).length;
  const baseUrl = form.watch('fields.baseUrl') ?? '';
  const isMoved = isKept && baseUrl.trim() !== '' && baseUrl.trim() !== credential.baseUrl;
  const mustBeGiven = renewed
    ? field.required || secretCount === 1
    : field.required && !(credential !== undefined && field.name !== 'baseUrl');
  const path = `fields.${field.name}` as const;
  const register = form.register(path, {
    validate: (value = '') => {
      if (value.trim() !== '') return true;
      // Of several secrets the API knows which are stored, and asks for those.
      if (isMoved && isSecret && secretCount === 1) return text.apiKeyAgain;
      return mustBeGiven ? parts.required : true;
    },
  });
  const { labels, help: helps } = CREDENTIAL_FIELD_TEXTS[useLocale()];
  const help = helps[`${provider.id}.${field.name}`] ?? helps[field.name] ?? field.help;
  const hint =
    isMoved && isSecret ? text.apiKeyAgain : isKept && field.name !== 'baseUrl' ? text.keepHint(help) : help;
  return (
    <Field
      label={labels[`${provider.id}.${field.name}`] ?? labels[field.name] ?? field.label}
      hint={hint}
      error={errors.fields?.[field.name]?.message}
      required={mustBeGiven}
      optional={
        !mustBeGiven && !field.required && !provider.kinds.some((names) => names.includes(field.name))
      }
      action={field.kind === 'json' && <FileButton onText={(value) => form.setValue(path, value)} />}
    >
      <Control field={field} register={register} placeholder={placeholderOf(provider, field, credential)} />
    </Field>
  );
}

interface ControlProps {
  readonly field: ProviderField;
  readonly register: ReturnType<UseFormReturn<ProviderFieldValues>['register']>;
  readonly placeholder: string | undefined;
}

function Control({ field, register, placeholder }: ControlProps) {
  const shared = { autoComplete: 'off', spellCheck: false, className: 'font-mono', placeholder } as const;
  switch (field.kind) {
    case 'secret':
      return <PasswordInput {...shared} data-1p-ignore {...register} />;
    case 'json':
      return <Textarea {...shared} rows={6} {...register} />;
    case 'url':
      return <Input {...shared} type="url" inputMode="url" {...register} />;
    case 'text':
      return <Input {...shared} {...register} />;
  }
}

function placeholderOf(
  provider: ProviderInfo,
  { name, kind }: ProviderField,
  credential: ProviderCredential | undefined,
): string | undefined {
  if (kind === 'url') return provider.baseUrl || 'https://…';
  if (kind === 'json') return '{ "type": "service_account", … }';
  return credential !== undefined && name !== 'region' && kind === 'secret'
    ? credential.secretHint
    : undefined;
}

const MAX_FILE_BYTES = 64 * 1024;

/** Reads the file here: it goes nowhere but into the field. */
function FileButton({ onText }: { readonly onText: (text: string) => void }) {
  const text = useMessages('providers');
  const input = useRef<HTMLInputElement>(null);
  const read = async (event: ChangeEvent<HTMLInputElement>) => {
    const [file] = event.target.files ?? [];
    if (file !== undefined && file.size <= MAX_FILE_BYTES) onText(await file.text());
    event.target.value = '';
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".json,application/json"
        aria-label={text.chooseFile}
        tabIndex={-1}
        className="hidden"
        onChange={(event) => void read(event)}
      />
      <Button size="sm" variant="ghost" icon={<Upload />} onClick={() => input.current?.click()}>
        {text.chooseFile}
      </Button>
    </>
  );
}

/** What a form starts with: the usual address, so that it can be seen where the secret goes. */
export function initialFields(
  provider: ProviderInfo | undefined,
  credential?: ProviderCredential,
): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const { name } of provider?.fields ?? []) fields[name] = '';
  const address = credential?.baseUrl ?? provider?.baseUrl ?? '';
  if ('baseUrl' in fields && !address.includes('{')) fields.baseUrl = address;
  if ('region' in fields && credential !== undefined) fields.region = credential.region;
  return fields;
}

/** Only what was filled in, or differs: an untouched address must not ask for the secret again. */
export function changedFields(
  provider: ProviderInfo,
  values: Readonly<Record<string, string>>,
  credential?: ProviderCredential,
): Record<string, string> {
  const initial = initialFields(provider, credential);
  const known = provider.fields.map(({ name }) => name);
  return Object.fromEntries(
    Object.entries(values)
      .map(([name, value]) => [name, value.trim()] as const)
      .filter(([name, value]) => known.includes(name) && value !== '')
      .filter(([name, value]) => (initial[name] ?? '') === '' || initial[name] !== value),
  );
}

/** What tells that the stored key is another one, for whoever is about to replace it. */
export function keySigns(
  credential: Pick<ProviderCredential, 'secretHint' | 'secretSetAt'> | undefined,
  provider: ProviderInfo | undefined,
  typed: Readonly<Record<string, string>>,
): { readonly fields?: unknown } {
  const isReplaced = provider?.fields.some(
    (field) => isPartOfKey(provider, field) && (typed[field.name] ?? '').trim() !== '',
  );
  return isReplaced && credential ? { fields: [credential.secretHint, credential.secretSetAt] } : {};
}
