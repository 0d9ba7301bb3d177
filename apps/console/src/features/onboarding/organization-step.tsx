'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { useQueryClient } from '@tanstack/react-query';
import { Callout, Field, Input } from '@tollgate/ui';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { refreshAfterChange } from '../../api/after-change.ts';
import { apiFetch } from '../../api/client.ts';
import { enterFirstOrganization } from '../../api/organization.ts';
import { useFormProblem } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { browserZone } from '../auth/auth-api.ts';
import { optionalName } from '../common/name-rules.ts';
import { idempotencyKeyOf, useIdempotencyKey, useOneAtATime } from '../common/request-safety.ts';
import { useMe } from '../shell/use-me.ts';
import { WizardForm } from './wizard-form.tsx';

/** Names the organization; makes the first one for people who are in none. */
export function OrganizationStep({ onDone }: { readonly onDone: () => void }) {
  const text = useMessages('onboarding').organization;
  const { fields } = useMessages('problems');
  const queryClient = useQueryClient();
  const formKey = useIdempotencyKey();
  const me = useMe().data;
  const current =
    me?.organizations.find(({ id }) => id === me.organizationId) ?? me?.organizations[0] ?? undefined;
  const form = useForm({
    resolver: zodResolver(z.object({ name: optionalName(fields) })),
    defaultValues: { name: current?.name ?? '' },
  });
  const { problem, report, clear } = useFormProblem(form, ['name']);
  const submit = form.handleSubmit(
    useOneAtATime(async ({ name }) => {
      clear();
      try {
        if (current === undefined) {
          const json = { name: name || text.defaultName, ...browserZone() };
          const idempotencyKey = idempotencyKeyOf(formKey, json);
          const created = await apiFetch<{ id: string }>('/organizations', { json, idempotencyKey });
          enterFirstOrganization(created.id);
        } else if (name !== '' && name !== current.name) {
          await apiFetch(`/organizations/${current.id}`, { method: 'PATCH', json: { name } });
        }
        await refreshAfterChange(queryClient, ['/me']);
        onDone();
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
      onSubmit={(event) => void submit(event)}
      {...(current !== undefined && { onSkip: onDone })}
    >
      {problem && (
        <Callout tone="negative" live>
          {problem}
        </Callout>
      )}
      <Field label={text.name} error={form.formState.errors.name?.message}>
        <Input autoFocus autoComplete="organization" {...form.register('name')} />
      </Field>
    </WizardForm>
  );
}
