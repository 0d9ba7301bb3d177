'use client';
/** Changes the password, or sets the first one of somebody who came by an identity provider. */
import type { AccountSecurity } from '@tollgate/api';
import { Field, PasswordInput, toast } from '@tollgate/ui';
import { useForm, useWatch } from 'react-hook-form';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { NewPasswordField } from '../auth/password-field.tsx';
import { SettingsForm } from './settings-form.tsx';

interface PasswordValues {
  currentPassword: string;
  newPassword: string;
}

export interface PasswordFormProps {
  readonly email: string;
  readonly security: Pick<AccountSecurity, 'hasPassword'>;
}

export function PasswordForm({ email, security: { hasPassword } }: PasswordFormProps) {
  const text = useMessages('security').password;
  const parts = useMessages('parts');
  const form = useForm<PasswordValues>({ defaultValues: { currentPassword: '', newPassword: '' } });
  const { errors } = form.formState;
  const newPassword = useWatch({ control: form.control, name: 'newPassword' });
  const change = useApiMutation<void, PasswordValues>(
    ({ currentPassword, ...json }) => ({
      path: '/me/password',
      json: { ...json, ...(hasPassword && { currentPassword }) },
    }),
    { invalidates: ['/me'] },
  );
  const submit = async (values: PasswordValues) => {
    await change.mutateAsync(values);
    form.reset();
    toast.success(text.changed);
  };
  return (
    <SettingsForm
      title={text.title}
      description={hasPassword ? text.text : text.firstText}
      form={form}
      fields={['currentPassword', 'newPassword']}
      openAtOnce
      submitLabel={hasPassword ? text.change : text.set}
      onSubmit={submit}
    >
      {/* Password managers want to know whose password this is. */}
      <input type="email" autoComplete="username" value={email} readOnly hidden />
      <div className="grid gap-4 sm:grid-cols-2">
        {hasPassword && (
          <Field label={text.current} error={errors.currentPassword?.message}>
            <PasswordInput
              autoComplete="current-password"
              {...form.register('currentPassword', { required: parts.required })}
            />
          </Field>
        )}
        <NewPasswordField
          label={text.new}
          value={newPassword}
          email={email}
          error={errors.newPassword?.message}
          input={form.register('newPassword', { required: parts.required })}
        />
      </div>
    </SettingsForm>
  );
}
