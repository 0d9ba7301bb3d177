'use client';
import type { KeyWithSecret } from '@tollgate/api';
import { Button, Callout, Field, Input } from '@tollgate/ui';
import Link from 'next/link';
import { useForm } from 'react-hook-form';
import { useApiMutation } from '../../api/use-api.ts';
import { useFormProblem } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { idempotencyKeyOf, useIdempotencyKey, useOneAtATime } from '../common/request-safety.ts';
import { KeySecret } from '../keys/key-secret.tsx';
import { useMe } from '../shell/use-me.ts';
import { FirstRequestCard } from './first-request-card.tsx';
import { WizardForm } from './wizard-form.tsx';

export interface KeyStepProps {
  readonly model: string | undefined;
  /** Kept by the page: its secret is still there for who looks at an earlier step once more. */
  readonly created: KeyWithSecret | undefined;
  readonly onCreated: (created: KeyWithSecret) => void;
  readonly onCopied: () => void;
  readonly onSkip: () => void;
}

export function KeyStep({ model, created, onCreated, onCopied, onSkip }: KeyStepProps) {
  const text = useMessages('onboarding').key;
  const me = useMe().data;
  const form = useForm({ defaultValues: { name: text.defaultName } });
  const { problem, report, clear } = useFormProblem(form, ['name']);
  const formKey = useIdempotencyKey();
  const create = useApiMutation<KeyWithSecret, string>(
    (name) => {
      const json = { name, ...(me?.membershipId != null && { ownerId: me.membershipId }) };
      return { path: '/keys', json, idempotencyKey: idempotencyKeyOf(formKey, json) };
    },
    { invalidates: ['/keys'] },
  );
  const submit = form.handleSubmit(
    useOneAtATime(async ({ name }) => {
      clear();
      try {
        onCreated(await create.mutateAsync(name.trim() || text.defaultName));
      } catch (error) {
        report(error);
      }
    }),
  );
  if (created !== undefined) return <CreatedKey created={created} model={model} onCopied={onCopied} />;
  return (
    <WizardForm
      title={text.title}
      text={text.text}
      submitLabel={text.create}
      submitting={form.formState.isSubmitting}
      onSubmit={(event) => void submit(event)}
      onSkip={onSkip}
    >
      {problem && (
        <Callout tone="negative" live>
          {problem}
        </Callout>
      )}
      <Field label={text.name} error={form.formState.errors.name?.message}>
        <Input autoFocus autoComplete="off" {...form.register('name')} />
      </Field>
    </WizardForm>
  );
}

interface CreatedKeyProps extends Pick<KeyStepProps, 'model' | 'onCopied'> {
  readonly created: KeyWithSecret;
}

function CreatedKey({ created, model, onCopied }: CreatedKeyProps) {
  const text = useMessages('onboarding').key;
  return (
    <div className="flex min-w-0 flex-col gap-5">
      <header>
        <h1 className="text-xl font-semibold tracking-tight text-ink">{text.ready}</h1>
        <p className="mt-1 text-base text-ink-soft">{text.readyText}</p>
      </header>
      <KeySecret secret={created.secret} onCopied={onCopied} {...(model !== undefined && { model })} />
      <FirstRequestCard keyId={created.key.id} onUsed={onCopied} />
      <div>
        <Button asChild>
          <Link href="/">{text.toOverview}</Link>
        </Button>
      </div>
    </div>
  );
}
