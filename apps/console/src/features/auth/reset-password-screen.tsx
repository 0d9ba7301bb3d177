'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { Button, SkeletonText } from '@tollgate/ui';
import Link from 'next/link';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { ApiError } from '../../api/api-error.ts';
import { apiFetch } from '../../api/client.ts';
import { useFormProblem } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useOneAtATime } from '../common/request-safety.ts';
import { enterConsole } from './auth-api.ts';
import { AuthForm } from './auth-form.tsx';
import { AuthHeading } from './auth-heading.tsx';
import { NewPasswordField } from './password-field.tsx';
import { PASSWORD_MIN_LENGTH } from './password-strength.ts';
import { useFragmentToken } from './use-fragment-token.ts';

export function ResetPasswordScreen() {
  const token = useFragmentToken();
  const [refused, setRefused] = useState(false);
  const text = useMessages('auth').resetPassword;
  if (token === undefined) return <SkeletonText />;
  if (token === null || refused) {
    return (
      <>
        <AuthHeading title={text.noToken}>{text.noTokenText}</AuthHeading>
        <Button asChild variant="primary" size="lg" className="w-full">
          <Link href="/forgot-password">{text.askAgain}</Link>
        </Button>
      </>
    );
  }
  return <ResetForm token={token} onRefused={() => setRefused(true)} />;
}

function ResetForm({ token, onRefused }: { readonly token: string; readonly onRefused: () => void }) {
  const { resetPassword: text, errors: errorText, newPassword } = useMessages('auth');
  const form = useForm({
    resolver: zodResolver(
      z.object({
        password: z
          .string()
          .refine((value) => [...value].length >= PASSWORD_MIN_LENGTH, errorText.passwordShort),
      }),
    ),
    defaultValues: { password: '' },
  });
  const { problem, report, clear } = useFormProblem(form, ['password']);
  const { errors, isSubmitting, isSubmitSuccessful } = form.formState;
  const submit = form.handleSubmit(
    useOneAtATime(async ({ password }) => {
      clear();
      try {
        await apiFetch('/auth/reset-password', { json: { token, password } });
        enterConsole('/sign-in?changed=1');
      } catch (error) {
        if (error instanceof ApiError && error.errors.some(({ path }) => path === 'body.token')) onRefused();
        else report(error);
        throw error;
      }
    }),
  );
  return (
    <>
      <AuthHeading title={text.title}>{text.intro}</AuthHeading>
      <AuthForm
        problem={problem}
        submitLabel={text.submit}
        submitting={isSubmitting || isSubmitSuccessful}
        onSubmit={(event) => void submit(event).catch(() => undefined)}
      >
        <NewPasswordField
          label={newPassword}
          value={form.watch('password')}
          error={errors.password?.message}
          input={{ autoFocus: true, ...form.register('password') }}
        />
      </AuthForm>
    </>
  );
}
