'use client';
import { useQueryClient } from '@tanstack/react-query';
import type { ProviderCredential, ProviderInfo } from '@tollgate/api';
import { Callout, Combobox, Field, RadioGroup } from '@tollgate/ui';
import { useEffect, useState } from 'react';
import { type UseFormReturn, useForm } from 'react-hook-form';
import { refreshAfterChange } from '../../api/after-change.ts';
import { apiFetch } from '../../api/client.ts';
import { useFaultText, useFormProblem } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { idempotencyKeyOf, useIdempotencyKey, useOneAtATime } from '../common/request-safety.ts';
import { useProviders } from '../providers/provider-api.ts';
import {
  changedFields,
  initialFields,
  ProviderFields,
  type ProviderFieldValues,
} from '../providers/provider-fields.tsx';
import { chooseFirstModel } from './choose-first-model.ts';
import { WizardForm } from './wizard-form.tsx';

interface ConnectionTest {
  readonly fault: string | null;
  readonly ok: boolean;
  readonly detail: string;
  readonly models: readonly string[];
}

interface ProviderValues {
  provider: string;
  fields: Record<string, string>;
}

export interface ProviderStepProps {
  /** @param model What the first request should name; undefined for the simulator's. */
  readonly onDone: (model?: string) => void;
}

/** The simulator, which needs nothing, or a provider whose key is tested before the wizard goes on. */
export function ProviderStep({ onDone }: ProviderStepProps) {
  const text = useMessages('onboarding').provider;
  const [choice, setChoice] = useState('simulator');
  const [refused, setRefused] = useState<string>();
  const form = useForm<ProviderValues>({ defaultValues: { provider: 'openai', fields: {} } });
  const providers = useProviders().data?.data;
  const chosen = form.watch('provider');
  const provider = providers?.find(({ id }) => id === chosen);
  const paths = (provider?.fields ?? []).map(({ name }) => `fields.${name}` as const);
  const { problem, report, clear } = useFormProblem(form, ['provider', ...paths]);
  const connect = useConnect();
  const toFaultText = useFaultText();
  useEffect(() => {
    if (provider !== undefined) form.setValue('fields', initialFields(provider));
  }, [form, provider]);
  const submit = form.handleSubmit(
    useOneAtATime(async (values) => {
      clear();
      setRefused(undefined);
      if (choice === 'simulator') {
        onDone();
        return;
      }
      if (provider === undefined) return;
      try {
        const test = await connect(provider, values, text.credentialName);
        if (test.ok) onDone(chooseFirstModel(values.provider, test.models));
        else setRefused(text.refused(toFaultText(test.fault, test.detail)));
      } catch (error) {
        report(error);
      }
    }),
  );
  return (
    <WizardForm
      title={text.title}
      text={text.text}
      submitting={form.formState.isSubmitting}
      submitLabel={choice === 'simulator' ? text.useSimulator : text.connect}
      onSubmit={(event) => void submit(event)}
      onSkip={() => onDone()}
    >
      {(problem ?? refused) && (
        <Callout tone="negative" live>
          {problem ?? refused}
        </Callout>
      )}
      <Field label={text.choice} labelHidden>
        <RadioGroup
          appearance="cards"
          value={choice}
          onValueChange={setChoice}
          options={[
            { value: 'simulator', label: text.simulator, description: text.simulatorText },
            { value: 'provider', label: text.own, description: text.ownText },
          ]}
        />
      </Field>
      {choice === 'provider' && <OwnProvider form={form} provider={provider} />}
    </WizardForm>
  );
}

function OwnProvider({
  form,
  provider,
}: {
  readonly form: UseFormReturn<ProviderValues>;
  readonly provider: ProviderInfo | undefined;
}) {
  const text = useMessages('onboarding').provider;
  const providers = useProviders();
  const options = (providers.data?.data ?? [])
    .filter(({ id }) => id !== 'simulator')
    .map(({ id, name }) => ({ value: id, label: name, keywords: [id] }));
  return (
    <div className="flex flex-col gap-4">
      <Field label={text.provider} error={form.formState.errors.provider?.message}>
        <Combobox
          options={options}
          value={provider?.id}
          loading={providers.isPending}
          onValueChange={(value) => value && form.setValue('provider', value)}
        />
      </Field>
      {provider && (
        <ProviderFields
          key={provider.id}
          only="essential"
          form={form as unknown as UseFormReturn<ProviderFieldValues>}
          provider={provider}
        />
      )}
    </div>
  );
}

/** Saves the credential and tests it. Another try after a refused test changes the same credential. */
function useConnect() {
  const [saved, setSaved] = useState<ProviderCredential>();
  const formKey = useIdempotencyKey();
  const queryClient = useQueryClient();
  return async (
    provider: ProviderInfo,
    values: ProviderValues,
    name: (provider: string) => string,
  ): Promise<ConnectionTest> => {
    const fields = changedFields(provider, values.fields);
    const reuse = saved?.provider === values.provider ? saved : undefined;
    const json = { provider: values.provider, name: name(provider.name), fields };
    const credential = reuse
      ? await apiFetch<ProviderCredential>(`/provider-credentials/${reuse.id}`, {
          method: 'PATCH',
          json: { fields },
          ifMatch: `"${reuse.version}"`,
        })
      : await apiFetch<ProviderCredential>('/provider-credentials', {
          json,
          idempotencyKey: idempotencyKeyOf(formKey, json),
        });
    setSaved(credential);
    try {
      return await apiFetch<ConnectionTest>(`/provider-credentials/${credential.id}/test`, {
        method: 'POST',
      });
    } finally {
      // It is there, and has models, whatever the test says.
      await refreshAfterChange(queryClient, ['/provider-credentials', '/models']);
    }
  };
}
