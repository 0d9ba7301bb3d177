'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { Button, Callout, Dialog, DialogClose, Field, Input } from '@tollgate/ui';
import { useId } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { apiFetch } from '../../api/client.ts';
import { chooseOrganization } from '../../api/organization.ts';
import { useFormProblem } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { browserZone, enterConsole } from '../auth/auth-api.ts';
import { requiredName } from '../common/name-rules.ts';
import { idempotencyKeyOf, useIdempotencyKey, useOneAtATime } from '../common/request-safety.ts';

export interface CreateOrganizationDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

/** Creates another organization, makes it the current one, and goes to its wizard. */
export function CreateOrganizationDialog({ open, onOpenChange }: CreateOrganizationDialogProps) {
  const text = useMessages('auth');
  const common = useMessages('common');
  const { fields } = useMessages('problems');
  const formId = useId();
  const formKey = useIdempotencyKey();
  const form = useForm({
    resolver: zodResolver(z.object({ name: requiredName(fields) })),
    defaultValues: { name: '' },
  });
  const { problem, report, clear } = useFormProblem(form, ['name']);
  const { errors, isSubmitting, isSubmitSuccessful } = form.formState;
  const submit = form.handleSubmit(
    useOneAtATime(async ({ name }) => {
      clear();
      try {
        const json = { name, ...browserZone() };
        const idempotencyKey = idempotencyKeyOf(formKey, json);
        const { id } = await apiFetch<{ id: string }>('/organizations', { json, idempotencyKey });
        chooseOrganization(id);
        enterConsole('/onboarding');
      } catch (error) {
        report(error);
        throw error;
      }
    }),
  );
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      size="sm"
      title={text.newOrganization.title}
      description={text.newOrganization.text}
      footer={
        <>
          <DialogClose asChild>
            <Button>{common.cancel}</Button>
          </DialogClose>
          <Button type="submit" form={formId} variant="primary" loading={isSubmitting || isSubmitSuccessful}>
            {text.newOrganization.submit}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => void submit(event).catch(() => undefined)}
      >
        {problem && (
          <Callout tone="negative" live>
            {problem}
          </Callout>
        )}
        <Field label={common.name} error={errors.name?.message}>
          <Input autoFocus autoComplete="organization" {...form.register('name')} />
        </Field>
      </form>
    </Dialog>
  );
}
