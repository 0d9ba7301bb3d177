'use client';
import { Callout, Combobox, Field, Input, PasswordInput, RadioGroup } from '@tollgate/ui';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { apiFetch } from '../../api/client.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useFormProblem } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { chooseFirstModel } from './choose-first-model.ts';
import { WizardForm } from './wizard-form.tsx';

interface Provider {
  readonly id: string;
  readonly name: string;
  readonly baseUrl: string;
  readonly needsBaseUrl: boolean;
}

interface ConnectionTest {
  readonly ok: boolean;
  readonly detail: string;
  readonly models: readonly string[];
}

interface ProviderValues {
  provider: string;
  apiKey: string;
  baseUrl: string;
}

export interface ProviderStepProps {
  /** @param model What the first request should name; undefined for the simulator's. */
  readonly onDone: (model?: string) => void;
}

/** The simulator, which needs nothing, or a provider whose key is tested before the wizard goes on. */
export function ProviderStep({ onDone }: ProviderStepProps) {
  const text = useMessages('onboarding').provider;
  const [choice, setChoice] = useState('simulator');
  const form = useForm<ProviderValues>({ defaultValues: { provider: 'openai', apiKey: '', baseUrl: '' } });
  const { problem, report, clear } = useFormProblem(form, ['provider', 'apiKey', 'baseUrl']);
  const connect = useConnect();
  const submit = form.handleSubmit(async (values) => {
    clear();
    if (choice === 'simulator') {
      onDone();
      return;
    }
    if (values.apiKey.trim() === '') {
      form.setError('apiKey', { message: text.keyMissing }, { shouldFocus: true });
      return;
    }
    try {
      const test = await connect(values, text.credentialName);
      if (test.ok) onDone(chooseFirstModel(values.provider, test.models));
      else form.setError('apiKey', { message: text.refused(test.detail) }, { shouldFocus: true });
    } catch (error) {
      report(error);
    }
  });
  return (
    <WizardForm
      title={text.title}
      text={text.text}
      submitting={form.formState.isSubmitting}
      submitLabel={choice === 'simulator' ? text.useSimulator : text.connect}
      onSubmit={(event) => void submit(event)}
      onSkip={() => onDone()}
    >
      {problem && (
        <Callout tone="negative" live>
          {problem}
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
      {choice === 'provider' && <ProviderFields form={form} />}
    </WizardForm>
  );
}

function ProviderFields({ form }: { readonly form: ReturnType<typeof useForm<ProviderValues>> }) {
  const text = useMessages('onboarding').provider;
  const providers = useApiQuery<{ data: readonly Provider[] }>('/providers');
  const chosen = form.watch('provider');
  const provider = providers.data?.data.find(({ id }) => id === chosen);
  const { errors } = form.formState;
  const options = (providers.data?.data ?? [])
    .filter(({ id }) => id !== 'simulator')
    .map(({ id, name }) => ({ value: id, label: name, keywords: [id] }));
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label={text.provider} error={errors.provider?.message}>
        <Combobox
          options={options}
          value={chosen}
          loading={providers.isPending}
          onValueChange={(value) => value && form.setValue('provider', value)}
        />
      </Field>
      <Field label={text.apiKey} error={errors.apiKey?.message} hint={text.apiKeyHint}>
        <PasswordInput autoComplete="off" spellCheck={false} {...form.register('apiKey')} />
      </Field>
      {(provider?.needsBaseUrl || errors.baseUrl) && (
        <Field label={text.baseUrl} error={errors.baseUrl?.message} className="sm:col-span-2">
          <Input type="url" placeholder="https://models.example/v1" {...form.register('baseUrl')} />
        </Field>
      )}
    </div>
  );
}

/** Saves the credential and tests it. Another try after a refused test changes the same credential. */
function useConnect() {
  const [saved, setSaved] = useState<{ readonly id: string; readonly provider: string }>();
  return async (values: ProviderValues, name: (provider: string) => string): Promise<ConnectionTest> => {
    const fields = {
      apiKey: values.apiKey.trim(),
      ...(values.baseUrl.trim() !== '' && { baseUrl: values.baseUrl.trim() }),
    };
    const reuse = saved?.provider === values.provider ? saved : undefined;
    const { id } = reuse
      ? await apiFetch<{ id: string }>(`/provider-credentials/${reuse.id}`, { method: 'PATCH', json: fields })
      : await apiFetch<{ id: string }>('/provider-credentials', {
          json: { provider: values.provider, name: name(values.provider), ...fields },
        });
    setSaved({ id, provider: values.provider });
    return apiFetch<ConnectionTest>(`/provider-credentials/${id}/test`, { method: 'POST' });
  };
}
