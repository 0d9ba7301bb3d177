'use client';
/** Takes a lost second factor off an account that no single organization may take it off. */
import type { RemovedSecondFactor } from '@tollgate/api';
import { Callout, Field, Input } from '@tollgate/ui';
import { useForm } from 'react-hook-form';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';

interface FactorValues {
  email: string;
}

export function RemoveFactorDialog({ onClose }: { readonly onClose: () => void }) {
  const text = useMessages('operator').organizations;
  const parts = useMessages('parts');
  const form = useForm<FactorValues>({ defaultValues: { email: '' } });
  const remove = useApiMutation<RemovedSecondFactor, FactorValues>(
    (json) => ({ path: '/operator/remove-second-factor', json }),
    { invalidates: ['/audit-events', '/members'] },
  );
  return (
    <FormDialog
      title={text.removeFactorTitle}
      description={text.removeFactorText}
      size="sm"
      form={form}
      fields={['email']}
      submitLabel={text.removeFactorSubmit}
      onSubmit={async (values) => {
        await remove.mutateAsync(values);
        return values.email;
      }}
      done={(email) => text.factorRemoved(email)}
      onClose={onClose}
    >
      <Callout tone="warning">{text.removeFactorWhat}</Callout>
      <Field label={text.removeFactorEmail} error={form.formState.errors.email?.message} required>
        <Input
          autoFocus
          type="email"
          autoComplete="off"
          maxLength={254}
          {...form.register('email', { required: parts.required })}
        />
      </Field>
    </FormDialog>
  );
}
