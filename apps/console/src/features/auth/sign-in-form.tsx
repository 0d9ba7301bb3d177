'use client';
/** Address and password. On its own page, and below an invitation. */
import { zodResolver } from '@hookform/resolvers/zod';
import { Field, Input, PasswordInput } from '@tollgate/ui';
import Link from 'next/link';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { useFormProblem } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { signIn } from './auth-api.ts';
import { AuthForm } from './auth-form.tsx';

export interface SignInFormProps {
  readonly submitLabel?: string;
  /** Given and not to be changed, as by an invitation. */
  readonly email?: string;
  /** Runs with the session open; the form stays busy until it ends. */
  readonly onSignedIn: () => unknown;
}

export function SignInForm({ submitLabel, email, onSignedIn }: SignInFormProps) {
  const text = useMessages('auth');
  const form = useForm({
    resolver: zodResolver(
      z.object({
        email: z.string().trim().min(3, text.errors.email).includes('@', text.errors.email),
        password: z.string().min(1, text.errors.passwordMissing),
      }),
    ),
    defaultValues: { email: email ?? '', password: '' },
  });
  const { problem, report, clear } = useFormProblem(form, ['email', 'password']);
  const { errors, isSubmitting, isSubmitSuccessful } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    clear();
    try {
      await signIn(values.email, values.password);
      await onSignedIn();
    } catch (error) {
      report(error);
      form.resetField('password');
      form.setFocus('password');
      throw error;
    }
  });
  return (
    <AuthForm
      problem={problem}
      submitLabel={submitLabel ?? text.signIn.submit}
      submitting={isSubmitting || isSubmitSuccessful}
      onSubmit={(event) => void submit(event).catch(() => undefined)}
    >
      <Field label={text.email} error={errors.email?.message}>
        <Input
          type="email"
          autoComplete="username"
          autoFocus={email === undefined}
          readOnly={email !== undefined}
          spellCheck={false}
          {...form.register('email')}
        />
      </Field>
      <Field
        label={text.password}
        error={errors.password?.message}
        action={
          <Link href="/forgot-password" className="text-accent-ink underline-offset-3 hover:underline">
            {text.signIn.forgot}
          </Link>
        }
      >
        <PasswordInput
          autoComplete="current-password"
          autoFocus={email !== undefined}
          {...form.register('password')}
        />
      </Field>
    </AuthForm>
  );
}
